"""Visiting cards."""

from typing import Any

from sessions_app.engine.vcards import vcard_phones

from .content import Content, Details


def _one(part: Any) -> Content:
    return Content("contact", part.displayName, details={"contacts": [_card(part)]})


def _several(part: Any) -> Content:
    names = ", ".join(card.displayName for card in part.contacts)
    return Content("contact", names or part.displayName, details={"contacts": [_card(card) for card in part.contacts]})


def _card(part: Any) -> Details:
    return {"name": part.displayName, "phones": vcard_phones(part.vcard), "vcard": part.vcard}


READERS = {"contactMessage": _one, "contactsArrayMessage": _several}
