"""What the events of messages, chats, groups, calls and broadcasts carry."""

from typing import Any

from rest_framework import serializers

from whatsapp_api.events.models import EventType

from .api.chats.serializers import ChatRowSerializer
from .api.groups.serializers import GroupSerializer, PersonSerializer
from .api.serializers import ChatSerializer, MessageSerializer
from .broadcasts.api.serializers import CountsSerializer
from .broadcasts.models import BroadcastState


class EffectPayload(MessageSerializer):
    """A message that changes another."""

    target = MessageSerializer(allow_null=True, help_text="The other one as it is now; null when it is not known.")


class MessageDeletedPayload(serializers.Serializer[Any]):
    """A message that is here no more."""

    session = serializers.UUIDField()
    id = serializers.UUIDField()
    wa_id = serializers.CharField()
    chat = serializers.CharField()


class ChatDeletedPayload(serializers.Serializer[Any]):
    """A chat that is here no more."""

    session = serializers.UUIDField()
    jid = serializers.CharField()
    lid = serializers.CharField()


class PresencePayload(serializers.Serializer[Any]):
    """What somebody does right now."""

    chat = ChatSerializer()
    sender = ChatSerializer()
    presence = serializers.ChoiceField(["available", "unavailable", "typing", "recording", "paused"])
    last_seen = serializers.DateTimeField(allow_null=True)


class GroupNameSerializer(serializers.Serializer[Any]):
    """Which group."""

    jid = serializers.CharField()
    subject = serializers.CharField()


class GroupJoinPayload(serializers.Serializer[Any]):
    """The account is in a group now."""

    group = GroupSerializer()
    by = PersonSerializer(allow_null=True)
    how = serializers.CharField()
    timestamp = serializers.DateTimeField()


class GroupLeavePayload(serializers.Serializer[Any]):
    """The account is in a group no more."""

    group = GroupNameSerializer()
    by = PersonSerializer(allow_null=True)
    reason = serializers.CharField()
    timestamp = serializers.DateTimeField()


class GroupUpdatePayload(serializers.Serializer[Any]):
    """What changed about a group."""

    group = GroupNameSerializer()
    by = PersonSerializer(allow_null=True)
    changes = serializers.DictField(help_text="The new values, by name.")
    timestamp = serializers.DateTimeField()


class GroupParticipantsPayload(serializers.Serializer[Any]):
    """Who came, went, or has another role."""

    group = GroupNameSerializer()
    by = PersonSerializer(allow_null=True)
    action = serializers.CharField()
    participants = PersonSerializer(many=True)
    timestamp = serializers.DateTimeField()


class HistoryPayload(serializers.Serializer[Any]):
    """A part of the phone's history."""

    sync = serializers.CharField()
    progress = serializers.IntegerField(help_text="Percent.")
    chats = serializers.IntegerField()
    messages = serializers.IntegerField()
    names = serializers.IntegerField()


class BroadcastPayload(serializers.Serializer[Any]):
    """How a broadcast is."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(BroadcastState.choices)
    reason = serializers.CharField(allow_null=True)
    counts = CountsSerializer()
    scheduled_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class WebhookDisabledPayload(serializers.Serializer[Any]):
    """Nothing is delivered there any more."""

    webhook = serializers.UUIDField()
    name = serializers.CharField()
    reason = serializers.CharField()
    text = serializers.CharField()
    failing_since = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField(allow_null=True)


PAYLOADS = {
    EventType.MESSAGE: MessageSerializer,
    EventType.MESSAGE_CREATED: MessageSerializer,
    EventType.MESSAGE_ACK: MessageSerializer,
    EventType.MESSAGE_MEDIA: MessageSerializer,
    EventType.MESSAGE_WAITING: MessageSerializer,
    EventType.MESSAGE_REACTION: EffectPayload,
    EventType.MESSAGE_EDITED: EffectPayload,
    EventType.MESSAGE_REVOKED: EffectPayload,
    EventType.MESSAGE_DELETED: MessageDeletedPayload,
    EventType.POLL_VOTE: EffectPayload,
    EventType.CHAT_UPDATE: ChatRowSerializer,
    EventType.CHAT_DELETED: ChatDeletedPayload,
    EventType.PRESENCE_UPDATE: PresencePayload,
    EventType.CALL_RECEIVED: MessageSerializer,
    EventType.CALL_ACCEPTED: MessageSerializer,
    EventType.CALL_REJECTED: MessageSerializer,
    EventType.CALL_ENDED: MessageSerializer,
    EventType.GROUP_JOIN: GroupJoinPayload,
    EventType.GROUP_LEAVE: GroupLeavePayload,
    EventType.GROUP_UPDATE: GroupUpdatePayload,
    EventType.GROUP_PARTICIPANTS: GroupParticipantsPayload,
    EventType.HISTORY_SYNCED: HistoryPayload,
    EventType.BROADCAST_STATUS: BroadcastPayload,
    EventType.BROADCAST_PROGRESS: BroadcastPayload,
    EventType.WEBHOOK_DISABLED: WebhookDisabledPayload,
}
