"""Messages over REST: what comes in, and the description of what goes out (made by `payloads.message_payload`)."""

from typing import Any

from rest_framework import serializers

from messaging.delivery import DeliverySerializer
from messaging.fields import StrictTextField
from messaging.kinds.changes import EMOJI_LIMIT
from messaging.kinds.files import CAPTION_LIMIT
from messaging.kinds.text import TEXT_LIMIT
from messaging.models import Direction, MessageKind, MessageState, OnUnknown, Priority


class WaitSerializer(serializers.Serializer[Any]):
    wait = serializers.IntegerField(
        min_value=0, max_value=30, default=0, help_text="Seconds to wait for the message to be sent or to fail."
    )


class ChatSerializer(serializers.Serializer[Any]):
    """A chat under both of WhatsApp's addresses, as far as they are known."""

    jid = serializers.CharField()
    lid = serializers.CharField()
    phone = serializers.CharField(help_text="E.164, for a person whose number is known.")


class SenderSerializer(ChatSerializer):
    """Who wrote it."""

    push_name = serializers.CharField(help_text="The name that the sender chose.")


class MessageErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class ReactionSerializer(serializers.Serializer[Any]):
    """What somebody feels about the message, now: one a person."""

    emoji = serializers.CharField()
    sender = serializers.CharField(help_text="JID, as far as known.")
    sender_lid = serializers.CharField()
    from_me = serializers.BooleanField()
    timestamp = serializers.DateTimeField()


class ReceiptCountsSerializer(serializers.Serializer[Any]):
    """How many recipients are how far."""

    delivered = serializers.IntegerField()
    read = serializers.IntegerField()
    played = serializers.IntegerField()


class MessageSerializer(serializers.Serializer[Any]):
    """A message, in or out."""

    id = serializers.UUIDField()
    session = serializers.UUIDField()
    direction = serializers.ChoiceField(Direction.choices)
    state = serializers.ChoiceField(MessageState.choices)
    ack = serializers.IntegerField(
        allow_null=True, help_text="Ticks: -1 error, 0 pending, 1 server, 2 device, 3 read, 4 played."
    )
    kind = serializers.ChoiceField(MessageKind.choices)
    wa_id = serializers.CharField(allow_null=True, help_text="WhatsApp's own id, once sent.")
    chat = ChatSerializer()
    sender = SenderSerializer()
    from_me = serializers.BooleanField()
    text = serializers.CharField(help_text="What people read, whatever the kind.")
    content = serializers.DictField(help_text="What the message says, by kind: docs/messages.md.")
    quoted_id = serializers.CharField(allow_null=True)
    error = MessageErrorSerializer(allow_null=True)
    priority = serializers.ChoiceField(Priority.labels, help_text="What is interactive leaves before what is bulk.")
    scheduled_at = serializers.DateTimeField(allow_null=True)
    on_unknown = serializers.ChoiceField(OnUnknown.choices, help_text="What to do when nobody knows whether it left.")
    resends = serializers.IntegerField(help_text="Attempts made although an earlier one may have arrived.")
    possible_duplicate = serializers.BooleanField(help_text="The recipient may have got it more than once.")
    timestamp = serializers.DateTimeField(help_text="WhatsApp's; of a message that is not sent yet, its creation.")
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
    played_at = serializers.DateTimeField(allow_null=True)
    receipts = ReceiptCountsSerializer(allow_null=True, help_text="Of messages sent; null for those received.")
    edited_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True, help_text="When it was deleted for everyone.")
    reactions = ReactionSerializer(many=True)


class RecipientSerializer(serializers.Serializer[Any]):
    """How far the message got with one person."""

    sender = serializers.CharField(help_text="Who sent the receipts: LID where it is known, else JID.")
    phone = serializers.CharField(help_text="E.164 where the number is known.")
    delivered_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
    played_at = serializers.DateTimeField(allow_null=True)


class ReactionBodySerializer(serializers.Serializer[Any]):
    """How the account feels about a message."""

    emoji = StrictTextField(max_length=EMOJI_LIMIT)


class DeleteSerializer(WaitSerializer):
    """For whom a message is deleted."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["for"] = serializers.ChoiceField(  # a word of Python's, so no attribute
            ["everyone", "me"], default="everyone", help_text="`me`: only here, the recipients keep it."
        )
        return fields


class ReceiptListSerializer(serializers.Serializer[Any]):
    results = RecipientSerializer(many=True)


class MessageUpdateSerializer(DeliverySerializer):
    """What can be changed about a message: its words; and while it is scheduled, everything but chat and file."""

    text = StrictTextField(max_length=TEXT_LIMIT, required=False, help_text="Of a text.")
    caption = StrictTextField(max_length=CAPTION_LIMIT, required=False, help_text="Of a file.")

    content = serializers.DictField(
        required=False, help_text='All fields of the message\'s kind, as when sending it: `{"text": "..."}`.'
    )
