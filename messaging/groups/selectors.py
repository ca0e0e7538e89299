"""Reading groups, always within one session that the caller may see."""

from django.db.models import QuerySet

from messaging.models import Group
from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError


def groups_of(session: Session) -> QuerySet[Group]:
    """All groups that are known of, the latest met first."""
    return Group.objects.filter(session=session).order_by("-id")


def group_find(session: Session, jid: str) -> Group | None:
    """A group that is known of."""
    return groups_of(session).filter(jid=jid).first()


def group_get(session: Session, jid: str) -> Group:
    """One group; 404 for one that nobody has heard of."""
    group = group_find(session, jid)
    if group is None:
        raise ApiError(
            "group_not_found",
            "This session knows no such group. If the account is in it, ask with ?refresh=true.",
            http_status=404,
        )
    return group
