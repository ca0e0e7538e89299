"""Makes a message recognisable in the library's store, see engine/attempts.py."""

from typing import Any

from sessions_app.engine.attempts import attempt_secret

# Official clients put no secret into these.
WITHOUT = frozenset(
    {
        "protocolMessage",
        "editedMessage",
        "reactionMessage",
        "encReactionMessage",
        "pollUpdateMessage",
        "encEventResponseMessage",
    }
)


def traceable(message: Any, ref: str) -> Any:
    """The message under the secret of this attempt, unless it is of a kind that has none."""
    if WITHOUT.isdisjoint(field.name for field, _ in message.ListFields()):
        message.messageContextInfo.messageSecret = attempt_secret(ref)
    return message
