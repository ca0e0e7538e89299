"""Passwords, for the dashboard and for tokens alike: guarded by the lockout, told of when wrong."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from whatsapp_api.accounts.models import Membership, User
from whatsapp_api.accounts.security_events import Security, security_event

from .lockout import forgive, is_locked, note_failure


class GuardedBackend(ModelBackend):
    """A locked account answers as a wrong password does, without looking at the password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        address = address_of(request)
        if is_locked(username, address):
            return None
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is None:
            attempt_failed(username, address)
            return None
        assert isinstance(user, User)
        if not user.has_second_factor:
            forgive(username, address)  # else the code decides
        return user


def address_of(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR", "")) if request else ""


def attempt_failed(username: str, address: str) -> None:
    """Counts a wrong password or code, and says so to who watches."""
    locked = note_failure(username, address)
    kind = Security.LOGIN_LOCKED if locked else Security.LOGIN_FAILED
    text = "Too many wrong attempts." if locked else "The username, the password or the code was wrong."
    workspaces = Membership.objects.filter(user__username=username).values_list("workspace_id", flat=True)
    security_event(kind, workspace_ids=workspaces, subject=username, address=address, text=text)
