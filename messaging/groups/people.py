"""People in groups: `{"jid", "lid"}`, either address empty when unknown."""

from collections.abc import Iterable
from typing import Any

from messaging.payloads import phone_of
from sessions_app.models import Session

Someone = dict[str, Any]


def same(one: Someone, other: Someone) -> bool:
    """Is it one person? By LID where both are known, for phone numbers can be hidden."""
    if one.get("lid") and other.get("lid"):
        return bool(one["lid"] == other["lid"])
    return bool(one.get("jid")) and one.get("jid") == other.get("jid")


def find(people: Iterable[Someone], wanted: Someone) -> Someone | None:
    """The entry of a person."""
    return next((each for each in people if same(each, wanted)), None)


def account(session: Session) -> Someone:
    """The account itself."""
    return {"jid": session.jid, "lid": session.lid}


def shown(person: Someone) -> dict[str, str]:
    """As programs see a person."""
    return {"jid": person.get("jid", ""), "lid": person.get("lid", ""), "phone": phone_of(person.get("jid", ""))}
