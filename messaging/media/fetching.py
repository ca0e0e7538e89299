"""Files by URL: fetched by a worker behind the guard of whatsapp_api/core/http."""

import logging
import uuid
from datetime import timedelta
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from messaging.models import Media, MediaSource, MediaState
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.http.client import Limits
from whatsapp_api.core.http.faults import HttpFault, UrlRefused
from whatsapp_api.core.http.shared import outgoing
from whatsapp_api.core.http.urls import check_url

from .limits import quota_check, size_limit
from .services import expiry
from .sniff import sniff
from .storage import Draft, TooLong, file_store

logger = logging.getLogger(__name__)

TRIES = 3
PAUSE_SECONDS = 5.0
LEASE_SLACK = 30


@retry_conflicts
def media_from_url(
    *, workspace_id: uuid.UUID, url: str, filename: str = "", kind: str = "document", ask: bool = True
) -> Media:
    """A row whose bytes a worker fetches soon; ApiError for an address that will never be asked.

    `ask` False: somebody else sees to that, as a message does that waits for its file.
    """
    try:
        check_url(url, settings.OUTGOING_POLICY)
    except UrlRefused as error:
        raise ApiError(error.code, error.message) from error
    quota_check(workspace_id)
    with atomic():
        media = Media.objects.create(
            workspace_id=workspace_id,
            source=MediaSource.URL,
            state=MediaState.PENDING,
            url=url,
            filename=(filename or _name_in(url))[:255],
            next_try_at=timezone.now(),
            expires_at=expiry(),
        )
        if ask:
            transaction.on_commit(lambda: _ask(media.pk, kind))
    return media


def media_fetch(media_id: uuid.UUID, *, kind: str = "document", seconds: float | None = None) -> Media | None:
    """Fetch it now, unless somebody else does or it is not its time; None when the row is gone.

    `seconds`: what it may take, MEDIA_FETCH_SECONDS by default.
    """
    now = timezone.now()
    lease = now + timedelta(seconds=settings.MEDIA_FETCH_SECONDS + LEASE_SLACK)
    mine = Media.objects.filter(pk=media_id, state=MediaState.PENDING, source=MediaSource.URL, next_try_at__lte=now)
    if mine.update(next_try_at=lease, tries=F("tries") + 1):
        media = Media.objects.get(pk=media_id)
        try:
            _fetch(media, kind, seconds or settings.MEDIA_FETCH_SECONDS)
        except HttpFault as error:
            _note_fault(media, error)
        except ApiError as error:
            _give_up(media, error.code, error.message)
        except TooLong:
            _give_up(media, "media_too_large", f"The file is longer than the {size_limit(kind)} bytes allowed.")
    return Media.objects.filter(pk=media_id).first()


def _fetch(media: Media, kind: str, seconds: float) -> None:
    limits = Limits(seconds=seconds, size=size_limit(kind))
    with outgoing().stream("GET", media.url, limits=limits) as answer, Draft(limit=limits.size) as draft:
        if answer.status != 200:
            final = 400 <= answer.status < 500 and answer.status != 429
            raise HttpFault("url_bad_answer", f"The server answered with status {answer.status}.", permanent=final)
        for chunk in answer.chunks():
            draft.write(chunk)
        if not draft.size:
            raise HttpFault("url_bad_answer", "The server's answer is empty.", permanent=True)
        quota_check(media.workspace_id, draft.size)
        fields = {
            "state": MediaState.STORED,
            "mimetype": sniff(draft.head, media.filename),
            "size": draft.size,
            "sha256": draft.sha256,
            "file": file_store(draft.path, workspace_id=media.workspace_id, media_id=media.pk),
            "next_try_at": None,
            "url": "",  # may hold a secret, and is of no more use
        }
    Media.objects.filter(pk=media.pk, state=MediaState.PENDING).update(**fields)


def _note_fault(media: Media, error: HttpFault) -> None:
    if error.permanent or media.tries >= TRIES:
        _give_up(media, error.code, error.message)
        return
    again = timezone.now() + timedelta(seconds=PAUSE_SECONDS * media.tries)
    Media.objects.filter(pk=media.pk, state=MediaState.PENDING).update(next_try_at=again)


def _give_up(media: Media, code: str, text: str) -> None:
    logger.info("Media %s could not be fetched: %s", media.pk, code)
    fields = {"state": MediaState.FAILED, "error_code": code, "error_text": text[:500], "url": "", "next_try_at": None}
    Media.objects.filter(pk=media.pk, state=MediaState.PENDING).update(**fields)


def _name_in(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


def _ask(media_id: uuid.UUID, kind: str) -> None:
    from messaging.tasks import media_fetch_task, start

    start(media_fetch_task, str(media_id), kind)
