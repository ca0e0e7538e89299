"""What a broadcast will look like: for one contact on the screen, or on somebody's own phone."""

from typing import Any

from rest_framework.exceptions import ValidationError

from messaging.audience.models import Addressee
from messaging.kinds import Unfit
from messaging.media.attaching import media_attach
from messaging.models import Message
from messaging.sending import require_supported
from messaging.services import message_create
from sessions_app.models import Session

from .content import Said, lacking, said, values_of
from .linking import with_preview
from .models import Broadcast, Consent


def filled(broadcast: Broadcast, number: int, addressee: Addressee) -> Said:
    """A variant for one contact. ValidationError names what the contact lacks."""
    if number >= len(broadcast.variants):
        raise ValidationError({"variant": ["There is no such variant; they are counted from 0."]})
    variant, values = broadcast.variants[number], values_of(addressee)
    if missing := lacking(variant, values):
        raise ValidationError({"contact": [f"The contact has no {', '.join(missing)}."]})
    footer = ""
    if broadcast.options.get("footer"):
        footer = (
            Consent.objects.filter(workspace_id=broadcast.workspace_id).values_list("footer", flat=True).first() or ""
        )
    try:
        return said(variant, values, seed="preview", footer=footer, spin=bool(broadcast.options.get("spintax")))
    except Unfit as error:
        raise ValidationError({"variants": [f"{error.field}: {error.text}"]}) from error


def shown(broadcast: Broadcast, text: Said) -> dict[str, Any]:
    content = {
        **with_preview(broadcast, text),
        **({"media": {key: str(value) for key, value in text.media.items()}} if text.media else {}),
    }
    body = content.get("text") or content.get("caption") or ""
    return {"kind": text.kind.name.value, "content": content, "text": body}


def sample_send(broadcast: Broadcast, *, session: Session, to: str, number: int, addressee: Addressee) -> Message:
    """One message at once, outside of the broadcast's counts."""
    text = filled(broadcast, number, addressee)
    require_supported(session, text.kind.name)
    content, ready = dict(with_preview(broadcast, text)), True
    if text.media is not None:
        found = media_attach(session=session, kind=text.kind.name, given=text.media, content=content)
        content["media"], ready = found.summary, found.ready
    return message_create(
        session=session,
        to=to,
        kind=text.kind.name,
        content=content,
        text=text.kind.text(content),
        preparing=not ready,
    )
