"""The phone number behind a LID, and the LID of a phone number: from stored chats and checks, then from the engine."""

from messaging.models import Chat, NumberCheck
from sessions_app.asking import ask
from sessions_app.models import Session


def address_pair(session: Session, address: str) -> dict[str, str]:
    """Both addresses of a person, as far as they are known: {jid, lid}."""
    hidden = address.endswith("@lid")
    for model in (Chat, NumberCheck):
        rows = model.objects.filter(session_id=session.pk, **{"lid" if hidden else "jid": address})
        for jid, lid in rows.order_by().values_list("jid", "lid")[:1]:
            if jid and lid and jid != lid:
                return {"jid": jid, "lid": lid}
    if hidden:
        return {"jid": ask(session, "phone_for", {"lid": address})["jid"], "lid": address}
    return {"jid": address, "lid": ask(session, "lid_for", {"jid": address})["lid"]}
