"""The kinds of message that can be sent. docs/architecture.md says how to add one."""

from . import changes, contact, event, files, menu, place, poll, text
from .base import Body, Content, Kind, Unfit

KINDS: dict[str, Kind] = {
    kind.name.value: kind
    for kind in (
        text.KIND,
        *files.FILES,
        place.LOCATION,
        place.LIVE_LOCATION,
        contact.KIND,
        poll.POLL,
        poll.VOTE,
        changes.REACTION,
        changes.EDIT,
        changes.REVOKE,
        menu.LIST,
        menu.BUTTONS_KIND,
        event.KIND,
    )
}

__all__ = ["KINDS", "Body", "Content", "Kind", "Unfit"]
