"""Bodies and answers about people."""

from typing import Any

from rest_framework import serializers

from messaging.fields import ChatField, StrictTextField
from sessions_app.api.fields import PhoneField

MOST_CHECKED = 500
VALUES = ("all", "contacts", "contact_blacklist", "match_last_seen", "known", "none")
PERSON_FORMS = "A phone number with country code, or a chat id of a person."


class CheckSerializer(serializers.Serializer[Any]):
    """Which of these numbers have a WhatsApp account?"""

    phones = serializers.ListField(child=PhoneField(), min_length=1, max_length=MOST_CHECKED)
    fresh = serializers.BooleanField(default=False, help_text="Ask WhatsApp again, whatever was answered lately.")


class CheckedSerializer(serializers.Serializer[Any]):
    """One number."""

    phone = serializers.CharField()
    exists = serializers.BooleanField()
    jid = serializers.CharField()
    lid = serializers.CharField()
    checked_at = serializers.DateTimeField()
    cached = serializers.BooleanField(help_text="Answered lately: WhatsApp was not asked again.")


class CheckAnswerSerializer(serializers.Serializer[Any]):
    """In the order asked for, each number once."""

    results = CheckedSerializer(many=True)


class ContactSerializer(serializers.Serializer[Any]):
    """What a person shows to this account."""

    jid = serializers.CharField()
    lid = serializers.CharField()
    about = serializers.CharField()
    picture_id = serializers.CharField()
    business_name = serializers.CharField(help_text="Verified by WhatsApp; empty for people.")


class ContactRowSerializer(serializers.Serializer[Any]):
    """A person that the session knows."""

    jid = serializers.CharField()
    lid = serializers.CharField()
    phone = serializers.CharField(help_text="E.164, where the number is known.")
    name = serializers.CharField(help_text="The first that there is of local, full, business and push name.")
    local_name = serializers.CharField(help_text="Given here.")
    full_name = serializers.CharField(help_text="In the address book of the account's phone.")
    first_name = serializers.CharField(help_text="The same, in short.")
    business_name = serializers.CharField(help_text="Verified by WhatsApp.")
    push_name = serializers.CharField(help_text="What they call themselves.")


class ContactNameSerializer(serializers.Serializer[Any]):
    """A name of our own for a person."""

    name = StrictTextField(max_length=200, allow_blank=True, help_text="Empty takes it back.")


class PictureSerializer(serializers.Serializer[Any]):
    """Where a picture is; all null when there is none that this account may see."""

    id = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True, help_text="At WhatsApp, for some days.")


class AddressPairSerializer(serializers.Serializer[Any]):
    """Both addresses of a person; empty where unknown."""

    jid = serializers.CharField()
    lid = serializers.CharField()


class BlockSerializer(serializers.Serializer[Any]):
    """Whom to block."""

    contact = ChatField(help_text=PERSON_FORMS)


class BlockListSerializer(serializers.Serializer[Any]):
    """Addresses of those who are blocked."""

    results = serializers.ListField(child=serializers.CharField())


class ProfileSerializer(serializers.Serializer[Any]):
    """The account as others see it."""

    jid = serializers.CharField()
    lid = serializers.CharField()
    phone = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField()
    picture_id = serializers.CharField()


class ProfileChangeSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(min_length=1, max_length=25, required=False)
    about = serializers.CharField(max_length=139, allow_blank=True, required=False)


class PrivacySerializer(serializers.Serializer[Any]):
    """Who may see or do what. A value that WhatsApp does not tell is empty."""

    last_seen = serializers.CharField()
    online = serializers.CharField()
    picture = serializers.CharField()
    about = serializers.CharField()
    groups = serializers.CharField()
    calls = serializers.CharField()
    read_receipts = serializers.CharField()


class PrivacyChangeSerializer(PrivacySerializer):
    """What is left out stays."""

    def get_fields(self) -> dict[str, Any]:
        return {
            name: serializers.RegexField(f"^({'|'.join(VALUES)})$", required=False) for name in super().get_fields()
        }
