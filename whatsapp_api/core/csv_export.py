"""Tables for people: a cell never becomes a formula in their spreadsheet."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """Text that a spreadsheet shows as it is; numbers stay numbers."""
    text = "" if value is None else str(value).replace("\x00", "")
    if isinstance(value, int | float) or not text.lstrip(" ").startswith(FORMULA):
        return text
    return f"'{text}"


def csv_line(values: Iterable[Any]) -> str:
    """One row of a table."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(cell(value) for value in values)
    return text.getvalue()


def csv_answer(name: str, head: list[str], rows: Iterable[list[Any]]) -> HttpResponse:
    """A download. `name` is ours, never a user's."""
    text = "".join(csv_line(row) for row in (head, *rows))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
