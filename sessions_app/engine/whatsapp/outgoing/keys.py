"""What points to an earlier message (MessageKey)."""

from typing import Any

from sessions_app.engine.whatsapp import jids

from .draft import Draft


def fill_key(key: Any, draft: Draft) -> None:
    """Fill in the key of the draft's target; whoever wrote it is named where the chat does not tell."""
    target = draft.target()
    key.remoteJID, key.ID, key.fromMe = jids.text(draft.to), target["wa_id"], bool(target.get("from_me"))
    if not key.fromMe and draft.to.Server not in (jids.PHONE_SERVER, jids.LID_SERVER):
        key.participant = target.get("sender_lid") or target.get("sender") or ""
