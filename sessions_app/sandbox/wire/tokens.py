"""The token dictionaries of binary XML, read out of the installed client library.

The lists are not shipped here: the client carries them as Go string arrays in its own data section,
so reading them there always gives the dictionary of the client that is going to connect.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sessions_app.sandbox.wire.elf import Elf

DICTIONARY_VERSION = 3
SINGLE_COUNT = 236
DOUBLE_COUNT = 256
FIRST_DOUBLE_TAG = 236
SINGLE_START = ("xmlstreamstart", "xmlstreamend", "s.whatsapp.net")
DOUBLE_START = ("read-self", "active", "fbns")


@dataclass(frozen=True)
class Tokens:
    """Index 0 of the single-byte list is unused; ``double`` holds four dictionaries."""

    single: tuple[str, ...]
    double: tuple[tuple[str, ...], ...]
    encoded: dict[str, bytes] = field(init=False, compare=False, repr=False)
    """Token text to its wire bytes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoded", self._encode())

    def _encode(self) -> dict[str, bytes]:
        table = {
            text: bytes((FIRST_DOUBLE_TAG + page, index))
            for page, texts in enumerate(self.double)
            for index, text in enumerate(texts)
        }
        table.update({text: bytes((index,)) for index, text in enumerate(self.single) if text})
        return table


def library_path() -> Path:
    """The native library of the installed neonize, found without importing it."""
    spec = importlib.util.find_spec("neonize")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).glob("neonize-*.so")):
            return path
    raise RuntimeError("neonize is not installed, or has no native library for this machine")


@lru_cache(maxsize=1)
def load_tokens() -> Tokens:
    """Extract the dictionaries (about 0.2 s, once a process)."""
    elf = Elf(library_path().read_bytes())
    single = elf.string_array(elf.find_string_array(SINGLE_START), SINGLE_COUNT - 1)
    headers = elf.find_slice(elf.find_string_array(DOUBLE_START), DOUBLE_COUNT)
    double = tuple(elf.string_array(elf.pointer(headers + 24 * page), DOUBLE_COUNT) for page in range(4))
    return Tokens(("", *single), double)
