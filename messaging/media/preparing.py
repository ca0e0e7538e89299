"""Messages whose file, or preview of a link, has to be fetched or made fit before they may leave. Runs in the worker.

`preparing -> queued | scheduled | failed`. Repeating it does no harm: what was made once is found again.
"""

import uuid
from pathlib import Path
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from messaging.albums.parts import album_recount
from messaging.models import Media, MediaSource, MediaState, Message, MessageKind, MessageState
from messaging.outcomes import failed, message_settle
from messaging.previews.preparing import preview_prepare
from sessions_app import commands
from whatsapp_api.accounts.bodies.fields import bodies
from whatsapp_api.core.db import retry_conflicts, uuid7
from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.exclusive import exclusive
from whatsapp_api.events.numbering import counted_first

from .attaching import fit_name, making_options, media_fit, require_size, variant_name
from .fetching import media_fetch
from .making import Made, MakingFailed, make, workshop
from .payloads import media_summary
from .services import expiry
from .storage import Draft, file_store, local_file


def message_prepare(message_id: uuid.UUID) -> None:
    """Make the message ready, unless another worker is at it."""
    with exclusive(f"media-prepare:{message_id}") as mine:
        message = Message.objects.filter(pk=message_id, state=MessageState.PREPARING).first() if mine else None
        if message is not None:
            _prepare(message)


def _prepare(message: Message) -> None:
    if message.kind == MessageKind.TEXT:
        message_ready(message, {**message.content, "link_preview": preview_prepare(message)})
        return
    media = _original(message)
    if media is None or media.state == MediaState.EXPIRED:
        message_give_up(message, "media_expired", "The file has been removed.")
    elif media.state == MediaState.FAILED:
        message_give_up(message, media.error_code, media.error_text)
    elif media.state == MediaState.STORED:
        try:
            require_size(media, message.kind)
            fit = media_fit(media, message.kind, message.content) or _made(media, message)
        except MakingFailed as error:
            message_give_up(message, error.code, error.text)
        except ApiError as error:
            message_give_up(message, error.code, error.message)
        else:
            message_ready(message, {**message.content, "media": media_summary(fit)})
    # else it is fetched again later: the sweep comes back


def _original(message: Message) -> Media | None:
    media = Media.objects.filter(pk=message.content["media"]["id"]).first()
    if media and media.state == MediaState.PENDING and media.source == MediaSource.URL:
        return media_fetch(media.pk, kind=message.kind)
    return media


def _made(media: Media, message: Message) -> Media:
    """Ask the lab, and keep what it made: a file of its own, or the knowledge that the original fits."""
    with workshop() as folder, local_file(media.file) as source:
        made = make(source, kind=message.kind, folder=folder, options=making_options(message.content))
        if made.output is None:
            return _fits(media, message, made)
        return _variant(media, message, made)


def _fits(media: Media, message: Message, made: Made) -> Media:
    fields = _about(made) | {"fits": [*media.fits, fit_name(message.kind, message.content)]}
    if made.thumbnail and not media.thumbnail:
        fields["thumbnail"] = _thumbnail(media.workspace_id, media.pk, made)
    Media.objects.filter(pk=media.pk).update(**fields)
    media.refresh_from_db()
    return media


def _variant(media: Media, message: Message, made: Made) -> Media:
    media_id, name = uuid7(), variant_name(media, message.kind, message.content)
    assert made.output is not None
    draft = _measured(made.output)
    fields = {
        "id": media_id,
        "workspace_id": media.workspace_id,
        "source": MediaSource.MADE,
        "state": MediaState.STORED,
        "mimetype": made.mimetype,
        "size": draft[0],
        "sha256": draft[1],
        "file": file_store(made.output, workspace_id=media.workspace_id, media_id=media_id),
        "thumbnail": _thumbnail(media.workspace_id, media_id, made),
        "variant": name,
        "expires_at": expiry(),
        **_about(made),
    }
    try:
        return Media.objects.create(**fields)
    except IntegrityError:  # another message with the same file was quicker
        return Media.objects.get(variant=name)


def _measured(path: Path) -> tuple[int, str]:
    with Draft(limit=1 << 40) as draft, path.open("rb") as file:
        while chunk := file.read(1 << 18):
            draft.write(chunk)
        return draft.size, draft.sha256


def _about(made: Made) -> dict[str, Any]:
    found = {"width": made.width, "height": made.height, "seconds": made.seconds, "waveform": made.waveform}
    return {name: value for name, value in found.items() if value}


def _thumbnail(workspace_id: uuid.UUID, media_id: uuid.UUID, made: Made) -> str:
    if made.thumbnail is None:
        return ""
    return file_store(made.thumbnail, workspace_id=workspace_id, media_id=media_id, suffix="-thumbnail")


def message_ready(message: Message, content: dict[str, Any]) -> None:
    """Nothing is missing any more: it may leave as soon as it is due."""
    rows = Message.objects.filter(pk=message.pk, state=MessageState.PREPARING)
    later = message.scheduled_at is not None and message.scheduled_at > timezone.now()
    state = MessageState.SCHEDULED if later else MessageState.QUEUED
    if rows.update(state=state, **bodies(message.workspace_id, content=content)):
        commands.wake_sends(message.session_id)


@retry_conflicts
def message_give_up(message: Message, code: str, text: str) -> None:
    """It will never leave; say why. Its album waits for it no longer, so it changes in the same transaction."""
    with counted_first(message.workspace_id):
        if message_settle(message.pk, "", [MessageState.PREPARING], failed(code, text)):
            album_recount(message)
