"""Emptying the database after a test that no transaction undoes: on MongoDB every test, on SQLite those with threads.

Django's own way sends the signal `post_migrate` each time, whose receivers look at every content type, permission and
index of every app: half a second on MongoDB, more than most tests take. Their rows are left in place here instead.
MongoDB's way of emptying a collection asks about it first, a hundred round trips for all of them: here one tells which
have anything in them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connections
from django.test import TransactionTestCase

MADE_BY_MIGRATE = {"auth_permission", "django_content_type", "django_migrations"}


def flush(test: TransactionTestCase) -> None:
    """In place of `TransactionTestCase._fixture_teardown`."""
    for alias in test._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        connection: Any = connections[alias]
        on_mongodb = connection.vendor == "mongodb"
        tables = connection.introspection.django_table_names(only_existing=not on_mongodb, include_views=False)
        kept = sorted(set(tables) - MADE_BY_MIGRATE)
        if on_mongodb:
            _empty_collections(connection.database, kept)
            continue
        statements = connection.ops.sql_flush(no_style(), kept, reset_sequences=False, allow_cascade=False)
        connection.ops.execute_sql_flush(statements)


def _empty_collections(database: Any, names: list[str]) -> None:
    first, *others = names
    unions = [{"$unionWith": {"coll": name, "pipeline": _name_if_filled(name)}} for name in others]
    for row in database[first].aggregate([*_name_if_filled(first), *unions]):
        database[row["name"]].delete_many({})


def _name_if_filled(name: str) -> list[dict[str, Any]]:
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]


@contextmanager
def quick_flush() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield
