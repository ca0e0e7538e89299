"""DATABASES from DATABASE_URL: SQLite when it is absent, MongoDB for mongodb:// and mongodb+srv://."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

MONGODB = "whatsapp_api.mongo.engine"
APP_NAME = "whatsapp-api"
"""Under which MongoDB's logs and `$currentOp` show our connections."""
HEARTBEAT_MS = 2000
"""How often the driver measures the way to the server. After a server hung it may believe that an answer takes longer
than our deadlines, and asks nothing until it has measured anew: with its own 10 s that is how long leases waited."""


def database_settings(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's settings of the one database."""
    if not url:
        return _sqlite(data_dir / "db.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(parts.path))
    if parts.scheme in {"mongodb", "mongodb+srv"}:
        return _mongodb(url, parts.path.strip("/"))
    raise ImproperlyConfigured("DATABASE_URL must begin with mongodb://, mongodb+srv:// or sqlite:///")


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        # IMMEDIATE: a transaction that will write takes its lock first, so two writers queue instead of failing.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        },
        # A file, not shared memory: worker threads of a test each open their own connection.
        "TEST": {"NAME": path.with_name("test.sqlite3")},
    }


def _mongodb(url: str, name: str) -> dict[str, Any]:
    if not name:
        raise ImproperlyConfigured("DATABASE_URL must name the database: mongodb://host/NAME?replicaSet=rs0")
    return {
        "ENGINE": MONGODB,
        "HOST": url,
        "NAME": name,
        "OPTIONS": {
            "appName": APP_NAME,
            "serverSelectionTimeoutMS": 5000,
            "connectTimeoutMS": 5000,
            "socketTimeoutMS": 20000,
            "heartbeatFrequencyMS": HEARTBEAT_MS,
        },
    }
