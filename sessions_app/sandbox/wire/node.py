"""Binary XML: the node tree and its codec (WhatsApp multi-device protocol, "binary XML")."""

from __future__ import annotations

from sessions_app.sandbox.wire.decoder import decode
from sessions_app.sandbox.wire.encoder import encode
from sessions_app.sandbox.wire.tree import Attr, Node

__all__ = ["Attr", "Node", "decode", "encode"]
