"""Plain indexes for hot unique fields.

The backend makes unique indexes partial, and MongoDB uses a partial index only for queries that repeat its
condition: an exact look-up on a unique field would scan the collection. One plain index per such field mends it.
"""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models import Model
from django.db.models.signals import post_migrate


def connect() -> None:
    post_migrate.connect(create, dispatch_uid="mongo-plain-indexes")


def create(sender: AppConfig, using: str, **_: Any) -> None:
    connection = connections[using]
    if connection.vendor != "mongodb":
        return
    for model in sender.get_models():
        for columns in unique_columns(model):
            collection = connection.get_collection(model._meta.db_table)  # type: ignore[attr-defined]
            name = "plain_" + "_".join(columns)
            collection.create_index([(column, 1) for column in columns], name=name)


def unique_columns(model: type[Model]) -> list[list[str]]:
    """Columns of each unique field and unique constraint, the primary key aside."""
    single = [[field.name] for field in model._meta.local_fields if field.unique and not field.primary_key]
    several = [list(constraint.fields) for constraint in model._meta.total_unique_constraints]
    return [[_column(model, name) for name in names] for names in single + several]


def _column(model: type[Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "column"))  # noqa: B009 relations have none in the type
