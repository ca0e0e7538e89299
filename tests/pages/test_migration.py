"""Guides for who comes from another gateway: each call that they name on our side exists."""

import re

import pytest

from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops.site import openapi

PAGES = ("migration-waha.md", "migration-evolution.md")
SESSION = "/api/v1/sessions/{id}"
CALL = re.compile(r"((?:`?(?:GET|POST|PUT|PATCH|DELETE)`?,? )+)`?(…[^ `?]*|/[^ `?]+)")
UNDESCRIBED = {("GET", "/api/health"), ("GET", "/api/health/live")}
"""For machines that know no OpenAPI."""
METHOD = re.compile(r"GET|POST|PUT|PATCH|DELETE")


def ours(page: str) -> str:
    """The second column of its tables."""
    lines = (REPOSITORY / "docs" / page).read_text().splitlines()
    rows = [re.split(r"(?<!\\)\|", line) for line in lines if line.startswith("| ")]
    return "\n".join(row[2] for row in rows)


def known() -> set[tuple[str, str]]:
    return {(each.method.upper(), named(each.path)) for each in openapi.operations(openapi.document())}


def named(path: str) -> str:
    """Without the names of what is variable."""
    whole = path.replace("…", SESSION)
    whole = whole if whole.startswith("/api/") else f"/api/v1{whole}"
    return re.sub(r"{[^}]*}", "{}", whole).rstrip("/")


@pytest.mark.parametrize("page", PAGES)
def test_each_call_exists(page: str) -> None:
    calls = {(method, named(path)) for methods, path in CALL.findall(ours(page)) for method in METHOD.findall(methods)}
    assert len(calls) > 40, "they are no longer found"
    assert calls - known() - UNDESCRIBED == set()
