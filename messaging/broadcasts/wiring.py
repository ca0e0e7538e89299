"""What the message pipeline calls back into."""

from messaging.followers import follow


def register() -> None:
    from .following import message_acked, message_guard, message_received, session_hopeless

    follow(acked=message_acked, received=message_received, guard=message_guard, hopeless=session_hopeless)
