"""Who has an account, and which LID belongs to which phone number."""

from typing import Any

from sessions_app.engine.whatsapp import jids

from .arguments import Answer, Arguments, Call, take_list

PHONES_AT_ONCE = 50


def is_on_whatsapp(client: Any, arguments: Arguments) -> Answer:
    """Which of `phones` have an account: {"results": [{phone, exists, jid, lid}]}."""
    phones = [jids.phone(phone) for phone in take_list(arguments, "phones", PHONES_AT_ONCE)]
    answers = client.is_on_whatsapp(*(f"+{phone}" for phone in phones))
    found = {answer.Query.lstrip("+").partition("@")[0]: answer for answer in answers}
    return {"results": [_account(client, phone, found.get(phone)) for phone in phones]}


def lid_for(client: Any, arguments: Arguments) -> Answer:
    """The LID of a phone-number JID as far as this session has met it, or empty."""
    return {"lid": jids.text(client.get_lid_from_pn(jids.parse(arguments.get("jid"), jids.PHONE_SERVER)))}


def phone_for(client: Any, arguments: Arguments) -> Answer:
    """The phone-number JID of a LID as far as this session has met it, or empty."""
    return {"jid": jids.text(client.get_pn_from_lid(jids.parse(arguments.get("lid"), jids.LID_SERVER)))}


CALLS: tuple[Call, ...] = (is_on_whatsapp, lid_for, phone_for)


def _account(client: Any, phone: str, answer: Any) -> Answer:
    if not (answer and answer.IsIn):
        return {"phone": phone, "exists": False, "jid": "", "lid": ""}
    if answer.JID.Server != jids.LID_SERVER:
        return {"phone": phone, "exists": True, "jid": jids.text(answer.JID), "lid": ""}
    # Some countries' numbers are known to WhatsApp in another form than they are dialled: ask for it.
    known = jids.text(client.get_pn_from_lid(answer.JID))
    return {
        "phone": phone,
        "exists": True,
        "jid": known or f"{phone}@{jids.PHONE_SERVER}",
        "lid": jids.text(answer.JID),
    }
