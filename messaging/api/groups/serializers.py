"""Groups over REST: what comes in, and the description of what `groups.payloads` makes."""

import re
from typing import Any

from rest_framework import serializers

from messaging.fields import PersonField, StrictTextField
from messaging.models import GroupRole
from messaging.pictures import BadPicture, picture_decode, picture_square

SUBJECT_LIMIT = 100
DESCRIPTION_LIMIT = 2048
PEOPLE_AT_ONCE = 256
TIMERS = {0: "off", 86_400: "24 hours", 604_800: "7 days", 7_776_000: "90 days"}
ACTIONS = ("add", "remove", "promote", "demote")
INVITE = re.compile(r"(?:https?://chat\.whatsapp\.com/(?:invite/)?)?([A-Za-z0-9_-]{10,64})(?:[/?#].*)?")
PICTURE_LIMIT = 1_400_000  # characters of base64; the limit of bodies comes first


class PeopleField(serializers.ListField):
    """Several people, each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=PersonField(), max_length=PEOPLE_AT_ONCE, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class InviteField(StrictTextField):
    """An invite link or its code; the code inside."""

    def __init__(self, **options: Any) -> None:
        text = "`https://chat.whatsapp.com/…`, or the part behind it."
        super().__init__(**{"max_length": 200, "trim_whitespace": True, "help_text": text, **options})

    def to_internal_value(self, data: Any) -> str:
        match = INVITE.fullmatch(super().to_internal_value(data))
        if match is None:
            raise serializers.ValidationError("Write an invite link such as https://chat.whatsapp.com/AbCdEf….")
        return match[1]


class PictureField(StrictTextField):
    """A picture in base64; a square JPEG inside."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return picture_square(picture_decode(super().to_internal_value(data)))
        except BadPicture as error:
            raise serializers.ValidationError(str(error)) from error


class GroupCreateSerializer(serializers.Serializer[Any]):
    subject = StrictTextField(max_length=SUBJECT_LIMIT, trim_whitespace=True)
    participants = PeopleField(required=False, help_text="Who is added at once, besides the account.")


class GroupChangeSerializer(serializers.Serializer[Any]):
    """Any of them; what is left out stays."""

    subject = StrictTextField(max_length=SUBJECT_LIMIT, trim_whitespace=True, required=False)
    description = StrictTextField(
        max_length=DESCRIPTION_LIMIT, allow_blank=True, required=False, help_text="Empty removes it."
    )
    announce = serializers.BooleanField(required=False, help_text="Only admins write.")
    locked = serializers.BooleanField(required=False, help_text="Only admins change subject, description and picture.")
    ephemeral = serializers.ChoiceField(
        choices=list(TIMERS.items()), required=False, help_text="Seconds until messages disappear; 0 keeps them."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(f"Give at least one of {', '.join(self.fields)}.")
        return attrs


class ParticipantsSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=ACTIONS)
    participants = PeopleField(min_length=1)


class InviteSerializer(serializers.Serializer[Any]):
    invite = InviteField()


class PictureSerializer(serializers.Serializer[Any]):
    data = PictureField(  # type: ignore[assignment]
        max_length=PICTURE_LIMIT, help_text="JPEG, PNG or WebP in base64; its middle is cut to a square."
    )


class JoinDecisionSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=("approve", "reject"))
    participants = PeopleField(min_length=1)


# -- answers ---------------------------------------------------------------------------------------------------
class PersonSerializer(serializers.Serializer[Any]):
    """A person under both of WhatsApp's addresses, as far as they are known."""

    jid = serializers.CharField()
    lid = serializers.CharField()
    phone = serializers.CharField(help_text="E.164, where known.")


class ParticipantSerializer(PersonSerializer):
    role = serializers.ChoiceField(GroupRole.choices)


class GroupRowSerializer(serializers.Serializer[Any]):
    """A group, as WhatsApp last told it."""

    session = serializers.UUIDField()
    jid = serializers.CharField()
    subject = serializers.CharField()
    description = serializers.CharField()
    owner = PersonSerializer()
    created_at = serializers.DateTimeField(allow_null=True, help_text="Right to two minutes.")
    announce = serializers.BooleanField()
    locked = serializers.BooleanField()
    ephemeral = serializers.IntegerField(help_text="Seconds.")
    community = serializers.BooleanField()
    parent = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="The community that it belongs to."
    )
    size = serializers.IntegerField()
    member = serializers.BooleanField(help_text="Is the account in it?")
    role = serializers.ChoiceField(GroupRole.choices, allow_null=True, help_text="The account's own.")
    refreshed_at = serializers.DateTimeField(allow_null=True, help_text="When WhatsApp last told it as a whole.")


class GroupSerializer(GroupRowSerializer):
    participants = ParticipantSerializer(many=True)


class GroupPreviewSerializer(serializers.Serializer[Any]):
    """What strangers may see."""

    jid = serializers.CharField()
    subject = serializers.CharField()
    description = serializers.CharField()
    owner = PersonSerializer()
    announce = serializers.BooleanField()
    locked = serializers.BooleanField()
    ephemeral = serializers.IntegerField()


class ResultSerializer(serializers.Serializer[Any]):
    """What became of one person of the request."""

    participant = PersonSerializer()
    ok = serializers.BooleanField()
    code = serializers.CharField()
    message = serializers.CharField()


class GroupAndResultsSerializer(serializers.Serializer[Any]):
    group = GroupSerializer()
    results = ResultSerializer(many=True)


class LinkSerializer(serializers.Serializer[Any]):
    link = serializers.CharField()


class JoinedSerializer(serializers.Serializer[Any]):
    jid = serializers.CharField()
    joined = serializers.BooleanField(help_text="False: admins have to approve it first.")
    group = GroupSerializer(allow_null=True)


class JoinRequestSerializer(PersonSerializer):
    requested_at = serializers.DateTimeField()


class JoinRequestListSerializer(serializers.Serializer[Any]):
    results = JoinRequestSerializer(many=True)
