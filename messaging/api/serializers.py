"""Messages over REST: what comes in, and the description of what goes out (made by `payloads.message_payload`)."""

from typing import Any

from rest_framework import serializers

from messaging.addresses import BadAddress, canonical_jid
from messaging.models import Direction, MessageKind, MessageState

TEXT_LIMIT = 65_536


class ChatField(serializers.CharField):
    """Any form of a WhatsApp address; a canonical JID inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, **options)

    def to_internal_value(self, data: Any) -> str:
        try:
            return canonical_jid(super().to_internal_value(data))
        except BadAddress as error:
            raise serializers.ValidationError(str(error)) from error


class StrictTextField(serializers.CharField):
    """Text as it is written, and nothing that only looks like text."""

    default_error_messages = {"invalid": "Write text in quotes."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class MessageCreateSerializer(serializers.Serializer[Any]):
    """A text message."""

    to = ChatField(
        help_text="A phone number with country code (`+34600111222`) or a chat id: `34600111222@c.us`, "
        "`34600111222@s.whatsapp.net`, `123456789012345678@g.us`, `1234567890@lid`."
    )
    text = StrictTextField(max_length=TEXT_LIMIT, trim_whitespace=False)


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
    text = serializers.CharField()
    quoted_id = serializers.CharField(allow_null=True)
    error = MessageErrorSerializer(allow_null=True)
    timestamp = serializers.DateTimeField(help_text="WhatsApp's; of a message that is not sent yet, its creation.")
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
