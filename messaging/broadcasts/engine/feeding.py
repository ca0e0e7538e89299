"""From pending recipients to rows of the outbox: a small window for each session, at its pace.

One transaction writes the messages and what the recipients know of them. It also writes the rows of broadcast and
pacer, so that it and a pause (or a restriction) never miss each other.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from messaging.audience.models import Addressee
from messaging.audience.services import suppressed_among
from messaging.broadcasts import pace
from messaging.broadcasts.content import Said, lacking, said, values_of
from messaging.broadcasts.holding import blocked, pacer_of
from messaging.broadcasts.hours import allowed_from, zone_of
from messaging.broadcasts.linking import with_preview
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, Consent, Pacer, RecipientState
from messaging.broadcasts.tasks import typing_task
from messaging.chats.activity import chat_touch
from messaging.kinds import Unfit
from messaging.media.attaching import media_attach
from messaging.models import Direction, Message, MessageState, Priority
from messaging.payloads import message_payload
from messaging.tasks import message_prepare_task, start
from messaging.words import message_words
from sessions_app import commands
from sessions_app.models import Session
from whatsapp_api.accounts.bodies.fields import bodies_in
from whatsapp_api.core.db import atomic, retry_conflicts, uuid7
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish_many

from .claiming import hold_running

TYPES_FOR = (2.0, 5.0)  # seconds
LOOK_AHEAD = 4  # times the room: some will be skipped or have to wait


@dataclass(frozen=True, slots=True)
class Fed:
    """What a look at one session came to; `moved`: recipients that are not where they were."""

    sent: int = 0
    moved: int = 0


@retry_conflicts
def feed(broadcast: Broadcast, session: Session, now: datetime | None = None) -> Fed:
    """Fill the session's window as far as its pace allows."""
    now = now or timezone.now()
    if blocked(session, pacer_of(session.pk), now)[0]:
        return Fed()
    with atomic():
        if not hold_running(broadcast):
            return Fed()
        Pacer.objects.filter(session=session).update(revision=F("revision") + 1)
        pacer = Pacer.objects.get(session=session)
        if blocked(session, pacer, now)[0]:
            return Fed()
        room = min(pace.room(broadcast.pace, session, pacer, now), pace.WINDOW - _waiting(broadcast, session))
        if broadcast.options.get("typing"):
            room = min(room, 1)  # nobody types in several chats at once
        if room <= 0:
            return Fed()
        batch = _Batch(broadcast, session, now)
        batch.choose(room)
        batch.write()
        if batch.ready:
            columns = pace.after(broadcast.pace, pacer, len(batch.ready), now)
            columns["next_at"] = max(columns["next_at"], batch.leaves_at)
            Pacer.objects.filter(pk=pacer.pk).update(**columns)
    return Fed(len(batch.ready), batch.moved)


def _waiting(broadcast: Broadcast, session: Session) -> int:
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast, session=session, state=RecipientState.QUEUED)
    return len(rows.order_by().values_list("pk")[: pace.WINDOW])


class _Batch:
    """Recipients whose turn it is, with what each of them reads."""

    def __init__(self, broadcast: Broadcast, session: Session, now: datetime) -> None:
        self.broadcast, self.session, self.now = broadcast, session, now
        self.ready: list[tuple[BroadcastRecipient, Said]] = []
        self.moved = 0
        # With `typing` a message waits in the outbox as a scheduled one, and holds up nothing else.
        self.typing = bool(broadcast.options.get("typing"))
        self.leaves_at = now + timedelta(seconds=random.uniform(*TYPES_FOR)) if self.typing else now  # noqa: S311
        self._media: dict[int, tuple[dict[str, Any], bool]] = {}

    def choose(self, room: int) -> None:
        """Up to `room` of those that are due; the others are skipped, or wait for their hour."""
        firsts = pace.first_contacts_left(self.broadcast.pace, self.session, self.now)
        rows = self._due(room, firsts)
        addressees = Addressee.objects.in_bulk([row.addressee_id for row in rows if row.addressee_id])
        suppressed = suppressed_among(self.broadcast.workspace_id, [row.jid for row in rows])
        footer = self._footer()
        for row in rows:
            if len(self.ready) == room:
                break
            if firsts is not None and row.first_contact and firsts <= 0:
                continue
            addressee = addressees.get(row.addressee_id) if row.addressee_id else None
            text = self._said(row, addressee, row.jid in suppressed, footer)
            if text is not None:
                self.ready.append((row, text))
                firsts = firsts - row.first_contact if firsts is not None else None

    def _due(self, room: int, firsts: int | None) -> list[BroadcastRecipient]:
        rows = BroadcastRecipient.objects.filter(
            broadcast=self.broadcast, session=self.session, state=RecipientState.PENDING, due_at__lte=self.now
        )
        if firsts == 0:
            rows = rows.filter(first_contact=False)
        found = list(rows.order_by("due_at", "id")[: room * LOOK_AHEAD])
        return [row for row in found if row.checked or not self.broadcast.options.get("number_check")]

    def _said(
        self, row: BroadcastRecipient, addressee: Addressee | None, is_suppressed: bool, footer: str
    ) -> Said | None:
        if is_suppressed or addressee is None:
            return self._skip(row, "suppressed" if is_suppressed else "contact_gone")
        zone = self.broadcast.time_zone
        if self.broadcast.hours.get("zone") == "recipient":
            zone = zone_of(row.jid, addressee.time_zone, zone)
        allowed = allowed_from(self.broadcast.hours, zone, self.now)
        if allowed > self.now:
            self.moved += self._pending(row).update(due_at=allowed)
            return None
        variant, values = self.broadcast.variants[row.variant], values_of(addressee)
        if lacking(variant, values):
            return self._skip(row, "variable_missing")
        spin = bool(self.broadcast.options.get("spintax"))
        try:
            return said(variant, values, seed=str(row.pk), footer=footer, spin=spin)
        except (ValidationError, Unfit):
            return self._skip(row, "content_invalid")

    def _skip(self, row: BroadcastRecipient, reason: str) -> Said | None:
        fields = {"state": RecipientState.SKIPPED, "reason": reason, "changed_at": self.now}
        self.moved += self._pending(row).update(**fields)
        if row.message_id:
            held = Message.objects.filter(pk=row.message_id, state=MessageState.SCHEDULED, due_at=None)
            held.update(state=MessageState.CANCELLED)
        return None

    def _pending(self, row: BroadcastRecipient) -> Any:
        return BroadcastRecipient.objects.filter(pk=row.pk, state=RecipientState.PENDING)

    def _footer(self) -> str:
        if not self.broadcast.options.get("footer"):
            return ""
        rows = Consent.objects.filter(workspace_id=self.broadcast.workspace_id)
        return rows.values_list("footer", flat=True).first() or ""

    def write(self) -> None:
        """Messages, recipients, chats, events; leaves in `ready` those that it holds for."""
        pairs = [(row, self._message(row, text)) for row, text in self.ready]
        again = [(row, message) for row, message in pairs if row.message_id]
        fresh = [(row, message) for row, message in pairs if not row.message_id]
        Message.objects.bulk_create([message for _, message in fresh])
        for row, message in pairs:
            fields = {"state": RecipientState.QUEUED, "message_id": message.pk, "fed_at": self.now}
            self._pending(row).update(**fields, changed_at=self.now)
        for row, message in again:
            self._again(row, message)
        messages = [message for _, message in fresh]
        for message in messages:
            chat_touch(message)
        publish_many(
            EventType.MESSAGE_CREATED,
            workspace_id=self.broadcast.workspace_id,
            session_id=self.session.pk,
            payloads=[message_payload(message) for message in messages],
        )
        transaction.on_commit(lambda: _set_going(self.session.pk, [message for _, message in pairs], self.typing))

    def _message(self, row: BroadcastRecipient, text: Said) -> Message:
        content, ready = dict(with_preview(self.broadcast, text)), True
        if text.media is not None:
            summary, ready = self._attached(row.variant, text)
            content["media"] = summary
        return Message(
            pk=row.message_id or uuid7(),
            workspace_id=self.broadcast.workspace_id,
            session=self.session,
            direction=Direction.OUT,
            state=self._begins(ready),
            kind=text.kind.name,
            chat=row.jid,
            chat_lid=row.jid if row.jid.endswith("@lid") else "",
            sender=self.session.jid,
            sender_lid=self.session.lid,
            from_me=True,
            timestamp=self.now,
            due_at=self.leaves_at,
            priority=Priority.BULK,
            content=content,
            text=text.kind.text(content),
        )

    def _begins(self, ready: bool) -> MessageState:
        if not ready:
            return MessageState.PREPARING
        return MessageState.SCHEDULED if self.typing else MessageState.QUEUED

    def _attached(self, variant: int, text: Said) -> tuple[dict[str, Any], bool]:
        """Looked up once for the whole batch."""
        if variant not in self._media:
            assert text.media is not None
            found = media_attach(
                session=self.session, kind=text.kind.name, given=text.media, content=dict(text.content)
            )
            self._media[variant] = (found.summary, found.ready)
        return self._media[variant]

    def _again(self, row: BroadcastRecipient, message: Message) -> None:
        """The row that was taken back, by another session if the recipient was moved there."""
        columns = ("session_id", "sender", "sender_lid", "state", "due_at", "timestamp", "content", "text")
        held = Message.objects.filter(pk=message.pk, state=MessageState.SCHEDULED, due_at=None)
        told = {name: getattr(message, name) for name in columns}
        told["words"] = message_words(message.workspace_id, message.text)
        if not held.update(**bodies_in(Message, message.workspace_id, told), error_code="", error_text=""):
            fields = {"state": RecipientState.SKIPPED, "reason": "message_gone", "changed_at": self.now}
            BroadcastRecipient.objects.filter(pk=row.pk, state=RecipientState.QUEUED).update(**fields)


def _set_going(session_id: uuid.UUID, messages: Sequence[Message], typing: bool) -> None:
    for message in messages:
        if typing:
            start(typing_task, str(session_id), message.chat)
        if message.state == MessageState.PREPARING:
            start(message_prepare_task, str(message.pk))
    if messages:
        commands.wake_sends(session_id)
