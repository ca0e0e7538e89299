"""Bodies of requests and answers about workspaces, their members and invitations."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from rest_framework import serializers

from whatsapp_api.accounts.models import Bodies, Membership, Role, User, Workspace
from whatsapp_api.core.formats import iso

from .key_serializers import MOST_NETWORKS, NetworkField
from .token_serializers import LONGEST_PASSWORD, LONGEST_TOKEN

MOST_DAYS, MOST_HOURS = 36_500, 876_000


class WorkspaceFieldsSerializer(serializers.Serializer[Any]):
    """What may be said of a workspace, and changed later."""

    name = serializers.CharField(max_length=100)
    networks = serializers.ListField(
        child=NetworkField(), required=False, max_length=MOST_NETWORKS, help_text="Only from there; empty: everywhere."
    )
    message_keep_days = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_DAYS, help_text="Older messages are removed; 0: never."
    )
    body_keep_hours = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_HOURS, help_text="Older texts are removed; 0: never."
    )
    bodies = serializers.ChoiceField(
        Bodies.choices, required=False, help_text="How texts are kept; see docs/security.md, data protection."
    )


class WorkspaceRemovalSerializer(serializers.Serializer[Any]):
    """How far the removal of a workspace is."""

    since = serializers.DateTimeField()
    removing = serializers.CharField(help_text="What is removed now; empty before it begins.")
    left = serializers.IntegerField(allow_null=True, help_text="How many of these are left.")


class WorkspaceSerializer(WorkspaceFieldsSerializer):
    """A workspace as its members see it."""

    id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices, help_text="Yours.")
    bodies_converting = serializers.BooleanField(help_text="Older messages do not follow a change of `bodies` yet.")
    created_at = serializers.DateTimeField()
    removal = WorkspaceRemovalSerializer(allow_null=True, help_text="On its way out; null: it stays.")


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices)


class MemberCreateSerializer(RoleSerializer):
    """Somebody with an account, or with `invite` somebody new."""

    username = serializers.CharField(max_length=150, validators=[UnicodeUsernameValidator()])
    email = serializers.EmailField(required=False, allow_blank=True, help_text="Of somebody new.")
    invite = serializers.BooleanField(required=False, help_text="Make an account; the answer has an `invitation`.")

    def validate_username(self, value: str) -> str:
        return str(User.normalize_username(value))


class MemberSerializer(RoleSerializer):
    id = serializers.UUIDField(help_text="Of the membership.")
    user = serializers.UUIDField()
    username = serializers.CharField()
    email = serializers.CharField()
    name = serializers.CharField()
    is_active = serializers.BooleanField()
    has_password = serializers.BooleanField(help_text="False: invited, and not been here yet.")
    second_factor = serializers.BooleanField()
    last_login = serializers.DateTimeField(allow_null=True)


class MemberCreatedSerializer(MemberSerializer):
    invitation = serializers.CharField(
        allow_null=True, help_text="For `POST /auth/invitation`, shown this once; null for somebody with an account."
    )


class InvitationSerializer(serializers.Serializer[Any]):
    invitation = serializers.CharField(max_length=LONGEST_TOKEN)
    password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)

    def validate_password(self, value: str) -> str:
        validate_password(value)
        return value


def workspace_payload(workspace: Workspace, role: str) -> dict[str, Any]:
    """A workspace as the API shows it."""
    return {
        "id": str(workspace.pk),
        "name": workspace.name,
        "role": role,
        "networks": workspace.networks,
        "message_keep_days": workspace.message_keep_days,
        "body_keep_hours": workspace.body_keep_hours,
        "bodies": workspace.bodies,
        "bodies_converting": workspace.bodies_changed_at is not None,
        "created_at": iso(workspace.created_at),
        "removal": _removal_payload(workspace),
    }


def _removal_payload(workspace: Workspace) -> dict[str, Any] | None:
    if workspace.removal_at is None:
        return None
    now = workspace.removal_progress
    return {"since": iso(workspace.removal_at), "removing": now.get("removing", ""), "left": now.get("left")}


def member_payload(member: Membership) -> dict[str, Any]:
    """A member as the API shows one."""
    user = member.user
    return {
        "id": str(member.pk),
        "user": str(user.pk),
        "username": user.get_username(),
        "email": user.email,
        "name": user.get_full_name(),
        "role": member.role,
        "is_active": user.is_active,
        "has_password": user.has_usable_password(),
        "second_factor": user.has_second_factor,
        "last_login": iso(user.last_login),
    }
