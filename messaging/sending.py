"""From the validated body of a request to a queued message: what holds for every kind."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from sessions_app.engine import registry
from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError

from .delivery import delivery_of
from .idempotency import Once, once_guard
from .kinds import Content, Kind, Unfit
from .media.attaching import media_attach
from .models import Message
from .places import require_possible
from .previews.asking import preview_expect
from .references import message_find, reference_to
from .services import message_create


def message_send(*, session: Session, kind: Kind, body: Mapping[str, Any], once: Once | None = None) -> Message:
    """Queue a message. `body` is valid for the kind's serializer together with those of kinds/options.py.

    Raises Replayed when the request that `once` stands for was made already.
    """
    require_supported(session, kind.name)
    target = message_find(session, body["message"]) if kind.refers else None
    to = target.chat if target else body["to"]
    require_possible(registry.get(session.provider), kind, to, body)
    try:
        content = kind.content({**body, "message": target} if target else body)
    except Unfit as error:
        raise ValidationError({error.field: [error.text]}) from error
    ready = _complete(session, kind, body, content)
    if target:
        content["target"] = reference_to(target)
    if context := context_of(session, body):
        content["context"] = context
    with once_guard(once):
        return message_create(
            session=session,
            to=to,
            kind=kind.name,
            content=content,
            text=kind.text(content),
            refers_to=target.wa_id if target else context.get("quoted", {}).get("wa_id", ""),
            preparing=not ready,
            delivery=delivery_of(body),
            once=once,
        )


def _complete(session: Session, kind: Kind, body: Mapping[str, Any], content: Content) -> bool:
    """Add the file, or the preview of a link; false when a worker has to fetch or make something first."""
    if kind.media:
        attached = media_attach(session=session, kind=kind.name, given=body["media"], content=content)
        content["media"] = attached.summary
        return attached.ready
    return "link_preview" not in content or not preview_expect(session, body, content)


def require_supported(session: Session, kind: str) -> None:
    """501 for what the session's provider cannot send."""
    provider = registry.get(session.provider)
    if f"send.{kind}" not in provider.capabilities:
        text = f"The provider {provider.name} cannot send messages of the kind {kind}."
        raise ApiError("unsupported", text, http_status=501)


def context_of(session: Session, body: Mapping[str, Any]) -> Content:
    """What the message carries besides, from the options of the request."""
    context: Content = {name: body[name] for name in ("mentions", "mention_all") if body.get(name)}
    if body.get("expires") is not None:
        context["expires"] = body["expires"]  # 0 stays, whatever the chat's timer
    if context.get("mention_all") and not body["to"].endswith("@g.us"):
        raise ValidationError({"mention_all": ["Only in a group can everybody be mentioned."]})
    if quoted := body.get("quoted"):
        context["quoted"] = reference_to(message_find(session, quoted))
    return context
