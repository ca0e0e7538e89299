"""Transactions that lose against another one at their very end, as any may on MongoDB, and are repeated."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from django.db import DatabaseError


def lose_first(
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str = "atomic",
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """The module's first transaction does all its work in vain; `meanwhile` is what the other one did."""
    real, calls = getattr(module, name), itertools.count()

    @contextmanager
    def losing(*arguments: Any) -> Iterator[None]:
        if next(calls):
            with real(*arguments):
                yield
            return
        try:
            with real(*arguments):
                yield
                raise DatabaseError("WriteConflict")
        finally:
            meanwhile()

    monkeypatch.setattr(module, name, losing)
