"""The private directories of sessions on this machine, and the row that goes with each."""

import logging
import shutil
import time
import uuid
from pathlib import Path

from django.conf import settings

from sessions_app.engine import store
from sessions_app.engine.base import EngineEvent
from sessions_app.engine.errors import EngineError
from sessions_app.engine.spool import Spool
from sessions_app.models import Session

logger = logging.getLogger(__name__)

POLL = 0.05
PAGE = 500


def path(session_id: uuid.UUID) -> Path:
    """Where the session's credentials and spool lie."""
    return Path(settings.SESSIONS_DIR) / str(session_id)


def account(session_id: uuid.UUID) -> str:
    """JID of the account whose credentials are here, or empty."""
    return store.paired_jid(path(session_id))


def leftovers(session_id: uuid.UUID, *, wait: float) -> list[tuple[int, EngineEvent]]:
    """What a host left in the spool, waiting for one that is still on its way out."""
    deadline = time.monotonic() + wait
    while True:
        try:
            return Spool.leftovers(path(session_id))
        except EngineError:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL)


def forget(session_id: uuid.UUID) -> None:
    """The leftovers are stored."""
    Spool.clear(path(session_id))


def remove(session_id: uuid.UUID) -> None:
    """Delete the directory, and nothing outside the sessions' own."""
    root = Path(settings.SESSIONS_DIR).resolve()
    target = path(session_id)
    if target.is_symlink() or target.resolve().parent != root:
        raise RuntimeError(f"{target} is not a directory of ours")
    if target.exists():
        shutil.rmtree(target)


def row_delete(session_id: uuid.UUID, epoch: int) -> None:
    """Delete the session and what hangs on it, in pages: a history of messages does not fit one transaction."""
    row = Session.objects.filter(pk=session_id, epoch=epoch).first()
    if row is None:
        return
    for relation in Session._meta.related_objects:
        rows = relation.related_model._default_manager.filter(**{relation.field.name: row})
        while page := list(rows.order_by().values_list("pk", flat=True)[:PAGE]):
            relation.related_model._default_manager.filter(pk__in=page).delete()
    row.delete()
