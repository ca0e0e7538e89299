"""MongoDB and Redis as the guide has them: a replica set of three with key file and users, Redis with a password."""

import secrets
import subprocess
import time
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from whatsapp_api.ops import mongod, redis_server
from whatsapp_api.ops.children import die_with_parent, stop_child
from whatsapp_api.ops.mongod import free_port

PASSWORD = "a-password-with-40-characters-of-the-test"


class ReplicaSet:
    """Members by address, such as 127.0.0.11; all of them on one machine, so each has a port of its own."""

    def __init__(self, folder: Path, addresses: list[str]) -> None:
        self._folder = folder
        self._members = {address: free_port() for address in addresses}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir(parents=True)
        self._key = folder / "key"
        self._key.write_text(secrets.token_hex(300))
        self._key.chmod(0o400)

    @property
    def url(self) -> str:
        hosts = ",".join(f"{address}:{port}" for address, port in self._members.items())
        return f"mongodb://app:{PASSWORD}@{hosts}/whatsapp?replicaSet=rs0&authSource=admin"

    def start(self) -> None:
        for address in self._members:
            self.start_member(address)
        self._initiate()

    def start_member(self, address: str) -> None:
        data = self._folder / address
        data.mkdir(exist_ok=True)
        network = ["--bind_ip", address, "--port", str(self._members[address])]
        network += ["--unixSocketPrefix", str(data)]
        access = ["--replSet", "rs0", "--keyFile", str(self._key), "--auth"]
        limits = ["--wiredTigerCacheSizeGB", "0.25", "--setParameter", "transactionLifetimeLimitSeconds=10"]
        with (self._folder / f"{address}.log").open("ab") as output:
            self._children[address] = subprocess.Popen(
                [str(mongod.binary()), "--dbpath", str(data), *network, *access, *limits, "--quiet"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )

    def kill_member(self, address: str) -> None:
        self._children[address].kill()
        self._children.pop(address).wait()

    def stop(self) -> None:
        for child in self._children.values():
            child.kill()
        for child in self._children.values():
            child.wait()
        self._children.clear()

    def _initiate(self) -> None:
        """The two lines of the guide for mongosh. Before there is a user, only a local connection may do this."""
        address, port = next(iter(self._members.items()))
        socket = str(self._folder / address / f"mongodb-{port}.sock").replace("/", "%2F")
        hosts: list[dict[str, Any]] = [
            {"_id": n, "host": f"{host}:{port}"} for n, (host, port) in enumerate(self._members.items())
        ]
        hosts[0]["priority"] = 2
        with MongoClient[dict[str, Any]](f"mongodb://{socket}", directConnection=True) as client:
            _until(lambda: client.admin.command("replSetInitiate", {"_id": "rs0", "members": hosts}))
            _until(lambda: client.admin.command("createUser", "root", pwd=PASSWORD, roles=["root"]))
        with MongoClient[dict[str, Any]](
            f"mongodb://{socket}", directConnection=True, username="root", password=PASSWORD
        ) as client:
            roles = [{"role": "readWrite", "db": "whatsapp"}]
            _until(lambda: client.admin.command("createUser", "app", pwd=PASSWORD, roles=roles))


def _until(attempt: Any) -> None:
    """Servers come up, and a set elects its primary, in their own time."""
    deadline = time.monotonic() + 60
    while True:
        try:
            attempt()
        except PyMongoError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


class Redis:
    """As the guide has it: a password, appendonly, noeviction."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address, self._port = folder, address, free_port()
        self.url = f"redis://:{PASSWORD}@{address}:{self._port}/0"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = {
            "bind": self._address,
            "port": str(self._port),
            "requirepass": PASSWORD,
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
            "dir": str(self._folder),
            "logfile": str(self._folder / "log"),
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._child = subprocess.Popen([str(redis_server.binary()), *words], preexec_fn=die_with_parent)

    def stop(self) -> None:
        if self._child is not None:
            stop_child(self._child)
