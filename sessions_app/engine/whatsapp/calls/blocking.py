"""The block list."""

from typing import Any

from neonize.utils.enum import BlocklistAction

from sessions_app.engine.whatsapp import jids

from .arguments import Answer, Arguments, Call


def blocklist(client: Any, arguments: Arguments) -> Answer:
    """Who is blocked: {"jids": [...]}, LIDs mostly."""
    return _listed(client.get_blocklist())


def block(client: Any, arguments: Arguments) -> Answer:
    """Block somebody; the answer is the new list."""
    return _update(client, arguments, BlocklistAction.BLOCK)


def unblock(client: Any, arguments: Arguments) -> Answer:
    """Let somebody write again; the answer is the new list."""
    return _update(client, arguments, BlocklistAction.UNBLOCK)


CALLS: tuple[Call, ...] = (blocklist, block, unblock)


def _update(client: Any, arguments: Arguments, action: BlocklistAction) -> Answer:
    target = jids.parse(arguments.get("jid"), jids.PHONE_SERVER, jids.LID_SERVER)
    return _listed(client.update_blocklist(target, action))


def _listed(blocked: Any) -> Answer:
    return {"jids": [jids.text(jid) for jid in blocked.JIDs]}
