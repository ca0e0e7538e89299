"""Who belongs to a workspace, and as what. Only an owner makes or unmakes owners; one of them always stays."""

import uuid
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError
from django.db.models import F, QuerySet
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import ApiError, Conflict

from .access_changes import access_changed
from .audit.draft import audit_about, audit_change
from .audit.models import ActorKind
from .audit.record import Actor, Deed, audit
from .authority import Authority
from .models import Membership, Role, User, Workspace


def members_of(workspace_id: uuid.UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(workspace_id=workspace_id)


@retry_conflicts
def member_add(*, authority: Authority, workspace_id: uuid.UUID, user: User, role: str) -> Membership:
    """Somebody with an account becomes a member."""
    _require_owner(authority, workspace_id, role)
    member, is_new = Membership.objects.get_or_create(workspace_id=workspace_id, user=user, defaults={"role": role})
    if not is_new:
        raise Conflict("already_member", f"{user.get_username()} is a member already; change the role instead.")
    _told(member, {}, {"user": user.get_username(), "role": role})
    return member


@retry_conflicts
def member_invite(
    *, authority: Authority, workspace_id: uuid.UUID, username: str, email: str, role: str
) -> tuple[Membership, str]:
    """An account for somebody new, without a password; the invitation sets it, once. Answers both."""
    _require_owner(authority, workspace_id, role)
    try:
        with atomic():
            user = User(username=username, email=email)
            user.set_unusable_password()
            user.save(force_insert=True)
            member = Membership.objects.create(workspace_id=workspace_id, user=user, role=role)
    except IntegrityError as error:
        raise Conflict("username_taken", "Somebody has this username by now; choose another one.") from error
    _told(member, {}, {"user": username, "role": role, "invited": True})
    return member, invitation_of(user)


@retry_conflicts
def member_change(*, authority: Authority, member: Membership, role: str) -> Membership:
    """Another role."""
    _require_owner(authority, member.workspace_id, member.role, role)
    with atomic():
        _lock(member.workspace_id)
        if role != Role.OWNER:
            _require_another_owner(member)
        before = member.role
        if not members_of(member.workspace_id).filter(pk=member.pk, role=before).update(role=role):
            raise Conflict("member_changed", "Somebody else changed this member a moment ago; look again.")
        access_changed(member.user_id)
    member.role = role
    _told(member, {"role": before}, {"role": role})
    return member


@retry_conflicts
def member_remove(*, authority: Authority, member: Membership) -> None:
    """The account stays; its keys here and its view of the workspace end with its next request."""
    _require_owner(authority, member.workspace_id, member.role)
    with atomic():
        _lock(member.workspace_id)
        _require_another_owner(member)
        members_of(member.workspace_id).filter(pk=member.pk).delete()
    _told(member, {"user": member.user.get_username(), "role": member.role}, {"user": None, "role": None})


def invitation_of(user: User) -> str:
    """Good until a password is set, for PASSWORD_RESET_TIMEOUT seconds; names the account."""
    return f"{urlsafe_base64_encode(user.pk.bytes)}.{default_token_generator.make_token(user)}"


@retry_conflicts
def invitation_accept(*, invitation: str, password: str, address: str) -> User:
    """Set the password. Whoever comes second with the same invitation finds it used up."""
    user = invited(invitation)
    unset = user.password
    user.set_password(password)
    if not User.objects.filter(pk=user.pk, password=unset).update(password=user.password):
        raise _used_up()
    actor = Actor(ActorKind.USER, str(user.pk), user.get_username(), address)
    audit(Deed("invitation_accept", target=f"user:{user.pk}"), actor=actor)
    return user


def invited(invitation: str) -> User:
    """Whom an invitation is for. Raises ApiError, the same for every fault."""
    name, _, token = invitation.partition(".")
    user = _user_of(name)
    usable = user is not None and user.is_active and not user.has_usable_password()
    if user is None or not usable or not default_token_generator.check_token(user, token):
        raise _used_up()
    return user


def _used_up() -> ApiError:
    text = "The invitation is used up, expired or incomplete; ask for a new one."
    return ApiError("invitation_not_valid", text, http_status=401)


def _user_of(name: str) -> User | None:
    try:
        return User.objects.filter(pk=uuid.UUID(bytes=urlsafe_base64_decode(name))).first()
    except ValueError:
        return None


def _require_owner(authority: Authority, workspace_id: uuid.UUID, *roles: str) -> None:
    if Role.OWNER in roles and authority.roles.get(workspace_id) != Role.OWNER:
        raise ApiError("owner_needed", "Only an owner makes, changes or removes owners.", http_status=403)


def _lock(workspace_id: uuid.UUID) -> None:
    """Two owners who demote each other at the same moment meet here."""
    Workspace.objects.filter(pk=workspace_id).update(members_revision=F("members_revision") + 1)


def _require_another_owner(member: Membership) -> None:
    others = members_of(member.workspace_id).filter(role=Role.OWNER, user__is_active=True).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise Conflict("last_owner", "This is the workspace's last owner; make somebody else an owner first.")


def _told(member: Membership, before: dict[str, Any], after: dict[str, Any]) -> None:
    audit_about(member.workspace_id, f"member:{member.pk}")
    audit_change(before, after)
