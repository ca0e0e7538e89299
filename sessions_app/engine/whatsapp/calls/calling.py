"""Voice and video calls: they can be refused, nothing else."""

from typing import Any

from sessions_app.engine.whatsapp import jids

from .arguments import MESSAGE_ID, Answer, Arguments, Call, bad


def call_reject(client: Any, arguments: Arguments) -> Answer:
    """Refuse a call that rings: `caller` exactly as the call named it, `call_id`."""
    call_id = arguments.get("call_id")
    if not isinstance(call_id, str) or not MESSAGE_ID.fullmatch(call_id):
        raise bad("call_id")
    client.reject_call(jids.parse(arguments.get("caller"), jids.PHONE_SERVER, jids.LID_SERVER), call_id)
    return {}


CALLS: tuple[Call, ...] = (call_reject,)
