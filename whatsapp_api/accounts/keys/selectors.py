"""Reading API keys."""

import uuid

from django.db.models import QuerySet

from whatsapp_api.accounts.api.rows import visible_get
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.errors import ApiError

from .models import ApiKey


def keys_visible(user: User, scope: Scope | None = None) -> QuerySet[ApiKey]:
    """The keys of the workspaces that the caller administers, newest first."""
    return ApiKey.objects.filter(workspace_id__in=authority_of(user).workspaces(scope)).order_by("-id")


def key_get(user: User, key_id: uuid.UUID) -> ApiKey:
    """One of them; 404 for all others."""
    gone = ApiError("key_not_found", "There is no API key with this id that you may see.", http_status=404)
    return visible_get(lambda scope: keys_visible(user, scope), user, key_id, gone=gone)
