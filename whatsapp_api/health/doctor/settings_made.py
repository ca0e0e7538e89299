"""What the environment says about security and several machines."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from whatsapp_api.core import env
from whatsapp_api.core.master_key import MasterKeyError, keyring
from whatsapp_api.core.production import is_own_machine

from . import Diagnosis, fine, problem, warning

LOCAL_NAMES = {"127.0.0.1", "localhost", "[::1]"}


def several_machines() -> bool:
    """A Redis elsewhere: what is made on this machine alone will be missing on the others."""
    host = urlsplit(settings.REDIS_URL).hostname
    return bool(host) and not is_own_machine(str(host))


def keys() -> Iterator[Diagnosis]:
    given = bool(os.environ.get("MASTER_KEY") or os.environ.get("MASTER_KEY_FILE"))
    try:
        count = len(keyring().keys())
    except MasterKeyError as error:
        yield problem(str(error), "Set MASTER_KEY or MASTER_KEY_FILE; the text above says how.")
        return
    if given:
        yield fine(f"The master key is configured ({count}).")
    elif several_machines():
        yield problem(
            "The master key was made on this machine; another one would make its own and read no credentials.",
            "Set MASTER_KEY, the same on every machine; this one's is in DATA_DIR/master.key.",
        )
    else:
        yield warning("The master key lies beside the data.", "Keep a copy of DATA_DIR/master.key elsewhere.")
    if several_machines() and not env.text("SECRET_KEY"):
        yield problem("SECRET_KEY was made on this machine: others refuse its logins.", "Set it, the same everywhere.")


def addresses() -> Iterator[Diagnosis]:
    named = [name for name in settings.ALLOWED_HOSTS if name not in LOCAL_NAMES]
    if settings.BEHIND_TLS:
        yield fine("TLS ends in front of us.")
        if not named:
            yield problem("ALLOWED_HOSTS names no public host.", "ALLOWED_HOSTS=whatsapp.example.com")
        if not settings.TRUSTED_PROXIES:
            yield problem("No proxy is trusted: every request is led to https for ever.", "Set TRUSTED_PROXIES.")
    elif named:
        yield problem("Passwords and tokens travel in clear.", "Put nginx with TLS in front and set BEHIND_TLS=1.")
    else:
        yield warning("Only this machine is served, without TLS.", "docs/deployment.md has nginx and TLS.")
    if settings.DEBUG:
        yield warning("DJANGO_DEBUG is on.", "Leave it away in production.")
    if settings.METRICS_TOKEN:
        yield fine("Prometheus has a token.")
    else:
        yield warning("METRICS_TOKEN is not set.", "METRICS_TOKEN=$(openssl rand -hex 24), and give it to Prometheus.")


def shared_places() -> Iterator[Diagnosis]:
    if several_machines():
        for name, directory in (("SNAPSHOTS", "snapshots"), ("MEDIA", "media")):
            if not (os.environ.get(f"{name}_DIR") or os.environ.get(f"{name}_STORAGE")):
                yield warning(
                    f"The {directory} lie in DATA_DIR.",
                    f"If there are several machines, set {name}_DIR to a shared directory, or {name}_STORAGE to S3.",
                )
    if not settings.BACKUP_HOURS:
        yield warning("Nothing is backed up by itself.", "BACKUP_HOURS=24, and BACKUP_DIR on another disk.")
