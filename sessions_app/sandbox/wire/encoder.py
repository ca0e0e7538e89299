"""Node tree to binary XML."""

from __future__ import annotations

from functools import lru_cache

from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.tokens import load_tokens
from sessions_app.sandbox.wire.tree import Attr, Node

LIST_EMPTY, LIST_8, LIST_16 = 0x00, 0xF8, 0xF9
JID_PAIR, AD_JID = 0xFA, 0xF7
BINARY_8, BINARY_20, BINARY_32 = 0xFC, 0xFD, 0xFE
AD_DOMAINS = {"s.whatsapp.net": 0, "lid": 1, "hosted": 128, "hosted.lid": 129}


def encode(node: Node) -> bytes:
    """Encode a node; attributes with an empty value are left out, as the protocol has no empty value."""
    out = bytearray()
    _write_node(out, node)
    return bytes(out)


def _write_node(out: bytearray, node: Node) -> None:
    attrs = [(key, value) for key, value in node.attrs.items() if value != ""]
    content = node.content
    _write_list(out, 1 + 2 * len(attrs) + (content is not None))
    out += _string(node.tag)
    for key, value in attrs:
        out += _string(key)
        out += _attr(value)
    if isinstance(content, bytes):
        _write_bytes(out, content)
    elif content is not None:
        _write_list(out, len(content))
        for child in content:
            _write_node(out, child)


def _write_list(out: bytearray, length: int) -> None:
    if not length:
        out.append(LIST_EMPTY)
    elif length < 256:
        out += bytes((LIST_8, length))
    else:
        out.append(LIST_16)
        out += length.to_bytes(2, "big")


def _write_bytes(out: bytearray, data: bytes) -> None:
    if len(data) < 256:
        out += bytes((BINARY_8, len(data)))
    elif len(data) < 1 << 20:
        out.append(BINARY_20)
        out += len(data).to_bytes(3, "big")
    else:
        out.append(BINARY_32)
        out += len(data).to_bytes(4, "big")
    out += data


def _attr(value: Attr) -> bytes:
    return _string(value) if isinstance(value, str) else _jid(value)


def _string(text: str) -> bytes:
    token = load_tokens().encoded.get(text)
    return token if token is not None else _raw(text)


def _raw(text: str) -> bytes:
    out = bytearray()
    _write_bytes(out, text.encode())
    return bytes(out)


@lru_cache(maxsize=4096)
def _jid(jid: JID) -> bytes:
    if jid.device and jid.server in AD_DOMAINS:
        return bytes((AD_JID, AD_DOMAINS[jid.server], jid.device)) + _string(jid.user)
    user = _string(jid.user) if jid.user else bytes((LIST_EMPTY,))
    return bytes((JID_PAIR,)) + user + _string(jid.server)
