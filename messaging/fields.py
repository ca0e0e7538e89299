"""Fields of request bodies that several serializers share."""

from typing import Any

from rest_framework import serializers

from .addresses import USER_SERVER, BadAddress, canonical_jid


class ChatField(serializers.CharField):
    """Any form of a WhatsApp address; a canonical JID inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, **options)

    def to_internal_value(self, data: Any) -> str:
        try:
            return canonical_jid(super().to_internal_value(data))
        except BadAddress as error:
            raise serializers.ValidationError(str(error)) from error


class PersonField(ChatField):
    """A person in any form of an address."""

    def to_internal_value(self, data: Any) -> str:
        jid = super().to_internal_value(data)
        if jid.partition("@")[2] not in {USER_SERVER, "lid"}:
            raise serializers.ValidationError("Write a person: a phone number with country code, or …@lid.")
        return jid


class StrictTextField(serializers.CharField):
    """Text as it is written, and nothing that only looks like text."""

    default_error_messages = {"invalid": "Write text in quotes."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ReferenceField(StrictTextField):
    """Another message of the session, by its id here or by WhatsApp's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 80, "trim_whitespace": True, **options})
