"""Visiting cards."""

from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.models import MessageKind
from sessions_app.engine.vcards import vcard, vcard_name, vcard_phones
from whatsapp_api.core.phones import BadPhone, phone_digits

from .base import Body, Content, Kind, Unfit

CARDS_AT_MOST = 50
VCARD_LIMIT = 20_000


class CardPhoneSerializer(serializers.Serializer[Any]):
    """A number on a card."""

    number = StrictTextField(max_length=40, help_text="With country code: `+34600111222`.")
    type = StrictTextField(max_length=40, required=False, help_text="Such as Mobile or Work.")


class CardSerializer(serializers.Serializer[Any]):
    """A card: from fields, or a finished `vcard`."""

    name = StrictTextField(max_length=200, required=False)
    phones = CardPhoneSerializer(many=True, required=False)
    organization = StrictTextField(max_length=200, required=False)
    email = serializers.EmailField(max_length=200, required=False)
    url = serializers.URLField(max_length=2000, required=False)
    vcard = StrictTextField(max_length=VCARD_LIMIT, required=False)


class ContactFields(serializers.Serializer[Any]):
    """One card or several."""

    contacts = serializers.ListField(child=CardSerializer(), min_length=1, max_length=CARDS_AT_MOST)


def _content(body: Body) -> Content:
    return {"contacts": [_card(number, card) for number, card in enumerate(body["contacts"])]}


def _card(number: int, card: Body) -> Content:
    if written := card.get("vcard"):
        if not written.lstrip().upper().startswith("BEGIN:VCARD"):
            raise Unfit(f"contacts.{number}.vcard", "A vCard begins with BEGIN:VCARD and ends with END:VCARD.")
        name = card.get("name") or vcard_name(written)
        if not name:
            raise Unfit(f"contacts.{number}.name", "The vCard has no name (FN); write one here.")
        return {"name": name, "phones": vcard_phones(written), "vcard": written}
    if not card.get("name"):
        raise Unfit(f"contacts.{number}.name", "Write the name of the contact, or give a vcard.")
    made = vcard({**card, "phones": [_phone(number, phone) for phone in card.get("phones", [])]})
    return {"name": card["name"], "phones": vcard_phones(made), "vcard": made}


def _phone(number: int, phone: Body) -> Content:
    try:
        return {**phone, "digits": phone_digits(phone["number"])}
    except BadPhone as error:
        raise Unfit(f"contacts.{number}.phones", str(error)) from error


KIND = Kind(
    name=MessageKind.CONTACT,
    summary="Send contacts",
    description="A number of an account on WhatsApp becomes a card with the button Message.",
    fields=ContactFields,
    content=_content,
    text=lambda content: ", ".join(card["name"] for card in content["contacts"]),
)
