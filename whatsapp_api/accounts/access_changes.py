"""Tells open connections that what an account may do has changed, so that they look at once.

Best effort, as every live push: a connection also looks by itself now and then.
"""

import uuid
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from whatsapp_api.core import live

from .keys.models import ApiKey
from .models import Membership, User

NO_MATTER = {"last_login"}


def connect() -> None:
    """Whoever saves or deletes these rows; what `update` changes is told where that is done."""
    for model in (Membership, ApiKey, User):
        post_save.connect(_saved, sender=model, weak=False)
    post_delete.connect(_saved, sender=Membership, weak=False)


def access_changed(user_id: uuid.UUID) -> None:
    """After the commit."""
    message = {"type": "access.changed", "user": str(user_id)}
    transaction.on_commit(lambda: live.push(live.ACCESS_GROUP, message))


def _saved(
    sender: type, instance: Any, created: bool = False, update_fields: frozenset[str] | None = None, **_: Any
) -> None:
    if created or (update_fields and update_fields <= NO_MATTER):
        return
    access_changed(_whose(instance))


def _whose(row: Membership | ApiKey | User) -> uuid.UUID:
    if isinstance(row, Membership):
        return row.user_id
    return row.created_by_id if isinstance(row, ApiKey) else row.pk
