"""The WhatsApp protobufs of the installed neonize, imported without neonize itself.

Its package imports a client, its native library and what they need: three quarters of what a sandbox needs to start.
A bare package stands in its place while the protobufs are imported, so that whoever wants neonize still gets it.
Protobuf messages are untyped here: their classes are generated at import.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any

__all__ = ["adv", "cert", "companion", "e2e", "history", "serversync", "syncaction", "vname", "wa6"]


@contextmanager
def _without_its_code(package: str) -> Iterator[None]:
    spec = None if package in sys.modules else find_spec(package)
    if spec is None:
        yield
        return
    sys.modules[package] = module_from_spec(spec)  # knows where its submodules are; nothing was executed
    try:
        yield
    finally:
        del sys.modules[package]


def _load(*names: str) -> list[Any]:
    with _without_its_code("neonize"):
        return [import_module(f"neonize.proto.{name}_pb2") for name in names]


adv, cert, companion, e2e, history, serversync, syncaction, vname, wa6 = _load(
    "waAdv.WAAdv",
    "waCert.WACert",
    "waCompanionReg.WAWebProtobufsCompanionReg",
    "waE2E.WAWebProtobufsE2E",
    "waHistorySync.WAWebProtobufsHistorySync",
    "waServerSync.WAWebProtobufsServerSync",
    "waSyncAction.WAWebProtobufSyncAction",
    "waVnameCert.WAWebProtobufsVnameCert",
    "waWa6.WAWebProtobufsWa6",
)
