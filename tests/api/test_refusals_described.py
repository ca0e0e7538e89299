"""Every refusal that the code can make is in the OpenAPI document, under its status."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from tests.api.test_openapi import operations
from whatsapp_api.core.common_refusals import COMMON
from whatsapp_api.core.paths import REPOSITORY

PACKAGES = ("whatsapp_api", "sessions_app", "messaging")
STATUS_OF = {"ApiError": 400, "Conflict": 409, "Unavailable": 503}
ELSEWHERE = {
    "wrong_code",  # a form of the dashboard
    "media_corrupt",  # found by a worker: the code of a file's failure
    "method_not_allowed",  # that a method is no operation is all there is to say of it
}
"""Codes that no operation answers with."""


@pytest.fixture(scope="module")
def described() -> dict[str, set[int]]:
    """Code -> the statuses under which some operation names it."""
    description: dict[str, Any] = Browser().get("/api/v1/openapi.json").json()
    found: dict[str, set[int]] = defaultdict(set)
    for _, _, operation in operations(description):
        for status, answer in operation["responses"].items():
            if status.isdigit():
                name = answer.get("$ref", "").rpartition("/")[2]
                shown = description["components"]["responses"][name] if name else answer
                for code in re.findall(r"`([a-z_]+)`", shown.get("description", "")):
                    found[code].add(int(status))
    return found


def raised() -> Iterator[tuple[str, int, str]]:
    """Code, status and place of every refusal whose code and status are written out."""
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in STATUS_OF:
                    yield from _written_out(call, path.relative_to(REPOSITORY))


def _written_out(call: ast.Call, path: Path) -> Iterator[tuple[str, int, str]]:
    code = call.args[0] if call.args else None
    statuses = [each.value for each in call.keywords if each.arg == "http_status"]
    status = statuses[0].value if statuses and isinstance(statuses[0], ast.Constant) else None
    if isinstance(code, ast.Constant) and (status or not statuses):
        assert isinstance(call.func, ast.Name)
        yield str(code.value), int(str(status or STATUS_OF[call.func.id])), f"{path}:{call.lineno}"


def test_each_code_is_under_its_status(described: dict[str, set[int]]) -> None:
    missing = [each for each in raised() if each[0] not in ELSEWHERE and each[1] not in described[each[0]]]
    assert not missing, "name them in the `refusals` of the views that can answer so:\n" + "\n".join(map(str, missing))


def test_what_comes_from_below_is_in_every_operation_that_meets_it(described: dict[str, set[int]]) -> None:
    description: dict[str, Any] = Browser().get("/api/v1/openapi.json").json()
    for path, method, operation in operations(description):
        statuses = {int(status) for status in operation["responses"] if status.isdigit()}
        met = {common.status for common in COMMON if common.meets(path, method, operation)}
        assert met <= statuses, (path, method, met - statuses)
        assert 507 in statuses or method == "get", (path, method)
    assert {"storage_full", "database_unavailable", "body_too_slow", "headers_too_large"} <= set(described)
