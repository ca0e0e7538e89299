"""Keeps HTTP libraries out of a session host.

neonize imports three of them: to fetch media by URL and link previews (from wherever a message says, with no
guard and no timeout) and to download its own native library when it misses it. None of that may happen here:
URLs are fetched by the platform's guarded code, and native code comes with the pinned wheel. It also saves
13 MB in each host.
"""

import importlib.util
import sys
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from typing import Any, NoReturn

BLOCKED = frozenset({"httpx", "linkpreview", "requests"})


class HttpBlocked(RuntimeError):
    """Something in the engine tried to fetch a URL."""


class _Finder:
    """Import hook: the blocked packages are empty shells whose every function refuses."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name.partition(".")[0] in BLOCKED else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__dict__["__getattr__"] = _attribute
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute."""


def _attribute(name: str) -> object:
    if name.startswith("__"):
        raise AttributeError(name)
    return _refuse


def _refuse(*_: object, **__: object) -> NoReturn:
    raise HttpBlocked("a session host fetches no URL")


def prepare(_: dict[str, Any]) -> None:
    """Block them in this process, before anything imports neonize."""
    sys.meta_path.insert(0, _Finder())
