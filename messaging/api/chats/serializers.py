"""Chats over REST: the description of what `chats.payloads.chat_payload` makes."""

from typing import Any

from rest_framework import serializers

from messaging.api.serializers import MessageSerializer
from messaging.kinds.options import EXPIRES
from messaging.models import ChatKind


class ChatRowSerializer(serializers.Serializer[Any]):
    """A conversation of a session."""

    session = serializers.UUIDField()
    jid = serializers.CharField(help_text="Its address: what `chat.jid` of its messages says.")
    lid = serializers.CharField(help_text="WhatsApp's private address of a person, where known.")
    phone = serializers.CharField(help_text="E.164, for a person whose number is known.")
    kind = serializers.ChoiceField(ChatKind.choices)
    name = serializers.CharField(help_text="The group's subject, the contact's name, or empty.")
    unread = serializers.IntegerField()
    archived = serializers.BooleanField()
    pinned_at = serializers.DateTimeField(allow_null=True)
    muted_until = serializers.DateTimeField(allow_null=True)
    disappearing = serializers.IntegerField(help_text="Seconds after which messages disappear; 0: they stay.")
    last_at = serializers.DateTimeField(help_text="When the last message was.")
    last_message = MessageSerializer(allow_null=True)


class DisappearingSerializer(serializers.Serializer[Any]):
    """When messages disappear."""

    seconds = serializers.ChoiceField(list(EXPIRES.items()), help_text="0, 86400, 604800 or 7776000.")
