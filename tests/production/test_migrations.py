"""Migrations run while processes of the former version still work: they add, and take nothing away."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

ROOTS = {"whatsapp_api", "sessions_app", "messaging"}
OURS = {config.label for config in apps.get_app_configs() if config.name.split(".", maxsplit=1)[0] in ROOTS}
# Before the first release nobody runs a former version. From then on an entry here needs a reason.
BEFORE_THE_FIRST_RELEASE = True
ALLOWED: dict[tuple[str, str], str] = {}
REMOVES = (migrations.RemoveField, migrations.RenameField, migrations.DeleteModel, migrations.RenameModel)


def unsafe(operation: Operation) -> str:
    """Why the former version would break; empty when it would not."""
    if isinstance(operation, REMOVES):
        return "the former version still uses it: remove it one release later"
    if isinstance(operation, migrations.AddField) and _needs_a_value(operation.field):
        return "rows of the former version lack a value: null=True or db_default"
    if isinstance(operation, migrations.AddConstraint):
        return "the former version may write rows that it forbids"
    return ""


def _needs_a_value(field: "models.Field[object, object]") -> bool:
    has_default = field.db_default is not models.NOT_PROVIDED
    return not (field.null or has_default or field.many_to_many)


def migrations_of_ours() -> Iterator[tuple[str, str, Operation]]:
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if app in OURS and not migration.initial:
            for operation in migration.operations:
                yield app, name, operation


@pytest.mark.skipif(BEFORE_THE_FIRST_RELEASE, reason="there is no former version yet")
def test_none_breaks_the_former_version() -> None:
    found = {(app, name): why for app, name, operation in migrations_of_ours() if (why := unsafe(operation))}
    assert {key: why for key, why in found.items() if key not in ALLOWED} == {}


@pytest.mark.parametrize(
    ("operation", "is_safe"),
    [
        (migrations.AddField("message", "a", models.IntegerField(null=True)), True),
        (migrations.AddField("message", "a", models.IntegerField(db_default=0)), True),
        (migrations.AddField("message", "a", models.IntegerField(default=0)), False),
        (migrations.RemoveField("message", "text"), False),
        (migrations.RenameField("message", "text", "words"), False),
        (migrations.CreateModel("new", []), True),
        (migrations.DeleteModel("old"), False),
        (migrations.AddIndex("message", models.Index(fields=["a"], name="a")), True),
    ],
)
def test_the_rule(operation: Operation, is_safe: bool) -> None:
    assert (unsafe(operation) == "") is is_safe
