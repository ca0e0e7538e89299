"""People by name: what messages, the phone's history and its address book tell, and what is written here."""

import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, IntegrityError
from django.db.models import Q, QuerySet
from redis.exceptions import RedisError

from messaging.models import Chat, ChatKind, Contact, Direction, Message, chat_kind
from messaging.models.contact import NAMES
from sessions_app.asking import ask
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import ApiError

Told = Mapping[str, str]
"""`jid` and `lid`, either empty when unknown, and the names that are told; an empty one changes nothing."""

COLUMNS = ("full_name", "first_name", "business_name", "push_name")
PAGE = 200
LONGEST_NAME = 200
BOOK_SECONDS = 3600
"""So long the address book counts as read: WhatsApp tells of no change in it."""
REMEMBERED = 10_000

_heard: OrderedDict[tuple[uuid.UUID, str], str] = OrderedDict()


def contacts_of(session: Session) -> QuerySet[Contact]:
    """All people that the session knows."""
    return Contact.objects.filter(session=session)


def contacts_refresh(*, session: Session, force: bool = False) -> None:
    """Read the address book that the phone shares, once in a while; raises ApiError only when it is `force`d."""
    key = f"address-book:{session.pk}"
    try:
        due = force or (session.can_send and cache.add(key, 1, timeout=BOOK_SECONDS))
    except RedisError:
        due = force
    if not due:
        return
    try:
        contacts_learn(session.pk, ask(session, "contacts")["results"])
    except ApiError:
        cache.delete(key)
        if force:
            raise


def contacts_learn(session_id: uuid.UUID, told: Iterable[Told]) -> None:
    """Take names of people, whatever tells them; chats follow."""
    people = [each for each in told if _is_person(each) and any(each.get(name) for name in COLUMNS)]
    for start in range(0, len(people), PAGE):
        _learn(session_id, people[start : start + PAGE])


def contact_heard(message: Message) -> None:
    """The name that the writer of a received message goes by. Costs nothing while it stays the same."""
    key = (message.session_id, message.sender or message.sender_lid)
    if message.direction != Direction.IN or not message.push_name or _heard.get(key) == message.push_name:
        return
    told = {"jid": message.sender, "lid": message.sender_lid, "push_name": message.push_name}
    contacts_learn(message.session_id, [told])
    _heard[key] = message.push_name
    while len(_heard) > REMEMBERED:
        _heard.popitem(last=False)


@retry_conflicts
def contact_name(*, session: Session, address: str, name: str) -> Contact:
    """Give a person a name of our own; an empty one takes it back. The account's phone does not learn of it."""
    with atomic():
        contact = _known(session.pk, [{"jid": address, "lid": ""}]).get(address) or _new(session.pk, address, "")
        contact.local_name = name[:LONGEST_NAME]
        _save(contact)
    return contact


@retry_conflicts
def _learn(session_id: uuid.UUID, told: Iterable[Told]) -> None:
    with atomic():
        known = _known(session_id, told)
        for each in told:
            jid, lid = each.get("jid", ""), each.get("lid", "")
            contact = known.get(jid) or known.get(lid)
            contact = contact or _new(session_id, jid or lid, lid if jid else "")
            joined = _join(contact, known.get(lid))
            if _take(contact, each) or joined:
                _save(contact)
            known.update(_by_address([contact]))


def _known(session_id: uuid.UUID, told: Iterable[Told]) -> dict[str, Contact]:
    addresses = {address for each in told for address in (each.get("jid", ""), each.get("lid", "")) if address}
    named = Q(jid__in=addresses) | Q(lid__in=[each for each in addresses if each.endswith("@lid")])
    return _by_address(Contact.objects.filter(named, session_id=session_id).order_by())


def _by_address(contacts: Iterable[Contact]) -> dict[str, Contact]:
    return {address: contact for contact in contacts for address in (contact.lid, contact.jid) if address}


def _new(session_id: uuid.UUID, jid: str, lid: str) -> Contact:
    return Contact(session_id=session_id, jid=jid[:80], lid=(lid or (jid if jid.endswith("@lid") else ""))[:80])


def _join(contact: Contact, other: Contact | None) -> bool:
    """One person that was known twice, by number and by LID, is one contact from now on."""
    if other is None or other.pk == contact.pk:
        return False
    for name in ("local_name", *COLUMNS):
        setattr(contact, name, getattr(contact, name) or getattr(other, name))
    other.delete()
    return True


def _take(contact: Contact, told: Told) -> bool:
    """Whether anything about it is new."""
    news = {name: str(told[name])[:LONGEST_NAME] for name in COLUMNS if told.get(name)}
    if told.get("lid"):
        news["lid"] = told["lid"][:80]
    if told.get("jid") and contact.jid.endswith("@lid"):
        news["jid"] = told["jid"][:80]
    changed = {name: value for name, value in news.items() if getattr(contact, name) != value}
    for name, value in changed.items():
        setattr(contact, name, value)
    return bool(changed) or contact._state.adding


def _save(contact: Contact) -> None:
    before, contact.name = contact.name, next((value for name in NAMES if (value := getattr(contact, name))), "")
    try:
        contact.save()
    except IntegrityError as error:
        if not Session.objects.filter(pk=contact.session_id).exists():
            raise
        # Another transaction made it a moment ago: ours has to begin anew to see it.
        raise DatabaseError("WriteConflict: the contact appeared meanwhile") from error
    _name_chat(contact, before)


def _name_chat(contact: Contact, before: str) -> None:
    """What people call themselves replaces nothing but the like: the phone's history may have told a better name."""
    chats = Chat.objects.filter(session_id=contact.session_id, jid=contact.jid, kind=ChatKind.PERSON)
    if not any(getattr(contact, name) for name in NAMES[:-1]):
        chats = chats.filter(name__in=["", before])
    if contact.name:
        chats.exclude(name=contact.name).update(name=contact.name)


def _is_person(told: Told) -> bool:
    address = told.get("jid") or told.get("lid")
    return bool(address) and chat_kind(str(address)) == ChatKind.PERSON


def names_of_history(chats: Iterable[Mapping[str, Any]], names: Iterable[Told]) -> Iterator[Told]:
    """What a piece of the phone's history says of people's names."""
    for chat in chats:
        yield {"jid": chat.get("jid", ""), "lid": chat.get("lid", ""), "full_name": chat.get("saved_name") or ""}
    for each in names:
        yield {"jid": each["jid"], "lid": each["lid"], "push_name": each["name"]}
