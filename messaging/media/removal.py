"""The files of a workspace that goes."""

import uuid

from messaging.models import Media
from whatsapp_api.accounts.removal.parts import Part, part_register
from whatsapp_api.core.purge import PAGE, purge_page

from .services import media_expire


def register() -> None:
    part_register(Part("files", left=_left, remove=_remove, order=20))


def _left(workspace_id: uuid.UUID) -> int:
    return Media.objects.filter(workspace_id=workspace_id).count()


def _remove(workspace_id: uuid.UUID) -> int:
    """The bytes first: a row without bytes is found again, bytes without a row are not."""
    page = list(Media.objects.filter(workspace_id=workspace_id).order_by("id")[:PAGE])
    for media in page:
        media_expire(media)
    return purge_page(Media.objects.filter(pk__in=[media.pk for media in page]))
