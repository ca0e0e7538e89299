"""Looking a link up: title, description and image of a page, within a deadline and through the guard of addresses."""

import math
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message as Headers
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from messaging.media.making import MakingFailed, make, workshop
from messaging.media.payloads import media_summary
from messaging.media.services import media_create
from messaging.media.storage import Draft, TooLong
from messaging.models import MediaSource
from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.http.client import Answer, Limits
from whatsapp_api.core.http.faults import HttpFault, bad_answer, timed_out
from whatsapp_api.core.http.shared import outgoing

PAGE_BYTES = 512 * 1024
"""Of a page, as much as is looked at: what it says of itself stands at its beginning."""
IMAGE_BYTES = 5 << 20
WHOLE = 1 << 30  # what a page may promise to have; the rest of it is not read
Preview = dict[str, Any]
FAULTS = (HttpFault, MakingFailed, ApiError, TooLong, OSError)


@dataclass(frozen=True, slots=True)
class Errand:
    """For whom something is looked up, and since when somebody waits for it."""

    workspace_id: uuid.UUID
    since: datetime

    def left(self) -> float:
        """Seconds that are left; HttpFault when there are none."""
        end = self.since + timedelta(seconds=settings.LINK_PREVIEW_SECONDS)
        left = (end - timezone.now()).total_seconds()
        if left < 0.1:
            raise timed_out(settings.LINK_PREVIEW_SECONDS)
        return math.ceil(left * 10) / 10

    def limits(self, size: int) -> Limits:
        return Limits(seconds=self.left(), size=size)


def preview_look(errand: Errand, url: str) -> Preview:
    """`{url, title, description?, image?}`, or `{url, error}` with a code; never raises for what a page does."""
    try:
        return {"url": url, **_page_about(errand, url)}
    except FAULTS as error:
        return {"url": url, "error": fault_code(error)}


def fault_code(error: Exception) -> str:
    return str(getattr(error, "code", "media_unreadable"))


def image_small(errand: Errand, path: Path) -> Preview:
    """A file made a small JPEG, kept, as messages show files."""
    with workshop() as folder, Draft(limit=IMAGE_BYTES) as draft:
        made = make(path, kind="preview", folder=folder, seconds=errand.left())
        assert made.output is not None
        draft.write(made.output.read_bytes())
        media = media_create(
            workspace_id=errand.workspace_id,
            draft=draft,
            source=MediaSource.MADE,
            width=made.width,
            height=made.height,
        )
    return media_summary(media)


def _page_about(errand: Errand, url: str) -> Preview:
    limits = errand.limits(WHOLE)
    with workshop() as folder:
        with outgoing().stream("GET", url, headers={"Accept": "text/html"}, limits=limits) as answer:
            source, options = _page(answer, folder / "page"), {"url": answer.url, "charset": _charset(answer)}
        about = make(source, kind="page", folder=folder, options=options, seconds=errand.left()).about
    if not about.get("title"):
        raise bad_answer("the page has no title")
    image = _image(errand, about["image"]) if about.get("image") else None
    told = {name: about[name] for name in ("title", "description") if about.get(name)}
    return {**told, **({"image": image} if image else {})}


def _page(answer: Answer, path: Path) -> Path:
    if answer.status != 200:
        raise bad_answer(f"status {answer.status}")
    if "html" not in answer.headers.get("content-type", "text/html").lower():
        raise bad_answer("this is no web page")
    with path.open("wb") as file:
        for chunk in answer.chunks():
            if file.write(chunk) and file.tell() >= PAGE_BYTES:
                break
    return path


def _charset(answer: Answer) -> str:
    headers = Headers()
    headers["content-type"] = answer.headers.get("content-type", "")
    return str(headers.get_content_charset() or "")


def _image(errand: Errand, url: str) -> Preview | None:
    """The page's image, made small; None when it cannot be had."""
    try:
        with outgoing().stream("GET", url, limits=errand.limits(IMAGE_BYTES)) as answer:
            if answer.status != 200:
                return None
            with Draft(limit=IMAGE_BYTES) as draft:
                for chunk in answer.chunks():
                    draft.write(chunk)
                return image_small(errand, draft.path)
    except FAULTS:
        return None
