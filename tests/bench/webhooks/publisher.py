"""Publishes events in a process of its own, as a service of the platform does.

    python -m tests.bench.webhooks.publisher SESSION COUNT RATE CHATS   (RATE 0: as fast as it goes, -1: in bulk)

Prints a line when it is done. Survives an absent database and Redis; whether a publish whose commit broke off had
happened is asked of the log, so that numbers have neither gaps nor repetitions.
"""

import os
import sys
import threading
import time
import uuid
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")
django.setup()

from django.db import connection  # noqa: E402

from sessions_app.models import Session  # noqa: E402
from sessions_app.worker.durable import durably  # noqa: E402
from whatsapp_api.core.errors import DATABASE_FAULTS  # noqa: E402
from whatsapp_api.events.models import Event, EventCounter, EventType  # noqa: E402
from whatsapp_api.events.publish import publish, publish_many  # noqa: E402

NEVER = threading.Event()
TEXT = "x" * 300
BULK = 500


def main() -> None:
    session_id, count, rate, chats = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    session = Session.objects.get(pk=uuid.UUID(session_id))
    began = time.time()
    if rate < 0:
        _publish_in_bulk(session, count, chats)
        return
    for number in range(count):
        if rate:
            time.sleep(max(0.0, began + number / rate - time.time()))
        _publish(session, number, chats)
    time.sleep(1)  # the pusher is a thread that ends with us
    print(f"{count} events in {time.time() - began:.1f} s")


def _publish_in_bulk(session: Session, count: int, chats: int) -> None:
    for first in range(0, count, BULK):
        payloads = [_payload(number, chats) for number in range(first, min(count, first + BULK))]
        publish_many(EventType.MESSAGE, workspace_id=session.workspace_id, session_id=session.pk, payloads=payloads)


def _payload(number: int, chats: int) -> dict[str, Any]:
    jid = f"{34600000000 + number % chats}@s.whatsapp.net"
    return {"number": number, "at": time.time(), "chat": {"jid": jid}, "text": TEXT}


def _publish(session: Session, number: int, chats: int) -> None:
    before = durably(partial(_head, session), stopping=NEVER)
    payload = _payload(number, chats)
    while True:
        try:
            publish(EventType.MESSAGE, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)
            return
        except DATABASE_FAULTS:
            connection.close()
            time.sleep(0.2)
            if durably(partial(_is_published, session, number, after=before), stopping=NEVER):
                return


def _head(session: Session) -> int:
    return EventCounter.objects.filter(pk=session.workspace_id).values_list("value", flat=True).first() or 0


def _is_published(session: Session, number: int, *, after: int) -> bool:
    """Others of the workspace publish as well, so a higher number alone says nothing."""
    ours = Event.objects.filter(session_id=session.pk, type=EventType.MESSAGE, sequence__gt=after)
    return any(event.payload["number"] == number for event in ours)


if __name__ == "__main__":
    main()
