"""Django's STORAGES: where encrypted session snapshots and files of messages go, and the framework's own two."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from . import env

PRIVATE_FILES = "sessions_app.snapshots.storage.PrivateFiles"


def storages(data_dir: Path) -> dict[str, dict[str, Any]]:
    """SNAPSHOTS_DIR moves the files; SNAPSHOTS_STORAGE and SNAPSHOTS_STORAGE_OPTIONS (JSON) name another storage class.
    MEDIA_DIR, MEDIA_STORAGE and MEDIA_STORAGE_OPTIONS do the same for files of messages, BACKUP_... for backups.

    Several machines need a storage that all of them reach: a shared directory, or S3 through django-storages.
    """
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        "sessions": _snapshots(data_dir),
        "media": _media(data_dir),
        "backups": _backups(data_dir),
    }


def _snapshots(data_dir: Path) -> dict[str, Any]:
    backend = env.text("SNAPSHOTS_STORAGE", PRIVATE_FILES)
    options = _mapping("SNAPSHOTS_STORAGE_OPTIONS")
    if backend == PRIVATE_FILES:
        options.setdefault("location", env.text("SNAPSHOTS_DIR") or str(data_dir / "snapshots"))
    return {"BACKEND": backend, "OPTIONS": options}


def _media(data_dir: Path) -> dict[str, Any]:
    backend = env.text("MEDIA_STORAGE", PRIVATE_FILES)
    options = _mapping("MEDIA_STORAGE_OPTIONS")
    if backend == PRIVATE_FILES:
        options.setdefault("location", env.text("MEDIA_DIR") or str(data_dir / "media"))
    return {"BACKEND": backend, "OPTIONS": options}


def _backups(data_dir: Path) -> dict[str, Any]:
    backend = env.text("BACKUP_STORAGE", PRIVATE_FILES)
    options = _mapping("BACKUP_STORAGE_OPTIONS")
    if backend == PRIVATE_FILES:
        options.setdefault("location", env.text("BACKUP_DIR") or str(data_dir / "backups"))
    return {"BACKEND": backend, "OPTIONS": options}


def _mapping(name: str) -> dict[str, Any]:
    try:
        value = json.loads(env.text(name, "{}"))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f'{name} must be a JSON object such as {{"bucket_name": "snapshots"}}')
    return value
