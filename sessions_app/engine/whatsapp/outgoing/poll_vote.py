"""A vote in a poll, encrypted with the secret that came with it."""

from typing import Any

from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.library import pb

from .draft import Draft


def build(draft: Draft) -> Any:
    """`{options: [name], target}`; raises the library's error when this device never got the poll."""
    poll = draft.target()
    chat = jids.parse(poll["chat"])
    creator = poll.get("sender_lid") or poll.get("sender") or draft.me.jid
    source = pb.MessageSource(
        Chat=chat,
        Sender=jids.parse(draft.me.lid or draft.me.jid if poll.get("from_me") else creator),
        IsFromMe=bool(poll.get("from_me")),
        IsGroup=chat.Server == jids.GROUP_SERVER,
        **dict.fromkeys(("SenderAlt", "RecipientAlt", "BroadcastListOwner"), jids.NOBODY),
    )
    nothing = dict.fromkeys(("Type", "Pushname", "Category", "MediaType", "Edit"), "")
    info = pb.MessageInfo(MessageSource=source, ID=poll["wa_id"], ServerID=0, Timestamp=0, Multicast=False, **nothing)
    return draft.client.build_poll_vote(info, list(draft.content["options"]))
