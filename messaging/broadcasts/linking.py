"""Previews of the links in a broadcast's texts: each is looked up once, however many people get it.

What was found is on the broadcast, by link. A text whose link depends on who reads it has none: it would be looked up
for each recipient, and tell the page who they are.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from messaging.kinds import Content, Unfit
from messaging.links import first_link
from messaging.previews.looking import Errand, Preview, preview_look
from whatsapp_api.accounts.bodies.fields import bodies
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.exclusive import exclusive

from .content import Said, Variant
from .models import Broadcast, BroadcastState

ROUNDS = 10
SLACK = timedelta(seconds=2)
VARYING = "The link must be the same for everybody: no variable and no choice in it."


def link_check(variant: Variant) -> None:
    """Unfit where a preview is asked for a link that varies."""
    if _asks(variant) and not link_wanted(variant):
        raise Unfit("preview", VARYING)


def link_wanted(variant: Variant) -> str:
    """The link whose preview a variant asks for; empty when there is none, or another one for everybody."""
    text = str(variant["content"].get("text", ""))
    link = first_link(text) if _asks(variant) else ""
    varies = any(link in word and "{" in word for word in text.split())
    return "" if varies else link


def _asks(variant: Variant) -> bool:
    return bool(variant["content"].get("preview"))


def links_wanted(variants: Sequence[Variant]) -> list[str]:
    """Different ones, in order."""
    return list(dict.fromkeys(link for variant in variants if (link := link_wanted(variant))))


def previews_kept(previews: Mapping[str, Preview], variants: Sequence[Variant]) -> dict[str, Preview]:
    """What is still wanted. So somebody who asks for no preview, and then for one again, has it looked up anew."""
    wanted = links_wanted(variants)
    return {link: found for link, found in previews.items() if link in wanted}


def previews_missing(broadcast: Broadcast) -> list[str]:
    """Links to look up. One that did not answer is not asked again."""
    return [link for link in links_wanted(broadcast.variants) if link not in broadcast.previews]


def previews_awaited(broadcast: Broadcast, now: datetime) -> bool:
    """Whether it may still begin a moment later with all of them; a preview holds up nobody for longer."""
    limit = timedelta(seconds=settings.LINK_PREVIEW_SECONDS) + SLACK
    begun = broadcast.started_at
    return bool(begun and now < begun + limit and previews_missing(broadcast))


def previews_look(broadcast_id: uuid.UUID) -> None:
    """Look up what is missing, unless another worker is at it; also what is wanted by the time that is done."""
    with exclusive(f"broadcast-previews:{broadcast_id}") as mine:
        for _ in range(ROUNDS if mine else 0):
            broadcast = Broadcast.objects.filter(pk=broadcast_id).first()
            if broadcast is None or not (missing := previews_missing(broadcast)):
                break
            # Each has the time that the preview of a single text has.
            found = {link: preview_look(Errand(broadcast.workspace_id, timezone.now()), link) for link in missing}
            _keep(broadcast_id, found)


def with_preview(broadcast: Broadcast, said: Said) -> Content:
    """What a recipient gets; a preview that the caller wrote stays as it is."""
    preview: Preview = said.content.get("link_preview") or {}
    if not preview or "title" in preview:
        return said.content
    late = {} if broadcast.state == BroadcastState.DRAFT else {"error": "url_timeout"}
    found: Preview = broadcast.previews.get(preview["url"]) or {**preview, **late}
    return {**said.content, "link_preview": found}


@retry_conflicts
def _keep(broadcast_id: uuid.UUID, found: dict[str, Preview]) -> None:
    with atomic():
        broadcast = Broadcast.objects.get(pk=broadcast_id)
        kept = previews_kept({**broadcast.previews, **found}, broadcast.variants)
        Broadcast.objects.filter(pk=broadcast_id).update(**bodies(broadcast.workspace_id, previews=kept))
