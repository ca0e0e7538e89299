"""The WhatsApp protobufs of the installed neonize, imported without loading its native library.

neonize looks at ``SPHINX`` while it is imported and then leaves its Go library alone. The variable is put
back at once, so that processes started from here can still use neonize itself.
"""

from __future__ import annotations

import logging
import os

import pylibmagic  # type: ignore[import-untyped]  # noqa: F401  (neonize imports magic, which needs its library)

_handlers = list(logging.getLogger().handlers)
_before = os.environ.get("SPHINX")
os.environ["SPHINX"] = "1"
try:
    from neonize.proto.waAdv import WAAdv_pb2 as adv
    from neonize.proto.waCert import WACert_pb2 as cert
    from neonize.proto.waCompanionReg import WAWebProtobufsCompanionReg_pb2 as companion
    from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e
    from neonize.proto.waHistorySync import WAWebProtobufsHistorySync_pb2 as history
    from neonize.proto.waServerSync import WAWebProtobufsServerSync_pb2 as serversync
    from neonize.proto.waSyncAction import WAWebProtobufSyncAction_pb2 as syncaction
    from neonize.proto.waWa6 import WAWebProtobufsWa6_pb2 as wa6
finally:
    if _before is None:
        del os.environ["SPHINX"]
    else:
        os.environ["SPHINX"] = _before
    logging.getLogger().handlers[:] = _handlers  # neonize calls logging.basicConfig when it is imported

__all__ = ["adv", "cert", "companion", "e2e", "history", "serversync", "syncaction", "wa6"]
