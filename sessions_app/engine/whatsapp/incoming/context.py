"""What a message carries besides: whom it answers and mentions, how far it was forwarded, when it disappears."""

from collections.abc import Callable
from typing import Any

from .content import Content, Details, given

EXCERPT = 1000


def read_context(part: Any, read: Callable[[Any], Content | None]) -> Details:
    """`{quoted, mentions, mention_all, expires, expires_since, forwarded, forwarding_score}`, those that there are."""
    if not hasattr(part, "DESCRIPTOR") or "contextInfo" not in part.DESCRIPTOR.fields_by_name:
        return {}
    info = part.contextInfo
    return given(
        quoted=_quoted(info, read),
        mentions=list(info.mentionedJID),
        mention_all=bool(info.nonJIDMentions),
        expires=info.expiration,
        expires_since=info.ephemeralSettingTimestamp,
        forwarded=info.isForwarded,
        forwarding_score=max(info.forwardingScore, 1) if info.isForwarded else 0,
    )


def _quoted(info: Any, read: Callable[[Any], Content | None]) -> Details:
    if not info.stanzaID:
        return {}
    quoted = read(info.quotedMessage) or Content("unknown")
    return given(
        wa_id=info.stanzaID,
        chat=info.remoteJID,
        sender=info.participant,
        kind=quoted.kind,
        text=quoted.text[:EXCERPT],
    )
