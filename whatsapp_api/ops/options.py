"""What the runner is told by the environment, and what it tells the processes it starts."""

import os
import sys
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from whatsapp_api.core.paths import data_dir, redis_socket
from whatsapp_api.ops.leftovers import MARK
from whatsapp_api.ops.procfile import read_scale


@dataclass(frozen=True, slots=True)
class Options:
    """Where the platform listens, and which of its servers are somebody else's."""

    host: str
    port: int
    sandbox_port: int
    own_redis: bool
    own_database: bool
    scale: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> "Options":
        return cls(
            host=os.environ.get("HOST") or "127.0.0.1",
            port=_port("PORT", 8000),
            sandbox_port=_port("SANDBOX_PORT", 8765),
            own_redis=not _given("REDIS_URL"),
            own_database=not _given("DATABASE_URL"),
            scale=read_scale(os.environ.get("SCALE", "")),
        )

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the dashboard."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def environment(self, mark: str) -> dict[str, str]:
        """The environment of every process: ours, with every default written out."""
        environment = {
            **os.environ,
            "DATA_DIR": str(data_dir()),
            "HOST": self.host,
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "PYTHONUNBUFFERED": "1",
            MARK: mark,
        }
        environment.setdefault("SANDBOX_URL", self.sandbox_url)
        if self.own_redis:
            environment["REDIS_URL"] = f"unix://{redis_socket()}"
        # Debug pages help on one's own machine, and must never be what a server shows to others by default.
        if self.own_database and _is_loopback(self.host):
            environment.setdefault("DJANGO_DEBUG", "1")
        return environment


def _given(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ValueError(f"{name} must be a port number from 1 to 65535, not {value!r}.")
    return int(value)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
