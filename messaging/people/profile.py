"""The account's own profile."""

from collections.abc import Mapping

from sessions_app.asking import ask
from sessions_app.models import Session


def profile_change(*, session: Session, changes: Mapping[str, str]) -> None:
    """Change name and about text at WhatsApp, one after the other.

    Nothing tells of the new name, so it is noted here.
    """
    for name, value in changes.items():
        ask(session, f"profile_{name}_set", {name: value})
        if name == "name":
            Session.objects.filter(pk=session.pk).update(push_name=value)
