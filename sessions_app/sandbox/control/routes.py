"""The table of paths."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sessions_app.sandbox.control import channels, faults, general, groups, messages, phones
from sessions_app.sandbox.server.errors import SandboxError
from sessions_app.sandbox.server.http import Request

Handler = Callable[..., Awaitable[Any]]

ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "health", general.health),
    ("GET", "trust", general.trust),
    ("GET", "stats", general.stats),
    ("GET", "phones", phones.listed),
    ("POST", "phones", phones.create),
    ("GET", "phones/*", phones.show),
    ("PATCH", "phones/*", phones.change),
    ("DELETE", "phones/*", phones.delete),
    ("GET", "phones/*/card", phones.show_card),
    ("PATCH", "phones/*/card", phones.change_card),
    ("POST", "phones/*/contacts", phones.save_contact),
    ("POST", "phones/*/scan", phones.scan),
    ("POST", "phones/*/pair", phones.pair),
    ("POST", "phones/*/devices/*/remove", phones.remove_device),
    ("GET", "phones/*/messages", messages.listed),
    ("POST", "phones/*/messages", messages.send),
    ("GET", "phones/*/messages/*/media", messages.media),
    ("GET", "phones/*/receipts", messages.receipts),
    ("POST", "phones/*/receipts", messages.read),
    ("GET", "phones/*/notices", messages.notices),
    ("POST", "phones/*/presence", messages.presence),
    ("POST", "phones/*/calls", messages.call),
    ("POST", "phones/*/join", groups.join),
    ("POST", "phones/*/leave", groups.leave),
    ("GET", "groups", groups.listed),
    ("POST", "groups", groups.create),
    ("GET", "groups/*", groups.show),
    ("PATCH", "groups/*", groups.change),
    ("POST", "groups/*/members", groups.members),
    ("POST", "groups/*/invite", groups.new_invite),
    ("GET", "groups/*/picture", groups.picture),
    ("GET", "channels", channels.listed),
    ("POST", "channels", channels.create),
    ("GET", "channels/*", channels.show),
    ("POST", "channels/*/followers", channels.followers),
    ("POST", "channels/*/posts", channels.post),
    ("DELETE", "phones/*/calls/*", messages.hang_up),
    ("GET", "faults", faults.listed),
    ("POST", "faults", faults.add),
    ("DELETE", "faults", faults.clear_all),
    ("DELETE", "faults/*", faults.clear),
]


def find(request: Request) -> tuple[Handler, list[str]]:
    """The handler of a request, and the variable parts of its path."""
    segments = request.segments
    known = False
    for method, pattern, handler in ROUTES:
        arguments = _match(["control", *pattern.split("/")], segments)
        if arguments is not None and method == request.method:
            return handler, arguments
        known = known or arguments is not None
    if known:
        raise SandboxError(405, "method_not_allowed", f"{request.method} is not possible here")
    raise SandboxError(404, "not_found", "there is no such path")


def _match(pattern: list[str], segments: list[str]) -> list[str] | None:
    if len(pattern) != len(segments):
        return None
    pairs = list(zip(pattern, segments, strict=True))
    if any(expected not in ("*", given) for expected, given in pairs):
        return None
    return [given for expected, given in pairs if expected == "*"]
