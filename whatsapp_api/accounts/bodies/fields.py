"""Columns that hold what people write: sealed on the way in where the workspace wants it, opened on the way out.

A row seals by its `workspace_id`. A query that writes without a row has to say whose body it is:
`rows.update(**bodies(workspace_id, text="…"))`; one that forgets is refused.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.expressions import BaseExpression

from .sealing import FORMAT, body_open, body_seal


@dataclass(frozen=True, slots=True)
class Body:
    """A value and the workspace that it belongs to."""

    workspace_id: uuid.UUID
    value: Any


def bodies(workspace_id: uuid.UUID, **columns: Any) -> dict[str, Any]:
    """Values of body columns for `update()`."""
    return {name: Body(workspace_id, value) for name, value in columns.items()}


def bodies_in(model: type[models.Model], workspace_id: uuid.UUID, fields: dict[str, Any]) -> dict[str, Any]:
    """The same for columns of any sort, of which some are bodies."""
    own = {field.name for field in body_fields(model)} & set(fields)
    return {**fields, **bodies(workspace_id, **{name: fields[name] for name in own})}


def body_fields(model: type[models.Model]) -> list["BodyField"]:
    return [field for field in model._meta.concrete_fields if isinstance(field, BodyField)]


class BodyField(models.Field):  # type: ignore[type-arg]
    """For migrations it is the field that it extends: nothing changes in the database."""

    def deconstruct(self) -> Any:
        name, _, arguments, options = super().deconstruct()
        return name, f"django.db.models.{type(self).__mro__[2].__name__}", arguments, options

    @property
    def place(self) -> str:
        """What a value is bound to."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        return value if isinstance(value, BaseExpression) else Body(model_instance.workspace_id, value)  # type: ignore[attr-defined]

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, Body):
            value = self.sealed(value) if value.value else value.value
        elif value and not isinstance(value, BaseExpression):
            raise TypeError(f"Say whose {self.name} this is: update(**bodies(workspace_id, {self.name}=…))")
        return super().get_db_prep_save(value, connection)

    def sealed(self, body: Body) -> Any:
        raise NotImplementedError


class BodyText(BodyField, models.TextField):  # type: ignore[type-arg]
    """Text."""

    def sealed(self, body: Body) -> str:
        return body_seal(body.value, body.workspace_id, self.place)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return body_open(value, self.place) if value else value


class BodyJSON(BodyField, models.JSONField):
    """An object or a list; sealed it is a JSON string, which it never is otherwise."""

    def sealed(self, body: Body) -> Any:
        plain = json.dumps(body.value, cls=self.encoder, ensure_ascii=False, separators=(",", ":"))
        stored = body_seal(plain, body.workspace_id, self.place)
        return stored if stored.startswith(FORMAT) else body.value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return json.loads(body_open(found, self.place), cls=self.decoder) if isinstance(found, str) else found
