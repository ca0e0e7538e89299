"""Stores what engines report about sessions. Runs in the owner, one event of a session after the other.

Everything here may be repeated with the same event and then changes nothing. Writes to the session name its epoch.
"""

import contextlib
import logging
import time
import uuid
from datetime import datetime
from typing import Any

import redis
from django.utils import timezone

from sessions_app.engine.base import EngineEvent, MessageReceived, Paired, PairingCode, QrCode, StateChanged
from sessions_app.engine.states import PAIRING_STATES, Reason, State
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix, iso
from whatsapp_api.events.models import EventType
from whatsapp_api.events.numbering import counted_first
from whatsapp_api.events.publish import publish, publish_live

from . import qr
from .hooks import handlers
from .models import Session
from .ownership import session_update
from .payloads import session_payload

logger = logging.getLogger(__name__)

INBOUND_EVERY = 5.0  # seconds between two notes of "something came in"
_heard: dict[uuid.UUID, float] = {}


def event_store(session: Session, event: EngineEvent, *, generation: int) -> None:
    """Store one event of a session that we own; `session` names the epoch, `generation` the start it belongs to."""
    match event:
        case StateChanged():
            if state_store(session, event, generation=generation):
                _pass_on(session, event)
        case QrCode():
            _qr(session, event, generation)
        case PairingCode():
            _pairing_code(session, event, generation)
        case Paired():
            _paired(session, event)
        case _:
            _pass_on(session, event)
            if isinstance(event, MessageReceived) and not event.from_me:
                _note_inbound(session)


@retry_conflicts
def state_store(session: Session, event: StateChanged, *, generation: int) -> bool:
    """Write a state and publish it. False when it is no news or when we do not own the session any more.

    A text that varies within the same state and reason is stored but is no news.
    """
    with counted_first(session.workspace_id):
        row = Session.objects.filter(pk=session.pk, epoch=session.epoch).first()
        if row is None:
            return False
        before = (row.state, row.reason, row.state_expires_at)
        fields = _state_fields(event, generation)
        news = before != (fields["state"], fields["reason"], fields["state_expires_at"])
        if not news and (row.state_text, row.state_generation) == (fields["state_text"], generation):
            return False
        fields.update(_consequences(row, event) if news else {})
        if not session_update(session.pk, session.epoch, **fields):
            return False
        if news:
            _publish_session(row, fields)
    if news:
        logger.info("Session %s: %s -> %s (%s)", session.pk, before[0], event.state, event.reason or "-")
        if before[0] in PAIRING_STATES and event.state not in PAIRING_STATES:
            with contextlib.suppress(redis.RedisError):  # it expires by itself
                qr.clear(session.pk)
    return news


def _state_fields(event: StateChanged, generation: int) -> dict[str, Any]:
    return {
        "state": event.state.value,
        "reason": event.reason.value,
        "state_text": event.text[:500],
        "state_expires_at": _milliseconds(event.expires_at) if event.expires_at else None,
        "state_generation": generation,
    }


def _consequences(row: Session, event: StateChanged) -> dict[str, Any]:
    fields: dict[str, Any] = {"state_at": _milliseconds(event.at) if event.at else timezone.now()}
    if event.state is State.CONNECTED and row.state != State.DEGRADED:
        fields["connected_at"] = fields["state_at"]
    if event.state is State.LOGGED_OUT:  # the account is gone; the next start pairs afresh
        fields |= {"jid": "", "lid": "", "paired_at": None}
    return fields


def _qr(session: Session, event: QrCode, generation: int) -> None:
    expires_at = from_unix(event.expires_at)
    with _redis_may_be_away():
        qr.store(
            session.pk, qr.LiveQr(payload=event.payload, index=event.index, total=event.total, expires_at=expires_at)
        )
    _show(session, State.SCAN_QR, generation)
    payload = {"qr": event.payload, "index": event.index, "total": event.total, "expires_at": iso(expires_at)}
    publish_live(EventType.SESSION_QR, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)


def _pairing_code(session: Session, event: PairingCode, generation: int) -> None:
    expires_at = from_unix(event.expires_at)
    with _redis_may_be_away():
        qr.store_code(session.pk, qr.LivePairingCode(code=event.code, phone=event.phone, expires_at=expires_at))
    _show(session, State.PAIRING_CODE, generation)
    payload = {"code": event.code, "phone": f"+{event.phone}", "expires_at": iso(expires_at)}
    publish_live(
        EventType.SESSION_PAIRING_CODE, workspace_id=session.workspace_id, session_id=session.pk, payload=payload
    )


def _show(session: Session, state: State, generation: int) -> None:
    reason = Reason.QR_SHOWN if state is State.SCAN_QR else Reason.NONE
    event = StateChanged(session=str(session.pk), state=state, reason=reason, at=time.time())
    if state_store(session, event, generation=generation):
        _pass_on(session, event)


@retry_conflicts
def _paired(session: Session, event: Paired) -> None:
    fields = {
        "jid": event.jid,
        "lid": event.lid,
        "push_name": event.push_name[:200],
        "paired_at": _milliseconds(event.at) if event.at else timezone.now(),
    }
    with atomic():
        row = Session.objects.filter(pk=session.pk, epoch=session.epoch).first()
        if row is None or all(getattr(row, name) == value for name, value in fields.items()):
            return
        if session_update(session.pk, session.epoch, **fields):
            _publish_session(row, fields)
            for name, value in fields.items():  # the owner's row: what comes next may ask who the account is
                setattr(session, name, value)
    logger.info("Session %s: linked to an account", session.pk)
    others = Session.objects.filter(workspace_id=session.workspace_id, provider=session.provider, jid=event.jid)
    for other in others.exclude(pk=session.pk).values_list("pk", flat=True):
        # WhatsApp allows several linked devices, so both work; every message will arrive twice.
        logger.warning("Session %s: the same account is linked to session %s as well", session.pk, other)


def _publish_session(row: Session, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    publish(EventType.SESSION_STATUS, workspace_id=row.workspace_id, session_id=row.pk, payload=session_payload(row))


def _pass_on(session: Session, event: EngineEvent) -> None:
    for handler in handlers(type(event)):
        handler(session, event)


def _note_inbound(session: Session) -> None:
    now = time.monotonic()
    if now - _heard.get(session.pk, -INBOUND_EVERY) >= INBOUND_EVERY:
        session_update(session.pk, session.epoch, last_inbound_at=timezone.now())
        _heard[session.pk] = now


@contextlib.contextmanager
def _redis_may_be_away() -> Any:
    try:
        yield
    except redis.RedisError as error:
        logger.warning("A code is shown to live clients only, Redis is away: %s", type(error).__name__)


def _milliseconds(seconds: float) -> datetime:
    """Cut to what every database keeps, so that a value read back compares equal."""
    return from_unix(int(seconds * 1000) / 1000)
