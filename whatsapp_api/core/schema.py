"""OpenAPI generation: the shared error shape on every operation."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from .api_schema import ErrorSerializer

ANY_REFUSAL = OpenApiResponse(ErrorSerializer, description="Any refusal, with a stable code.")


class Schema(AutoSchema):
    """Adds the `default` response, since every refusal looks alike: JSON, also where a picture is asked for."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            if scope := self._scope_needed():
                operation["x-scope"] = scope
                text = f"Needs the scope `{scope}`."
                operation["description"] = f"{operation.get('description', '')}\n\n{text}".strip()
            operation["responses"].setdefault("default", self._get_response_for_code(ANY_REFUSAL, "default"))
        return operation

    def _scope_needed(self) -> str:
        """What the permission class will ask for; empty where everybody may call."""
        for permission in self.view.get_permissions():
            if needed := getattr(permission, "scope_needed", None):
                return str(needed(self.view, self.method))
        return ""

    def _get_response_for_code(
        self, serializer: Any, status_code: Any, media_types: Any = None, direction: Any = "response"
    ) -> Any:
        if not str(status_code).startswith("2"):
            media_types = ["application/json"]
        return super()._get_response_for_code(serializer, status_code, media_types, direction)  # type: ignore[no-untyped-call]
