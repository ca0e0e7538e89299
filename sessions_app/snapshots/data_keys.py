"""A session's data key and its fence. Every change is a compare-and-set."""

import uuid

from django.db import IntegrityError
from django.db.models import F

from sessions_app.models import Session
from whatsapp_api.core.crypto import seal, unseal
from whatsapp_api.core.db import atomic, retry_conflicts

from .envelope import new_key
from .errors import StaleOwner
from .models import SessionKey, SessionSnapshot


def is_owner(session_id: uuid.UUID, epoch: int) -> bool:
    """Is `epoch` the session's, and the session to stay?"""
    return Session.objects.filter(pk=session_id, epoch=epoch, deleted_at=None).exists()


def owner_check(session_id: uuid.UUID, epoch: int) -> None:
    """`StaleOwner` unless it is."""
    if not is_owner(session_id, epoch):
        raise StaleOwner(f"Epoch {epoch} does not own session {session_id} any more.")


@retry_conflicts
def key_row(session_id: uuid.UUID) -> SessionKey:
    """The session's row, made on first use."""
    row = SessionKey.objects.filter(session_id=session_id).first()
    if row is None:
        try:
            with atomic():
                row = SessionKey.objects.create(session_id=session_id)
        except IntegrityError:  # another thread was first
            row = SessionKey.objects.get(session_id=session_id)
    return row


def fence(session_id: uuid.UUID, epoch: int) -> SessionKey:
    """From now on nobody below `epoch` records a snapshot; what is recorded already can be read for good."""
    row = key_row(session_id)
    if not SessionKey.objects.filter(pk=row.pk, epoch__lte=epoch).update(epoch=epoch):
        raise StaleOwner(f"A later owner than epoch {epoch} adopted session {session_id}.")
    row.refresh_from_db()
    return row


def data_key(row: SessionKey) -> bytes:
    """The data key, unwrapped."""
    return unseal(row.sealed, context=row.context)


def data_key_ensure(row: SessionKey) -> bytes:
    """The data key; one is made when the session has none."""
    if not row.sealed:
        SessionKey.objects.filter(pk=row.pk, sealed="").update(sealed=seal(new_key(), context=row.context))
        row.refresh_from_db(fields=["sealed"])
    return data_key(row)


@retry_conflicts
def record(row: SessionKey, snapshot: SessionSnapshot) -> bool:
    """Store the snapshot's row; False, and nothing stored, when its owner or its version was overtaken."""
    with atomic():
        if not is_owner(snapshot.session_id, snapshot.epoch):
            return False
        rows = SessionKey.objects.filter(pk=row.pk, version=snapshot.version - 1, epoch__lte=snapshot.epoch)
        if not rows.exclude(sealed="").update(version=snapshot.version, epoch=snapshot.epoch):
            return False
        snapshot.save(force_insert=True)
        return True


def shred(session_id: uuid.UUID, epoch: int) -> bool:
    """Wipe the data key and disown older stores; snapshots that are being taken right now are not recorded either."""
    row = key_row(session_id)
    rows = SessionKey.objects.filter(pk=row.pk, epoch__lte=epoch)
    return bool(rows.update(sealed="", version=F("version") + 1, epoch=epoch, void_below=epoch, rotated_at=None))
