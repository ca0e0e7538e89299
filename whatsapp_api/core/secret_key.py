"""Django's SECRET_KEY: from the environment, or made once and kept beside the embedded data."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from . import env


def secret_key(data_dir: Path) -> str:
    """SECRET_KEY (or SECRET_KEY_FILE); without it `DATA_DIR/secret.key`, created with mode 0600 on first use."""
    if value := env.text("SECRET_KEY"):
        if len(value) < 32:
            raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters")
        return value
    path = data_dir / "secret.key"
    if not path.exists():
        _create(path)
    return path.read_text().strip()


def _create(path: Path) -> None:
    """Written beside and linked into place: of several processes starting at once, one wins and none reads half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".secret.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
