"""OpenAPI generation: the shared error shape on every operation."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "request_id"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs."},
                "message": {"type": "string", "description": "A sentence for people."},
                "request_id": {"type": "string"},
                "fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            },
        }
    },
}


class Schema(AutoSchema):
    """Adds the `default` response, since every refusal looks alike."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            content = {"application/json": {"schema": ERROR}}
            operation["responses"].setdefault(
                "default", {"description": "Any refusal, with a stable code.", "content": content}
            )
        return operation
