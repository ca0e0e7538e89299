"""Holding a request until its message has left, without holding up others."""

from messaging.models import Message, MessageState
from sessions_app.selectors import session_gone
from whatsapp_api.core.api_waiting import wait_for

PENDING = (MessageState.SCHEDULED, MessageState.PREPARING, MessageState.QUEUED, MessageState.SENDING)


def wait_until_settled(message: Message, seconds: float) -> Message:
    """The message as it is when it is sent or has failed, or when the time is up."""

    def look() -> Message | None:
        current = Message.objects.filter(pk=message.pk).first()
        if current is None:
            raise session_gone()
        return None if current.state in PENDING else current

    waits = seconds and message.state != MessageState.SCHEDULED
    return (wait_for(look, seconds) if waits else None) or message
