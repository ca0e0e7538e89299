"""Writing templates, and making messages of them. Broadcasts use `template_body` for each recipient."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from rest_framework.exceptions import ValidationError

from messaging.kinds import KINDS, Kind
from messaging.models import Template
from whatsapp_api.core.db import retry_conflicts
from whatsapp_api.core.errors import ApiError, Conflict

from .render import VARIABLES_AT_MOST, malformed_of, render, variables_of

FIELDS_LIMIT = 100_000  # bytes of JSON
# Kinds that say something about an earlier message have nothing to prepare.
KINDS_ALLOWED = {name: kind for name, kind in KINDS.items() if not kind.refers}


def template_get(workspace_id: uuid.UUID, reference: str) -> Template:
    """By id or by name; 404 for what is not in the workspace."""
    rows = Template.objects.filter(workspace_id=workspace_id)
    try:
        found = rows.filter(pk=uuid.UUID(reference)).first()
    except ValueError:
        found = None
    template = found or rows.filter(name=reference).first()
    if template is None:
        raise ApiError("template_not_found", "There is no template with this id or name.", http_status=404)
    return template


@retry_conflicts
def template_create(*, workspace_id: uuid.UUID, **columns: Any) -> Template:
    template = Template(workspace_id=workspace_id, **columns)
    template_check(template)
    return _saved(template)


@retry_conflicts
def template_update(*, template: Template, **columns: Any) -> Template:
    for name, value in columns.items():
        setattr(template, name, value)
    template_check(template)
    return _saved(template)


def template_check(template: Template) -> None:
    """Is it a template from which a message can be made? With each variable standing for itself."""
    if template.kind not in KINDS_ALLOWED:
        raise ValidationError({"kind": [f"Choose one of {', '.join(sorted(KINDS_ALLOWED))}."]})
    if len(json.dumps(template.fields).encode()) > FIELDS_LIMIT:
        raise ValidationError({"content": [f"At most {FIELDS_LIMIT} bytes of JSON."]})
    if malformed := malformed_of(template.fields):
        sentence = "Write variables as {{name}}: letters, digits and _, 40 at most, no digit first."
        raise ValidationError({"content": [f"{malformed} is no variable. {sentence}"]})
    names = variables_of(template.fields)
    if len(names) > VARIABLES_AT_MOST:
        raise ValidationError({"content": [f"At most {VARIABLES_AT_MOST} variables."]})
    if unknown := sorted(set(template.defaults) - names):
        raise ValidationError({"defaults": [f"The template has no variable {unknown[0]}."]})
    try:
        template_body(template, {name: name for name in names})
    except ValidationError as error:
        raise ValidationError({"content": error.detail}) from error


def template_body(template: Template, values: Mapping[str, str]) -> dict[str, Any]:
    """The validated fields of the template's kind, filled in. Raises ValidationError before anything is sent."""
    kind = template_kind(template)
    serializer = kind.fields(data=render(template.fields, values, template.defaults))
    serializer.is_valid(raise_exception=True)
    if unknown := sorted(set(template.fields) - set(serializer.fields)):
        known = ", ".join(serializer.fields)
        raise ValidationError({unknown[0]: [f"There is no such field in {template.kind}; there are {known}."]})
    return dict(serializer.validated_data)


def template_kind(template: Template) -> Kind:
    return KINDS_ALLOWED[template.kind]


def _saved(template: Template) -> Template:
    try:
        template.save()
    except IntegrityError as error:
        raise Conflict("template_exists", "The workspace has a template of this name; choose another.") from error
    return template
