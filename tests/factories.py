"""Fixed personas and rows for tests."""

from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from rest_framework.test import APIClient

from messaging.models import Direction, Message, MessageKind, MessageState
from sessions_app.engine.states import State
from sessions_app.models import Desired, Provider, Session
from whatsapp_api.accounts.login.tokens import AccessToken
from whatsapp_api.accounts.models import Membership, Role, User, Workspace

PASSWORD = "correct horse battery staple"
OWN_JID = "34600000001@s.whatsapp.net"
FRIEND_JID = "34600000002@s.whatsapp.net"


def workspace(name: str = "Main") -> Workspace:
    return Workspace.objects.create(name=name)


def user(username: str = "alice", *, workspace: Workspace | None = None, role: str = Role.OPERATOR) -> User:
    """Somebody who can log in with PASSWORD; a member of `workspace` if given."""
    created = User.objects.create(username=username, password=_hash())
    if workspace:
        Membership.objects.create(user=created, workspace=workspace, role=role)
    return created


def superuser(username: str = "root") -> User:
    return User.objects.create(username=username, password=_hash(), is_staff=True, is_superuser=True)


@cache
def _hash() -> str:
    """Once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def session(workspace: Workspace, name: str = "Support", **fields: Any) -> Session:
    """A new session, never started."""
    return Session.objects.create(**{"workspace": workspace, "name": name, "provider": Provider.SANDBOX, **fields})


def connected_session(workspace: Workspace, name: str = "Support", **fields: Any) -> Session:
    """A session as its owner leaves it when all is well."""
    now = timezone.now()
    up = {
        "desired": Desired.STARTED,
        "generation": 1,
        "state_generation": 1,
        "state": State.CONNECTED.value,
        "reason": "connected",
        "state_at": now,
        "jid": OWN_JID,
        "lid": "100000000001@lid",
        "paired_at": now,
        "connected_at": now,
    }
    return session(workspace, name, **{**up, **fields})


def message(session: Session, **fields: Any) -> Message:
    """A text received from FRIEND_JID, unless `fields` say otherwise."""
    text = fields.pop("text", "Hello")
    defaults = {
        "workspace_id": session.workspace_id,
        "session": session,
        "direction": Direction.IN,
        "state": MessageState.RECEIVED,
        "kind": MessageKind.TEXT,
        "chat": FRIEND_JID,
        "sender": FRIEND_JID,
        "timestamp": timezone.now(),
        "content": {"text": text},
        "text": text,
    }
    return Message.objects.create(**{**defaults, **fields})


def token(user: User) -> str:
    return str(AccessToken.for_user(user))


def client(user: User) -> APIClient:
    """A program with this user's token."""
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token(user)}")
    return api
