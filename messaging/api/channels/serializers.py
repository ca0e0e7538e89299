"""Channels over REST."""

import re
from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField

NAME_LIMIT = 100
DESCRIPTION_LIMIT = 2048
REACTION_LIMIT = 40
INVITE = re.compile(r"(?:https?://(?:www\.)?whatsapp\.com/channel/)?([A-Za-z0-9_-]{6,64})(?:[/?#].*)?")
STATES = ("active", "suspended", "geosuspended", "")
ROLES = ("subscriber", "guest", "admin", "owner")


class ChannelInviteField(StrictTextField):
    """A channel's link or its code; the code inside."""

    def __init__(self, **options: Any) -> None:
        text = "`https://whatsapp.com/channel/…`, or the part behind it."
        super().__init__(**{"max_length": 200, "trim_whitespace": True, "help_text": text, **options})

    def to_internal_value(self, data: Any) -> str:
        match = INVITE.fullmatch(super().to_internal_value(data))
        if match is None:
            raise serializers.ValidationError("Write a link such as https://whatsapp.com/channel/0029Va….")
        return match[1]


class ChannelCreateSerializer(serializers.Serializer[Any]):
    name = StrictTextField(max_length=NAME_LIMIT, trim_whitespace=True)
    description = StrictTextField(max_length=DESCRIPTION_LIMIT, allow_blank=True, required=False)


class ChannelInviteSerializer(serializers.Serializer[Any]):
    invite = ChannelInviteField()


class ChannelMuteSerializer(serializers.Serializer[Any]):
    muted = serializers.BooleanField()


class ChannelReactionSerializer(serializers.Serializer[Any]):
    message = StrictTextField(
        max_length=80,
        trim_whitespace=True,
        help_text="The post: its id here, WhatsApp's id, or the number that WhatsApp gave it (`raw.info.ServerID`).",
    )
    reaction = StrictTextField(max_length=REACTION_LIMIT, allow_blank=True, help_text="An emoji; empty takes it back.")


class ChannelSerializer(serializers.Serializer[Any]):
    """A channel, as WhatsApp tells it now."""

    jid = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    link = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)
    subscribers = serializers.IntegerField()
    verified = serializers.BooleanField()
    state = serializers.ChoiceField(STATES)
    role = serializers.ChoiceField(ROLES, allow_null=True, help_text="The account's own; null in a preview.")
    muted = serializers.BooleanField()


class ChannelListSerializer(serializers.Serializer[Any]):
    results = ChannelSerializer(many=True)
