"""What WhatsApp shows of people: about, picture, business name; and the phone's address book."""

from typing import Any

from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.library import NeonizeError, pb
from sessions_app.engine.whatsapp.people import Complete, People

from .arguments import Answer, Arguments, Call, take_list

PEOPLE_AT_ONCE = 50


def user_info(client: Any, arguments: Arguments) -> Answer:
    """About, picture id and verified business name: {"results": [{jid, about, picture_id, business_name}]}."""
    wanted = [jids.parse(jid) for jid in take_list(arguments, "jids", PEOPLE_AT_ONCE)]
    return {"results": [_info(client, answer) for answer in client.get_user_info(*wanted)]}


def profile_picture(client: Any, arguments: Arguments) -> Answer:
    """Where the picture of a person or group is: {id, url, type}; all empty when there is none to be seen."""
    target = jids.parse(arguments.get("jid"))
    params = pb.GetProfilePictureParams(Preview=bool(arguments.get("preview")), ExistingID="", IsCommunity=False)
    try:
        picture = client.get_profile_picture(target, params)
    except NeonizeError as error:
        if _is_missing(error):
            return {"id": "", "url": "", "type": ""}
        raise
    return {"id": picture.ID, "url": picture.URL, "type": picture.Type}


def contacts(client: Any, arguments: Arguments) -> Answer:
    """Whom the library knows: {"results": [{jid, lid, first_name, full_name, push_name, business_name}]}.

    The address book that the phone shared, and names that came with messages and history.
    """
    complete = People(client).known
    return {"results": [_contact(each, complete) for each in client.contact.get_all_contacts()]}


CALLS: tuple[Call, ...] = (user_info, profile_picture, contacts)


def _info(client: Any, answer: Any) -> Answer:
    info = answer.UserInfo
    # The library puts a verified name into its address book, not into this answer.
    name = client.contact.get_contact(answer.JID).BusinessName
    return {"jid": jids.text(answer.JID), "about": info.Status, "picture_id": info.PictureID, "business_name": name}


def _contact(contact: Any, complete: Complete) -> Answer:
    info, person = contact.Info, complete(jids.person(contact.JID))
    return {
        "jid": person.jid,
        "lid": person.lid,
        "first_name": info.FirstName,
        "full_name": info.FullName,
        "push_name": info.PushName,
        "business_name": info.BusinessName,
    }


def _is_missing(error: NeonizeError) -> bool:
    """The library's errors for "no picture" and "not yours to see" hold nothing but text."""
    text = str(error.args[0] if error.args else error).lower()
    return "does not have a profile picture" in text or "hidden" in text or "not authorized to view" in text
