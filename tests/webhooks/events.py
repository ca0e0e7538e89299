"""Ways to make events."""

from sessions_app.models import Session
from whatsapp_api.events.models import Event, EventType
from whatsapp_api.events.publish import publish


def happen(
    session: Session, number: int, *, chat: str = "a", kind: EventType = EventType.MESSAGE, text: str = "Hello"
) -> Event:
    payload = {"number": number, "chat": {"jid": f"{chat}@s.whatsapp.net"}, "text": text}
    return publish(kind, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)


def numbers(events: list[dict], chat: str = "") -> list[int]:
    return [
        event["payload"]["number"]
        for event in events
        if not chat or event["payload"]["chat"]["jid"] == f"{chat}@s.whatsapp.net"
    ]
