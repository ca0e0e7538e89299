"""Who is online, who types: told to live clients, the last known kept for a while in Redis. Never stored."""

import contextlib
import json
from typing import Any, cast

import redis

from sessions_app.engine.base import Person, PresenceChanged
from sessions_app.models import Session
from whatsapp_api.core.formats import from_unix, iso
from whatsapp_api.core.redis import client
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish_live

from .payloads import phone_of

KEPT_SECONDS = 24 * 3600
ONLINE = ("available", "unavailable")


def presence_store(session: Session, event: PresenceChanged) -> None:
    """Tell live clients; remember it as the last known of the person."""
    payload = _payload(event)
    for address in (event.sender.jid, event.sender.lid):
        if address:
            with contextlib.suppress(redis.RedisError):  # it is worth little, and comes again
                _remember(session, address, payload)
    publish_live(EventType.PRESENCE_UPDATE, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)


def presence_known(session: Session, jid: str) -> dict[str, Any]:
    """The last that was heard of a person: `online` and `typing` parts, each with what `presence.update` said."""
    with contextlib.suppress(redis.RedisError):
        stored = cast("dict[bytes, bytes]", client().hgetall(_key(session, jid)))
        return {name.decode(): json.loads(value) for name, value in stored.items()}
    return {}


def _remember(session: Session, address: str, payload: dict[str, Any]) -> None:
    part = "online" if payload["presence"] in ONLINE else "typing"
    with client().pipeline(transaction=False) as pipe:
        pipe.hset(_key(session, address), part, json.dumps(payload))
        pipe.expire(_key(session, address), KEPT_SECONDS)
        pipe.execute()


def _key(session: Session, address: str) -> str:
    return f"wa:presence:{session.pk}:{address}"


def _payload(event: PresenceChanged) -> dict[str, Any]:
    return {
        "chat": _address(event.chat),
        "sender": _address(event.sender),
        "presence": event.shows,
        "last_seen": iso(from_unix(event.last_seen)) if event.last_seen else None,
    }


def _address(person: Person) -> dict[str, str]:
    return {"jid": person.jid or person.lid, "lid": person.lid, "phone": phone_of(person.jid)}
