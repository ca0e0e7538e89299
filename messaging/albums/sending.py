"""An album on its way out: its rows are made together, and leave one after the other."""

from collections.abc import Mapping
from typing import Any

from messaging.delivery import delivery_of
from messaging.idempotency import Once, once_guard
from messaging.kinds import KINDS, Content
from messaging.kinds.album import ALBUM
from messaging.media.attaching import Attached, media_attach
from messaging.models import Message
from messaging.places import require_possible
from messaging.references import EMPTY
from messaging.sending import context_of, require_supported
from messaging.services import New, messages_create
from sessions_app.engine import registry
from sessions_app.models import Session
from whatsapp_api.core.db import uuid7

Body = Mapping[str, Any]


def album_send(*, session: Session, body: Body, once: Once | None = None) -> Message:
    """Queue an album; the message that holds it together. Raises Replayed as message_send does."""
    for name in (ALBUM.name, *(item["kind"] for item in body["items"])):
        require_supported(session, name)
    require_possible(registry.get(session.provider), ALBUM, body["to"], body)
    ids = [uuid7() for _ in range(len(body["items"]) + 1)]  # in this order they leave
    content = {**ALBUM.content(body), "items": [str(each) for each in ids[1:]]}
    if context := context_of(session, body):
        content["context"] = context
    parent = New(id=ids[0], to=body["to"], kind=ALBUM.name, content=content, text="")
    reference = {**EMPTY, "message": str(ids[0]), "chat": body["to"], "from_me": True, "kind": ALBUM.name.value}
    shared = {"album": reference, **({"context": {"expires": body["expires"]}} if body.get("expires") else {})}
    parts = [
        parent,
        *(_part(session, body, item, id_, shared) for item, id_ in zip(body["items"], ids[1:], strict=True)),
    ]
    with once_guard(once):
        return messages_create(session=session, parts=parts, delivery=delivery_of(body), once=once)[0]


def _part(session: Session, body: Body, item: Body, message_id: Any, shared: Content) -> New:
    kind = KINDS[item["kind"]]
    content = {**kind.content(item), **shared}
    attached: Attached = media_attach(session=session, kind=kind.name, given=item["media"], content=content)
    content["media"] = attached.summary
    return New(
        id=message_id,
        to=body["to"],
        kind=kind.name,
        content=content,
        text=kind.text(content),
        preparing=not attached.ready,
    )
