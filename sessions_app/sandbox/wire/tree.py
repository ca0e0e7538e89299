"""The node tree that binary XML carries."""

from __future__ import annotations

from dataclasses import dataclass, field

from sessions_app.sandbox.wire.jid import JID

Attr = str | JID


@dataclass(slots=True)
class Node:
    """One element: JID attributes stay JIDs, because clients assert their type."""

    tag: str
    attrs: dict[str, Attr] = field(default_factory=dict)
    content: list[Node] | bytes | None = None

    def child(self, tag: str) -> Node | None:
        """The first child of that tag."""
        return next((node for node in self.children() if node.tag == tag), None)

    def children(self, tag: str | None = None) -> list[Node]:
        """All children, or those of one tag."""
        if not isinstance(self.content, list):
            return []
        return [node for node in self.content if tag is None or node.tag == tag]

    def find(self, *path: str) -> Node | None:
        """Descend through first children: ``node.find("pair-device-sign", "device-identity")``."""
        node: Node | None = self
        for tag in path:
            node = node.child(tag) if node else None
        return node

    def data(self) -> bytes:
        """Byte content, empty when there is none."""
        return self.content if isinstance(self.content, bytes) else b""

    def text(self, key: str, default: str = "") -> str:
        """An attribute as text, whatever its type."""
        return str(self.attrs.get(key, default))

    def jid(self, key: str) -> JID | None:
        """An attribute as a JID; text that looks like one is parsed."""
        value = self.attrs.get(key)
        if isinstance(value, str):
            return JID.parse(value) if value else None
        return value
