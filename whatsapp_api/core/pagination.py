"""Cursor pagination everywhere: stable while rows arrive, and quick at any depth."""

import re
import uuid
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from .errors import ApiError

BASE64 = re.compile(r"[A-Za-z0-9+/]+=*")


class Pages(CursorPagination):
    """`?cursor=&limit=` newest first; our UUIDv7 keys sort by creation time."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    cursor_query_description = "From `next` or `previous` of the page before."
    page_size_query_description = "Rows on a page, 1 to 200; 50 by default."

    def get_page_size(self, request: Request) -> int:
        """Refuses what DRF would silently replace."""
        return page_limit(request)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor is opaque: only one that we gave can be right."""
        if not BASE64.fullmatch(request.query_params.get(self.cursor_query_param, "A")):
            raise invalid_cursor()
        try:
            cursor: Cursor | None = super().decode_cursor(request)
        except NotFound as error:
            raise invalid_cursor() from error
        if cursor is not None and cursor.position is not None:
            self.check_position(cursor.position)
        return cursor

    def check_position(self, position: Any) -> None:
        """Our cursors point at UUIDs."""
        try:
            uuid.UUID(position)
        except ValueError as error:
            raise invalid_cursor() from error


def page_limit(request: Request) -> int:
    """The `limit` of a request for a page."""
    text = request.query_params.get("limit", str(Pages.page_size))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= Pages.max_page_size):
        raise ApiError("invalid_limit", f"limit: give a whole number from 1 to {Pages.max_page_size}.")
    return int(text)


def invalid_cursor() -> ApiError:
    return ApiError("invalid_cursor", "cursor: take it unchanged from `next` or `previous` of another page.")
