"""Rows from before a change of the setting, as the workspace wants them now.

Nobody waits for it: sealed and clear rows are read alike. Broken off, it begins anew.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import atomic, retry_conflicts

from .fields import body_fields

logger = logging.getLogger(__name__)
PAGE = 100
EVERYWHERE = timedelta(seconds=10)  # after which every process knows the new setting


def convert_due() -> int:
    """All workspaces whose setting changed; how many rows were written."""
    rows = Workspace.objects.filter(bodies_changed_at__lt=timezone.now() - EVERYWHERE)
    return sum(workspace_convert(workspace) for workspace in rows)


def workspace_convert(workspace: Workspace) -> int:
    """Write every body of the workspace as its setting says."""
    changed_at: datetime | None = workspace.bodies_changed_at
    count = sum(_convert(model, workspace) for model in apps.get_models() if body_fields(model))
    Workspace.objects.filter(pk=workspace.pk, bodies_changed_at=changed_at).update(bodies_changed_at=None)
    logger.info("Bodies of workspace %s are %s now: %d rows", workspace.pk, workspace.bodies, count)
    return count


def _convert(model: type[models.Model], workspace: Workspace) -> int:
    rows: Any = model._default_manager.filter(workspace_id=workspace.pk).order_by("pk")
    after, count = None, 0
    while keys := list((rows.filter(pk__gt=after) if after else rows).values_list("pk", flat=True)[:PAGE]):
        _rewrite(model, keys)
        after, count = keys[-1], count + len(keys)
    return count


@retry_conflicts
def _rewrite(model: type[models.Model], keys: list[Any]) -> None:
    """In one transaction with the reading, so that no change of somebody else is undone."""
    names = [field.name for field in body_fields(model)]
    names += [field.name for field in model._meta.concrete_fields if getattr(field, "source", None) in names]
    with atomic():
        for row in model._default_manager.filter(pk__in=keys):
            row.save(update_fields=names)
