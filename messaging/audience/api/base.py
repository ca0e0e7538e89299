"""What the views of the audience share."""

import uuid
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from messaging.audience.selectors import row_get, visible
from whatsapp_api.accounts.api.access import require_writer, workspace_chosen
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals

M = TypeVar("M", bound=Model)
TAGS = ["Audience"]
PAGES: dict[int, Any] = refusals(e400="validation_error invalid_cursor invalid_limit")


class Collection(GenericAPIView[M]):
    """All rows of a model that the caller may see."""

    scope = Scope.SEND
    model: ClassVar[type[Model]]

    def get_queryset(self) -> QuerySet[M]:
        rows: QuerySet[Any] = visible(self.model, self.request.user).order_by("-id")
        return rows

    def workspace(self, request: Request, chosen: uuid.UUID | None) -> uuid.UUID:
        """Where a new row goes."""
        workspace_id = workspace_chosen(request.user, chosen)
        require_writer(request.user, workspace_id)
        return workspace_id


class Item(APIView):
    """One row; its address has one parameter, the row's id."""

    scope = Scope.SEND
    model: ClassVar[type[Model]]
    noun: ClassVar[str]

    def row(self) -> Any:
        (row_id,) = self.kwargs.values()
        return row_get(self.model, self.request.user, row_id, noun=self.noun)
