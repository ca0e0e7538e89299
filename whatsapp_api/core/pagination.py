"""Cursor pagination everywhere: stable while rows arrive, and quick at any depth."""

from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    """`?cursor=&limit=` newest first; our UUIDv7 keys sort by creation time."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
