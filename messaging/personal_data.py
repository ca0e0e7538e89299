"""What messaging holds about a person."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from sessions_app.models import Session
from whatsapp_api.core.formats import iso
from whatsapp_api.core.personal_data import Holding, Subject, holding_register, lid_finder_register

from .media.services import media_delete
from .models import Chat, Contact, Group, Media, Message, NumberCheck, Receipt
from .payloads import message_payload
from .people.payloads import contact_payload

# What remains of a message that the person wrote where others take part.
BLANK = {
    "text": "",
    "content": {},
    "raw": {},
    "push_name": "",
    "sender": "",
    "sender_lid": "",
    "reactions": [],
    "words": [],
}


def register() -> None:
    """Media first: its rows are found through the messages that brought it."""
    holding_register(Holding("media", ("messaging.Media",), media_export, media_erase, order=10))
    holding_register(Holding("receipts", ("messaging.Receipt",), receipts_export, receipts_erase, order=20))
    holding_register(Holding("messages", ("messaging.Message",), messages_export, messages_erase, order=30))
    holding_register(Holding("chats", ("messaging.Chat",), chats_export, chats_erase, order=40))
    holding_register(Holding("groups", ("messaging.Group",), groups_export, groups_erase))
    holding_register(Holding("contacts", ("messaging.Contact",), contacts_export, contacts_erase))
    holding_register(Holding("number_checks", ("messaging.NumberCheck",), checks_export, checks_erase))
    lid_finder_register(lids_of)


def lids_of(workspace_id: uuid.UUID, jid: str) -> set[str]:
    """LIDs that messages of this person carried."""
    rows = Message.objects.filter(workspace_id=workspace_id)
    found = set(rows.filter(chat=jid).exclude(chat_lid="").order_by().values_list("chat_lid", flat=True).distinct())
    sent = rows.filter(sender=jid).exclude(sender_lid="").order_by()
    return found | set(sent.values_list("sender_lid", flat=True).distinct())


def messages_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for message in (_direct(subject) | _elsewhere(subject)).order_by("id").iterator(chunk_size=500):
        yield message_payload(message)


def messages_erase(subject: Subject) -> int:
    """The chat with the person goes; what the person wrote in groups is blanked."""
    blanked = _elsewhere(subject).update(**BLANK)
    gone = _direct(subject).delete()[1].get("messaging.Message", 0)
    return blanked + gone


def chats_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for chat in _chats(subject):
        yield {"id": str(chat.pk), "jid": chat.jid, "name": chat.name, "last_at": iso(chat.last_at)}


def chats_erase(subject: Subject) -> int:
    return _chats(subject).delete()[1].get("messaging.Chat", 0)


def contacts_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for contact in _contacts(subject):
        yield {"id": str(contact.pk), **contact_payload(contact)}


def contacts_erase(subject: Subject) -> int:
    """It comes back with the person's next message, or while the phone's address book still has it."""
    return _contacts(subject).delete()[0]


def receipts_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for receipt in _receipts(subject):
        yield {"wa_id": receipt.wa_id, "kind": receipt.kind, "chat": receipt.chat, "timestamp": iso(receipt.timestamp)}


def receipts_erase(subject: Subject) -> int:
    return _receipts(subject).delete()[0]


def groups_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for group in _groups(subject):
        yield {"id": str(group.pk), "jid": group.jid, "subject": group.subject}


def groups_erase(subject: Subject) -> int:
    """The person leaves our copy of the roster; it comes back while WhatsApp's own still has it."""
    groups = _groups(subject)
    for group in groups:
        kept = [member for member in group.participants if not subject.is_in(member)]
        owner = {"owner": "", "owner_lid": ""} if subject.is_in([group.owner, group.owner_lid]) else {}
        Group.objects.filter(pk=group.pk).update(participants=kept, **owner)
    return len(groups)


def checks_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for check in _checks(subject):
        yield {"phone": check.phone, "exists": check.exists, "checked_at": iso(check.checked_at)}


def checks_erase(subject: Subject) -> int:
    return _checks(subject).delete()[0]


def media_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for media in _media(subject):
        yield {"id": str(media.pk), "filename": media.filename, "mimetype": media.mimetype, "size": media.size}


def media_erase(subject: Subject) -> int:
    """The bytes and what names them."""
    count = 0
    for media in _media(subject):
        media_delete(media)
        Media.objects.filter(pk=media.pk).update(filename="", url="", sha256="")
        count += 1
    return count


def _messages(subject: Subject) -> QuerySet[Message]:
    return Message.objects.filter(workspace_id=subject.workspace_id)


def _direct(subject: Subject) -> QuerySet[Message]:
    return _messages(subject).filter(_in_chat(subject))


def _elsewhere(subject: Subject) -> QuerySet[Message]:
    wrote = Q(sender__in=subject.jids) | Q(sender_lid__in=subject.jids)
    return _messages(subject).filter(wrote, from_me=False).exclude(_in_chat(subject))


def _in_chat(subject: Subject) -> Q:
    return Q(chat__in=subject.jids) | Q(chat_lid__in=subject.jids)


def _sessions(subject: Subject) -> list[uuid.UUID]:
    return list(Session.objects.filter(workspace_id=subject.workspace_id).values_list("pk", flat=True))


def _chats(subject: Subject) -> QuerySet[Chat]:
    named = Q(jid__in=subject.jids) | Q(lid__in=subject.jids)
    return Chat.objects.filter(named, session_id__in=_sessions(subject))


def _contacts(subject: Subject) -> QuerySet[Contact]:
    named = Q(jid__in=subject.jids) | Q(lid__in=subject.jids)
    return Contact.objects.filter(named, session_id__in=_sessions(subject))


def _groups(subject: Subject) -> list[Group]:
    rows = Group.objects.filter(session_id__in=_sessions(subject)).order_by("id")
    return [row for row in rows if subject.is_in([row.participants, row.owner, row.owner_lid])]


def _checks(subject: Subject) -> QuerySet[NumberCheck]:
    numbers = [subject.digits, f"+{subject.digits}"]
    named = Q(phone__in=numbers) | Q(jid__in=subject.jids) | Q(lid__in=subject.jids)
    return NumberCheck.objects.filter(named, session_id__in=_sessions(subject))


def _receipts(subject: Subject) -> QuerySet[Receipt]:
    named = Q(sender__in=subject.jids) | Q(chat__in=subject.jids)
    return Receipt.objects.filter(named, session_id__in=_sessions(subject))


def _media(subject: Subject) -> list[Media]:
    """What came with the person's messages, and what was sent to nobody else."""
    messages = _direct(subject) | _elsewhere(subject)
    ids = list(messages.order_by().values_list("pk", flat=True))
    found: list[Media] = []
    for start in range(0, len(ids), 500):
        found += Media.objects.filter(workspace_id=subject.workspace_id, message_id__in=ids[start : start + 500])
    return found
