"""The platform under load: one that is started for the purpose, or one that runs somewhere."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.e2e.platform import ADMIN_PASSWORD, ADMIN_USERNAME, Platform
from tests.load.options import Options
from whatsapp_api.ops import mongod

SCOPES = ("read", "send", "control", "settings", "webhooks")


@dataclass(frozen=True, slots=True)
class Target:
    """`platform` is None when its processes are not ours, perhaps on other machines."""

    url: str
    sandbox_url: str
    key: str
    token: str
    platform: Platform | None

    @property
    def key_header(self) -> dict[str, str]:
        return {"X-Api-Key": self.key}


@contextmanager
def target(options: Options, folder: Path) -> Iterator[Target]:
    """With an API key for the run, revoked afterwards."""
    with ExitStack() as stack:
        platform = None if options.url else stack.enter_context(_started(options, folder))
        url = platform.url if platform else options.url.rstrip("/")
        sandbox_url = platform.sandbox_url if platform else options.sandbox_url
        credentials = {"username": options.username, "password": options.password}
        if platform:
            credentials = {"username": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
        with httpx.Client(base_url=f"{url}/api/v1", timeout=30) as http:
            token = http.post("/auth/token", json=credentials).raise_for_status().json()["access"]
            http.headers["Authorization"] = f"Bearer {token}"
            key = http.post("/keys", json={"name": "Load test", "scopes": SCOPES}).raise_for_status().json()
        try:
            yield Target(url, sandbox_url, key["key"], token, platform)
        finally:
            with httpx.Client(base_url=f"{url}/api/v1", timeout=30) as http:
                again = http.post("/auth/token", json=credentials).raise_for_status().json()["access"]
                http.delete(f"/keys/{key['id']}", headers={"Authorization": f"Bearer {again}"})


@contextmanager
def _started(options: Options, folder: Path) -> Iterator[Platform]:
    with ExitStack() as stack:
        database = stack.enter_context(mongod.replica_set()) if options.database == "mongodb" else ""
        settings = {"DJANGO_DEBUG": "0", "OUTGOING_PRIVATE_ALLOWED": "127.0.0.1", "LOG_LEVEL": "WARNING"}
        settings["JWT_ACCESS_MINUTES"] = "1440"  # one token for the whole run, which may take hours
        if options.scale:
            settings["SCALE"] = options.scale
        yield stack.enter_context(Platform(folder, database_url=database, arguments=(), **settings))
