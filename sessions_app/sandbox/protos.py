"""The WhatsApp protobufs of the installed neonize, imported without loading its native library.

neonize looks at ``SPHINX`` while it is imported and then leaves its Go library alone. The variable is put
back at once, so that processes started from here can still use neonize itself. Protobuf messages are
untyped here: their classes are generated at import.
"""

from __future__ import annotations

import logging
import os
from importlib import import_module
from typing import Any

import pylibmagic  # noqa: F401  (neonize imports magic, which needs the library that this brings)

__all__ = ["adv", "cert", "companion", "e2e", "history", "serversync", "syncaction", "wa6"]


def _load(*names: str) -> list[Any]:
    handlers = list(logging.getLogger().handlers)
    before = os.environ.get("SPHINX")
    os.environ["SPHINX"] = "1"
    try:
        return [import_module(f"neonize.proto.{name}_pb2") for name in names]
    finally:
        os.environ.pop("SPHINX")
        if before is not None:
            os.environ["SPHINX"] = before
        logging.getLogger().handlers[:] = handlers  # neonize calls logging.basicConfig when it is imported


adv, cert, companion, e2e, history, serversync, syncaction, wa6 = _load(
    "waAdv.WAAdv",
    "waCert.WACert",
    "waCompanionReg.WAWebProtobufsCompanionReg",
    "waE2E.WAWebProtobufsE2E",
    "waHistorySync.WAWebProtobufsHistorySync",
    "waServerSync.WAWebProtobufsServerSync",
    "waSyncAction.WAWebProtobufSyncAction",
    "waWa6.WAWebProtobufsWa6",
)
