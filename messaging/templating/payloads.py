"""A template as programs see it."""

from typing import Any

from messaging.models import Template
from whatsapp_api.core.formats import iso

from .render import variables_of


def template_payload(template: Template) -> dict[str, Any]:
    return {
        "id": str(template.id),
        "workspace": str(template.workspace_id),
        "name": template.name,
        "language": template.language,
        "description": template.description,
        "kind": template.kind,
        "content": template.fields,
        "variables": sorted(variables_of(template.fields)),
        "defaults": template.defaults,
        "created_at": iso(template.created_at),
        "updated_at": iso(template.updated_at),
    }
