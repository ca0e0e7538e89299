"""Where the pages are."""

from django.urls import reverse

from sessions_app.models import Session


def home() -> str:
    return reverse("admin:index")


def sessions() -> str:
    return reverse("admin:sessions_app_session_changelist")


def session_add() -> str:
    return reverse("admin:sessions_app_session_add")


def try_sandbox() -> str:
    return reverse("admin:sessions_app_try_sandbox")


def session_page(session: Session) -> str:
    return reverse("admin:sessions_app_session_change", args=(session.pk,))


def session_chats(session: Session) -> str:
    return reverse("admin:sessions_app_session_chats", args=(session.pk,))


def messages() -> str:
    return reverse("admin:messaging_message_changelist")


def events() -> str:
    return reverse("admin:events_event_changelist")
