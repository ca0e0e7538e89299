"""Pages of messages, in order of time or, with `?q=`, of those that hold some words."""

import uuid
from base64 import b64decode, b64encode
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from messaging.search.find import messages_find
from messaging.words import words_of
from sessions_app.models import Session
from whatsapp_api.accounts.bodies.keys import seals
from whatsapp_api.core.errors import Conflict
from whatsapp_api.core.pagination import Pages, invalid_cursor, page_limit


class MessagePages(Pages):
    """With `q`, pages lead forward only, and one may be short: `next` says whether there is more.

    A view whose rows are those of one chat says so by `of_one_chat = True`.
    """

    _next: str | None
    _found = False

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        words = words_of(request.query_params.get("q", ""))
        if not words or view is None:
            return super().paginate_queryset(queryset, request, view)
        session: Session = view.session()  # type: ignore[attr-defined]
        if seals(session.workspace_id):
            raise Conflict("search_sealed", "This workspace keeps messages sealed, so their words cannot be searched.")
        found = messages_find(
            session,
            words,
            queryset,
            limit=page_limit(request),
            before=_position(request),
            chat=view.get_queryset() if getattr(view, "of_one_chat", False) else None,  # type: ignore[attr-defined]
        )
        self._found = True
        self._next = _link(request, found.after) if found.after else None
        return found.messages

    def get_paginated_response(self, data: Any) -> Response:
        if not self._found:
            return super().get_paginated_response(data)
        return Response({"next": self._next, "previous": None, "results": data})


def _position(request: Request) -> uuid.UUID | None:
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return None
    try:
        return uuid.UUID(bytes=b64decode(cursor, validate=True))
    except ValueError as error:
        raise invalid_cursor() from error


def _link(request: Request, after: uuid.UUID) -> str:
    return replace_query_param(request.build_absolute_uri(), "cursor", b64encode(after.bytes).decode())
