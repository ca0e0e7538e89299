"""Visiting cards."""

from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft


def build(draft: Draft) -> Any:
    """`{contacts: [{name, vcard}]}`: one is a message of its own form."""
    cards = [{"displayName": card["name"], "vcard": card["vcard"]} for card in draft.content["contacts"]]
    if len(cards) == 1:
        return Message(contactMessage=cards[0])
    return Message(contactsArrayMessage={"displayName": f"{len(cards)} contacts", "contacts": cards})
