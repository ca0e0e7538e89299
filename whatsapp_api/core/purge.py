"""Deleting many rows with all that hangs on them, without holding them in memory or in one transaction."""

from typing import Any

from django.db.models import CASCADE, QuerySet

from .db import retry_conflicts

PAGE = 200


def purge_page(rows: QuerySet[Any]) -> int:
    """Delete some of the rows, what would go with them first; how many. Repeating it until 0 deletes all."""
    ids = list(rows.order_by().values_list("pk", flat=True)[:PAGE])
    if not ids:
        return 0
    model = rows.model
    for relation in model._meta.related_objects:
        if getattr(relation, "on_delete", None) is CASCADE:
            hanging = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": ids})
            while purge_page(hanging):
                pass
    retry_conflicts(model._default_manager.filter(pk__in=ids).delete)()
    return len(ids)
