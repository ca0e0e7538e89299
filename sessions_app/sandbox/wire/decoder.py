"""Binary XML to node tree."""

from __future__ import annotations

from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.tokens import DOUBLE_COUNT, FIRST_DOUBLE_TAG, load_tokens
from sessions_app.sandbox.wire.tree import Attr, Node

LIST_EMPTY, LIST_8, LIST_16 = 0x00, 0xF8, 0xF9
INTEROP_JID, FB_JID, AD_JID, JID_PAIR = 0xF5, 0xF6, 0xF7, 0xFA
HEX_8, NIBBLE_8 = 0xFB, 0xFF
BINARY_8, BINARY_20, BINARY_32 = 0xFC, 0xFD, 0xFE
AD_SERVERS = {0: "s.whatsapp.net", 1: "lid", 128: "hosted", 129: "hosted.lid"}
NIBBLES = "0123456789-.\0\0\0\0"
HEX = "0123456789ABCDEF"
MAX_DEPTH = 64


class DecodeError(ValueError):
    """The bytes are not a binary XML node."""


def decode(data: bytes) -> Node:
    """Decode one node (without the frame's flag byte)."""
    try:
        return _Reader(data).node(0)
    except (IndexError, UnicodeDecodeError) as error:
        raise DecodeError(f"broken node: {error}") from error


class _Reader:
    __slots__ = ("_at", "_data", "_double", "_single")

    def __init__(self, data: bytes) -> None:
        tokens = load_tokens()
        self._data = data
        self._at = 0
        self._single = tokens.single
        self._double = tokens.double

    def _byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _take(self, size: int) -> bytes:
        start, self._at = self._at, self._at + size
        if self._at > len(self._data):
            raise DecodeError("unexpected end of node")
        return self._data[start : self._at]

    def _list_size(self, tag: int) -> int:
        if tag == LIST_EMPTY:
            return 0
        if tag == LIST_8:
            return self._byte()
        if tag == LIST_16:
            return self._number(2)
        raise DecodeError(f"tag {tag:#x} is not a list")

    def node(self, depth: int) -> Node:
        size = self._list_size(self._byte())
        if not size or depth > MAX_DEPTH:
            raise DecodeError("empty or too deep node")
        tag = self._text()
        attrs: dict[str, Attr] = {}
        for _ in range((size - 1) // 2):
            key = self._text()
            attrs[key] = self._value()
        return Node(tag, attrs, self._content(depth) if size % 2 == 0 else None)

    def _content(self, depth: int) -> list[Node] | bytes | None:
        tag = self._byte()
        if tag in (LIST_EMPTY, LIST_8, LIST_16):
            return [self.node(depth + 1) for _ in range(self._list_size(tag))]
        size = self._bytes_size(tag)
        if size is not None:
            return self._take(size)
        return str(self._tagged(tag)).encode()

    def _bytes_size(self, tag: int) -> int | None:
        if tag == BINARY_8:
            return self._byte()
        if tag == BINARY_20:
            return self._number(3) & 0xFFFFF
        if tag == BINARY_32:
            return self._number(4)
        return None

    def _text(self) -> str:
        return str(self._value())

    def _value(self) -> Attr:
        return self._tagged(self._byte())

    def _tagged(self, tag: int) -> Attr:
        if 0 < tag < FIRST_DOUBLE_TAG:
            return self._single[tag]
        if FIRST_DOUBLE_TAG <= tag < FIRST_DOUBLE_TAG + 4:
            return self._double[tag - FIRST_DOUBLE_TAG][self._byte() % DOUBLE_COUNT]
        size = self._bytes_size(tag)
        if size is not None:
            return self._take(size).decode()
        if tag in (NIBBLE_8, HEX_8):
            return self._packed(NIBBLES if tag == NIBBLE_8 else HEX)
        return "" if tag == LIST_EMPTY else self._jid(tag)

    def _packed(self, alphabet: str) -> str:
        head = self._byte()
        pairs = self._take(head & 0x7F)
        text = "".join(alphabet[pair >> 4] + alphabet[pair & 15] for pair in pairs)
        return text[:-1] if head & 0x80 else text

    def _jid(self, tag: int) -> JID:
        if tag == JID_PAIR:
            user = self._text()
            return JID(user, self._text())
        if tag == AD_JID:
            domain, device = self._byte(), self._byte()
            return JID(self._text(), AD_SERVERS.get(domain, AD_SERVERS[0]), device)
        if tag in (FB_JID, INTEROP_JID):
            return self._foreign_jid(tag)
        raise DecodeError(f"unknown tag {tag:#x}")

    def _foreign_jid(self, tag: int) -> JID:
        user, device = self._text(), self._number(2)
        if tag == INTEROP_JID:
            user = f"{self._number(2)}-{user}"
        return JID(user, self._text(), device)
