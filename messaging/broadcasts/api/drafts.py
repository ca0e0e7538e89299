"""From the validated body to the columns of a draft."""

import uuid
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from messaging.audience.models import Addressee, RecipientList, Segment
from messaging.templating.services import template_get
from sessions_app.models import Session

# A pace that a person could have typed; whoever wants another says so.
PACE = {"per_minute": 12, "jitter": 0.5, "per_day": 1000}
PLAIN = ("name", "pace", "hours", "options", "scheduled_at", "ends_at", "time_zone", "recurrence")
NAMED: dict[str, Any] = {"lists": RecipientList, "segments": Segment, "contacts": Addressee}


def columns_of(workspace_id: uuid.UUID, body: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is named must be in the workspace."""
    columns = {name: body[name] for name in PLAIN if name in body}
    if "sessions" in body:
        columns["session_ids"] = _sessions(workspace_id, body["sessions"])
    if "audience" in body:
        columns["audience"] = _audience(workspace_id, body["audience"])
    if "variants" in body:
        columns["variants"] = [_variant(workspace_id, n, each) for n, each in enumerate(body["variants"])]
    return columns


def _sessions(workspace_id: uuid.UUID, ids: list[uuid.UUID]) -> list[str]:
    rows = Session.objects.filter(workspace_id=workspace_id, pk__in=ids, deleted_at=None)
    known = set(rows.values_list("pk", flat=True))
    if missing := [pk for pk in ids if pk not in known]:
        raise ValidationError({"sessions": [f"There is no session {missing[0]} in the broadcast's workspace."]})
    return [str(pk) for pk in dict.fromkeys(ids)]


def _audience(workspace_id: uuid.UUID, audience: dict[str, Any]) -> dict[str, Any]:
    for name, model in NAMED.items():
        ids = audience.get(name, [])
        rows: Any = model._default_manager.filter(workspace_id=workspace_id, pk__in=ids)
        rows = rows.filter(deleted_at=None) if model is RecipientList else rows
        known = {str(pk) for pk in rows.values_list("pk", flat=True)}
        if missing := [pk for pk in ids if pk not in known]:
            raise ValidationError({"audience": {name: [f"There is no {missing[0]} in the broadcast's workspace."]}})
    return dict(audience)


def _variant(workspace_id: uuid.UUID, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """A template is copied: what is planned does not change behind anybody's back."""
    variant = {"name": given["name"] or chr(ord("A") + number), "weight": given["weight"]}
    defaults = dict(given.get("defaults", {}))
    if "template" in given:
        template = template_get(workspace_id, given["template"])
        kind, content, defaults = template.kind, template.fields, {**template.defaults, **defaults}
    else:
        kind, content = given.get("kind") or "text", given["content"]
    return {**variant, "kind": kind, "content": content, "defaults": defaults}
