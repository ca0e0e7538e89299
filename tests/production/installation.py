"""Two servers of the guide on one machine: 10.0.0.11 is 127.0.0.11, and / is a directory for each."""

import base64
import os
import re
import secrets
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from tests.production import guide
from tests.production.servers import Redis, ReplicaSet
from tests.production.units import Systemd
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops.children import die_with_parent, stop_child
from whatsapp_api.ops.mongod import free_port
from whatsapp_api.ops.nginx import find_nginx

SERVICES = "## Thirty minutes: two servers"
UPGRADE = "## Upgrade without a pause"
LOST = "## When a machine is lost"
ADMIN = ("admin", "correct-horse-battery-staple")
ENVIRONMENT = """
cd /opt/whatsapp-api && set -a && . /etc/whatsapp-api/env && set +a
export DATA_DIR=/var/lib/whatsapp-api
"""
NGINX_CONF = """
{user}
pid {root}/nginx.pid;
error_log {root}/var/log/nginx-error.log warn;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {root}/tmp-body; proxy_temp_path {root}/tmp-proxy; fastcgi_temp_path {root}/tmp-f;
    uwsgi_temp_path {root}/tmp-u; scgi_temp_path {root}/tmp-s;
    include {root}/etc/nginx/conf.d/*.conf;
}}
"""
NGINX_UNIT = """
[Service]
ExecStart={program} -p {root}/etc/nginx -e {root}/var/log/nginx-error.log -c nginx.conf -g 'daemon off;'
RestartSec=1
TimeoutStopSec=5
"""


@dataclass(frozen=True, slots=True)
class Site:
    """What a program has to know."""

    url: str
    admin: tuple[str, str] = ADMIN


@dataclass
class Server:
    """One of the machines: its files, its units."""

    root: Path
    letter: str
    address: str
    systemd: Systemd


@dataclass
class Installation:
    """Everything that stands on `addresses`; `shared` is the storage that all machines reach."""

    folder: Path
    addresses: tuple[str, str, str]
    sandbox_url: str
    shared: Path
    opt: Path
    version: str = "whatsapp-api-1"
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port, self.http_port, self.https_port = free_port(), free_port(), free_port()
        self.database = ReplicaSet(self.folder / "mongodb", list(self.addresses))
        self.redis = Redis(self.folder / "redis", self.addresses[0])
        passed_on = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
        self.servers = [self._server(letter, passed_on) for letter in ("a", "b")]
        self.secrets = self.secrets or {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "METRICS_TOKEN": secrets.token_hex(24),
        }

    def _server(self, letter: str, passed_on: dict[str, str]) -> Server:
        root = self.folder / letter
        for name in ("etc/systemd/system", "etc/nginx/conf.d", "var/lib/whatsapp-api", "var/log"):
            (root / name).mkdir(parents=True)
        (root / "opt").symlink_to(_made(self.opt))
        return Server(root, letter, self.addresses[ord(letter) - ord("a")], Systemd(root, letter, passed_on))

    # -- the guide --------------------------------------------------------------------------------------------------
    def follow(self, block: str, server: Server, *, others: bool = False) -> str:
        """Run a block on a server; lines for one of the servers only are left out on the others."""
        if others:
            block = "\n".join(line for line in block.splitlines() if "on one of them" not in line and "@2" not in line)
        return guide.run(block, server.root, self._values(), server.systemd, self._environment())

    def install(self) -> None:
        """Steps 1 to 3: servers, files, environment."""
        self.database.start()
        self.redis.start()
        for number, server in enumerate(self.servers):
            self.follow(guide.blocks(SERVICES)[0], server, others=number > 0)
            self.fill_in(server)

    def restore(self) -> None:
        self.follow(guide.blocks(LOST)[0], self.servers[0])

    def start(self) -> None:
        """Step 4: check, then start."""
        for number, server in enumerate(self.servers):
            self.follow(guide.blocks(SERVICES)[1], server, others=number > 0)

    def fill_in(self, server: Server) -> None:
        """The environment file, as its comments say."""
        path = server.root / "etc" / "whatsapp-api" / "env"
        text = path.read_text()
        for name, value in self._answers(server).items():
            line = f"{name}={value}".replace("\\", r"\\")
            text, found = re.subn(rf"^#?{name}=.*$", line, text, flags=re.MULTILINE)
            assert found == 1, f"env.example has no line for {name}"
        path.write_text(text + "".join(f"{name}={value}\n" for name, value in self._of_the_test(server).items()))

    def start_nginx(self) -> None:
        """Step 5."""
        server = self.servers[0]
        user = "user root;" if os.geteuid() == 0 else ""
        (server.root / "etc" / "nginx" / "nginx.conf").write_text(NGINX_CONF.format(root=server.root, user=user))
        unit = NGINX_UNIT.format(program=find_nginx(), root=server.root)
        (server.root / "etc" / "systemd" / "system" / "nginx.service").write_text(unit)
        self.follow(guide.blocks(SERVICES)[2], server)

    def upgrade(self, server: Server) -> str:
        return self.follow(guide.blocks(UPGRADE)[0], server, others=server is not self.servers[0])

    # -- from outside -----------------------------------------------------------------------------------------------
    @property
    def url(self) -> str:
        return f"https://localhost:{self.https_port}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(
            cafile=str(self.servers[0].root / "etc" / "letsencrypt" / "live" / "localhost" / "ca.pem")
        )

    def api(self) -> Api:
        """A program that logs in over https, once the site answers."""
        site = cast("Platform", Site(self.url))
        return eventually(lambda: Api(site, self.trust), "a log-in over https", 60, pause=0.5)

    def manage(self, server: Server, *words: str, **settings: str) -> str:
        """A command on a server, as a person types it there."""
        exports = " ".join(f"{name}={value}" for name, value in settings.items())
        return self.follow(f"{ENVIRONMENT}\n{exports} .venv/bin/python manage.py {' '.join(words)}\n", server)

    # -- ends -------------------------------------------------------------------------------------------------------
    def stop(self) -> None:
        for server in self.servers:
            server.systemd.stop_all()
        self.redis.stop()
        self.database.stop()

    def lose(self, server: Server) -> None:
        """The power of one machine fails: platform and database member are gone."""
        server.systemd.kill_all()
        self.database.kill_member(server.address)

    def lose_everything(self) -> None:
        for server in self.servers:
            server.systemd.kill_all()
        self.redis.stop()
        self.database.stop()

    # -- values -----------------------------------------------------------------------------------------------------
    def _answers(self, server: Server) -> dict[str, str]:
        return self.secrets | {
            "ALLOWED_HOSTS": "whatsapp.example.com,localhost",
            "CSRF_TRUSTED_ORIGINS": self.url,
            "ADMIN_PASSWORD": ADMIN[1],
            "BACKUP_DIR": str(_made(self.shared / "backups")),
            "DATABASE_URL": f"'{self.database.url}'",
            "REDIS_URL": self.redis.url,
            "HOST": server.address,
            "TRUSTED_PROXIES": "127.0.0.1,127.0.0.11",
            "SNAPSHOTS_DIR": str(_made(self.shared / "snapshots")),
            "MEDIA_DIR": str(_made(self.shared / "media")),
        }

    def _of_the_test(self, server: Server) -> dict[str, str]:
        """Two servers on one machine need ports of their own, and a WhatsApp that is not the true one."""
        return {
            "PORT": str(self.port),
            "SANDBOX_URL": self.sandbox_url,
            "SESSIONS_DIR": str(server.root / "var" / "sessions"),
            "SESSION_REBALANCE_SECONDS": "1",
        }

    def _values(self) -> dict[str, str]:
        return {
            "whatsapp.example.com": "localhost",
            "whatsapp-api-1": self.version,
            "10.0.0.11:8000": f"{self.addresses[0]}:{self.port}",
            "10.0.0.12:8000": f"{self.addresses[1]}:{self.port}",
            "LISTEN_HTTP=80 ": f"LISTEN_HTTP=127.0.0.1:{self.http_port} ",
            "LISTEN_HTTPS=443": f"LISTEN_HTTPS=127.0.0.1:{self.https_port}",
        }

    @staticmethod
    def _environment() -> dict[str, str]:
        """Nothing of this process but what finds programs and packages."""
        wanted = ("PATH", "HOME", "LANG", "PIP_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_CERT", "PIP_CONFIG_FILE", "TMPDIR")
        proxies = [name for name in os.environ if name.lower().endswith("_proxy")]
        found = {name: os.environ[name] for name in (*wanted, *proxies) if name in os.environ}
        return found | {"NGINX": str(find_nginx())}


class Sandbox:
    """WhatsApp: it is not lost when a machine of ours is."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> SandboxClient:
        self._folder.mkdir(parents=True, exist_ok=True)
        words = ["--host", "127.0.0.1", "--port", str(self._port), "--state", str(self._folder / "state")]
        with (self._folder / "log").open("ab") as output:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "sessions_app.sandbox", *words],
                cwd=REPOSITORY,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )
        client = SandboxClient(self.url)
        eventually(lambda: client.health()["status"] == "ok", "the sandbox answers")
        return client

    def stop(self) -> None:
        if self._child is not None:
            stop_child(self._child)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def report(**figures: Any) -> None:
    """A line for the person who runs it."""
    print("  " + ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in figures.items()), flush=True)
