"""A row of any model in a given workspace, without knowing the model: what is added later is covered by itself."""

import uuid
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from sessions_app.models import Session
from whatsapp_api.accounts.models import Membership, User, Workspace
from whatsapp_api.core.db import uuid7

OURS = ("whatsapp_api.", "sessions_app", "messaging")


class World:
    """Rows of one workspace, whose texts all carry `mark`."""

    def __init__(self, workspace: Workspace, session: Session, user: User, mark: str) -> None:
        self.workspace, self.session, self.user, self.mark = workspace, session, user, mark
        self._made: dict[type[models.Model], models.Model] = {Workspace: workspace, Session: session, User: user}
        self._made |= {Membership: Membership.objects.get(workspace=workspace, user=user)}

    def row(self, model: type[models.Model]) -> models.Model:
        """The row of this model, made when it is first asked for."""
        if model not in self._made:
            self._made[model] = model._default_manager.create(**self._values(model))
        return self._made[model]

    def secrets(self) -> list[str]:
        """What a stranger must never read."""
        return [self.mark, *(str(row.pk) for row in self._made.values() if not isinstance(row.pk, int))]

    def fingerprint(self, *, but: str = "") -> str:
        """Everything that is stored, except for the model called `but`, to see whether somebody changed it."""
        made = [(model, row) for model, row in self._made.items() if model._meta.label != but]
        rows = ((model, model._default_manager.filter(pk=row.pk).values().first()) for model, row in made)
        return "\n".join(f"{model._meta.label} {values}" for model, values in rows)

    def _values(self, model: type[models.Model]) -> dict[str, Any]:
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        return {field.name: self._value(field) for field in fields if self._wanted(field)}

    def _wanted(self, field: Any) -> bool:
        if isinstance(field, models.ForeignKey):
            return not field.null or field.related_model in self._made
        return field.name in {"workspace_id", "session_id"} or not (
            field.has_default() or field.null or _automatic(field)
        )

    def _value(self, field: Any) -> Any:  # noqa: C901 (one line per type)
        if isinstance(field, models.ForeignKey):
            return self.row(field.related_model)
        if field.name in {"workspace_id", "session_id"}:
            return self.workspace.pk if field.name == "workspace_id" else self.session.pk
        if field.choices:
            return field.choices[0][0]
        if field.name == "kind":
            return "text"  # of messages and templates
        if isinstance(field, models.UUIDField):
            return uuid7()
        if isinstance(field, models.DateTimeField):
            return timezone.now()
        if isinstance(field, models.DateField):
            return timezone.now().date()
        if isinstance(field, models.BooleanField):
            return False
        if isinstance(field, models.IntegerField | models.FloatField):
            return 900_000  # no number that the platform itself gives out next
        if isinstance(field, models.JSONField):
            return {}
        if isinstance(field, models.BinaryField):
            return b"x"
        text = f"{self.mark}-{uuid.uuid4().hex[:8]}"
        return text[: field.max_length] if field.max_length else text


def _automatic(field: Any) -> bool:
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def workspace_models() -> list[type[models.Model]]:
    """Every model of ours whose rows belong to a workspace, directly or through a session."""
    found = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields} | {
            field.attname for field in model._meta.concrete_fields
        }
        ours = model.__module__.startswith(OURS)
        if ours and model not in {Workspace, User, Membership} and names & {"workspace", "workspace_id", "session"}:
            found.append(model)
    return found
