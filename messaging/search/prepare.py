"""The index is made after migrations, where it belongs to the database rather than to a model."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def connect(config: AppConfig) -> None:
    post_migrate.connect(_prepare, sender=config, dispatch_uid="messaging-search")


def _prepare(**_: Any) -> None:
    from .index import index

    index().prepare()
