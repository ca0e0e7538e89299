"""What can be said about a message of any kind: whom it answers, whom it mentions, how long it lives."""

from typing import Any

from rest_framework import serializers

from messaging.fields import ChatField, PersonField, ReferenceField

MENTIONS_AT_MOST = 1024
EXPIRES = {0: "off", 86_400: "24 hours", 604_800: "7 days", 7_776_000: "90 days"}


class ToSerializer(serializers.Serializer[Any]):
    """The chat."""

    to = ChatField(
        help_text="A phone number with country code (`+34600111222`) or a chat id: `34600111222@c.us`, "
        "`34600111222@s.whatsapp.net`, `123456789012345678@g.us`, `1234567890@lid`."
    )


class ReferenceSerializer(serializers.Serializer[Any]):
    """The message that this is about."""

    message = ReferenceField(help_text="The message that this is about: its id here, or WhatsApp's id.")


class OptionsSerializer(serializers.Serializer[Any]):
    """The options of every kind that people read."""

    quoted = ReferenceField(required=False, help_text="The message that this answers: its id here, or WhatsApp's id.")
    mentions = serializers.ListField(
        child=PersonField(),
        required=False,
        max_length=MENTIONS_AT_MOST,
        help_text="People to notify. The text should hold `@` and the number of each, which WhatsApp shows as name.",
    )
    mention_all = serializers.BooleanField(required=False, help_text="Notify everybody in the group.")
    expires = serializers.ChoiceField(
        choices=list(EXPIRES.items()),
        required=False,
        help_text="Seconds until the message disappears, as in WhatsApp: 86400, 604800 or 7776000; 0 keeps it. "
        "By default the chat's timer.",
    )


OPTIONS = tuple(OptionsSerializer().fields)
