"""Workspaces and their members. Changing them is for people: a key could otherwise make itself a bigger one."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from whatsapp_api.accounts import members, workspaces
from whatsapp_api.accounts.authority import Authority, authority_of
from whatsapp_api.accounts.models import Membership, Role, User, Workspace
from whatsapp_api.accounts.removal.services import workspace_remove
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError

from .member_serializers import (
    MemberCreatedSerializer,
    MemberCreateSerializer,
    MemberSerializer,
    RoleSerializer,
    WorkspaceFieldsSerializer,
    WorkspaceSerializer,
    member_payload,
    workspace_payload,
)

TAGS = ["Workspaces and members"]
PEOPLE = {"GET": Scope.ADMIN, "POST": Scope.ADMIN, "PATCH": Scope.ADMIN, "DELETE": Scope.ADMIN}
GONE = refusals(e404="workspace_not_found member_not_found")


def person_of(request: Request) -> Authority:
    """The caller's authority; 403 for API keys."""
    authority = authority_of(request.user)
    if authority.key:
        raise ApiError("people_only", "People change this, not API keys: log in with a token.", http_status=403)
    return authority


class WorkspaceList(GenericAPIView[Workspace]):
    scope = {"GET": Scope.READ, "POST": Scope.ADMIN}
    serializer_class = WorkspaceSerializer
    filter_backends = ()
    queryset = Workspace.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Workspace]:
        return Workspace.objects.filter(pk__in=authority_of(self.request.user).workspaces())

    @extend_schema(
        summary="List workspaces",
        description="Those that you belong to, with your role, newest first. Superusers own all of them.",
        tags=TAGS,
        responses={200: WorkspaceSerializer(many=True), **refusals(e400="invalid_cursor invalid_limit")},
    )
    def get(self, request: Request) -> Response:
        roles = authority_of(request.user).roles
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([workspace_payload(row, roles[row.pk]) for row in page])

    @extend_schema(
        summary="Make a workspace",
        description="For superusers, who become its first owner.",
        tags=TAGS,
        request=WorkspaceFieldsSerializer,
        responses={
            201: WorkspaceSerializer,
            **refusals(e400="validation_error", e403="role_too_low superuser_needed people_only"),
        },
    )
    def post(self, request: Request) -> Response:
        authority, data = person_of(request), valid(WorkspaceFieldsSerializer(data=request.data))
        made = workspaces.workspace_create(authority=authority, **data)
        headers = {"Location": f"{request.path}/{made.pk}"}
        return Response(workspace_payload(made, "owner"), status=201, headers=headers)


class WorkspaceDetail(APIView):
    scope = {"GET": Scope.READ, "PATCH": Scope.ADMIN, "DELETE": Scope.ADMIN}

    @extend_schema(summary="Read a workspace", tags=TAGS, responses={200: WorkspaceSerializer, **GONE})
    def get(self, request: Request, workspace_id: UUID) -> Response:
        authority = authority_of(request.user)
        found = workspaces.workspace_get(authority, workspace_id)
        return Response(workspace_payload(found, authority.roles[found.pk]))

    @extend_schema(
        summary="Change a workspace",
        description="What is left out stays. After a change of `bodies`, older messages follow within ten minutes.",
        tags=TAGS,
        request=WorkspaceFieldsSerializer(partial=True),
        responses={
            200: WorkspaceSerializer,
            **refusals(e400="validation_error", e403="role_too_low people_only", e409="locks_you_out"),
            **GONE,
        },
    )
    def patch(self, request: Request, workspace_id: UUID) -> Response:
        authority = person_of(request)
        found = workspaces.workspace_get(authority, workspace_id)
        changes = valid(WorkspaceFieldsSerializer(data=request.data, partial=True))
        changed = workspaces.workspace_update(authority=authority, workspace=found, **changes)
        return Response(workspace_payload(changed, authority.roles[changed.pk]))

    @extend_schema(
        summary="Remove a workspace",
        description="With everything in it, for good; for owners. At once API keys are revoked, all others are no "
        "members any more, and you may only look on. Then a worker unlinks and deletes its sessions and removes files "
        "and rows, while `removal` says how far it is; 404 means that it is gone. The audit trail stays.",
        tags=TAGS,
        parameters=[OpenApiParameter("confirm", str, required=True, description="Its name: this cannot be undone.")],
        responses={
            202: WorkspaceSerializer,
            **refusals(e400="confirmation_needed", e403="owner_needed people_only"),
            **GONE,
        },
    )
    def delete(self, request: Request, workspace_id: UUID) -> Response:
        authority = person_of(request)
        found = workspaces.workspace_get(authority, workspace_id)
        confirm = request.query_params.get("confirm", "")
        left = workspace_remove(authority=authority, workspace=found, confirm=confirm)
        role = authority.roles[left.pk] if authority.user.is_superuser else Role.VIEWER
        return Response(workspace_payload(left, role), status=202)


class MemberList(GenericAPIView[Membership]):
    scope = PEOPLE
    serializer_class = MemberSerializer
    filter_backends = ()
    queryset = Membership.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Membership]:
        workspace = workspaces.workspace_get(authority_of(self.request.user), self.kwargs["workspace_id"])
        return members.members_of(workspace.pk).prefetch_related("user")

    @extend_schema(
        summary="List members",
        tags=TAGS,
        responses={
            200: MemberSerializer(many=True),
            **refusals(e400="invalid_cursor invalid_limit", e403="role_too_low"),
            **GONE,
        },
    )
    def get(self, request: Request, workspace_id: UUID) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([member_payload(member) for member in page])

    @extend_schema(
        summary="Add or invite a member",
        description="Somebody who has an account, by username. With `invite`, an account is made for somebody new; "
        "give them the `invitation`, with which they set their password.",
        tags=TAGS,
        request=MemberCreateSerializer,
        responses={
            201: MemberCreatedSerializer,
            **refusals(
                e400="validation_error",
                e403="role_too_low owner_needed people_only",
                e404="workspace_not_found user_not_found",
                e409="already_member username_taken",
            ),
        },
    )
    def post(self, request: Request, workspace_id: UUID) -> Response:
        authority = person_of(request)
        workspace = workspaces.workspace_get(authority, workspace_id)
        data = valid(MemberCreateSerializer(data=request.data))
        where = {"authority": authority, "workspace_id": workspace.pk, "role": data["role"]}
        invitation = None
        if data.get("invite"):
            _require_free(data["username"])
            member, invitation = members.member_invite(**where, username=data["username"], email=data.get("email", ""))
        else:
            member = members.member_add(**where, user=_user_named(data["username"]))
        body = {**member_payload(member), "invitation": invitation}
        headers = {"Location": f"{request.path}/{member.pk}", "Cache-Control": "no-store"}
        return Response(body, status=201, headers=headers)


class MemberDetail(APIView):
    scope = PEOPLE

    @extend_schema(
        summary="Read a member", tags=TAGS, responses={200: MemberSerializer, **refusals(e403="role_too_low"), **GONE}
    )
    def get(self, request: Request, workspace_id: UUID, membership_id: UUID) -> Response:
        return Response(member_payload(_member(authority_of(request.user), workspace_id, membership_id)))

    @extend_schema(
        summary="Change a member's role",
        description="Only an owner makes or unmakes owners; the last one stays.",
        tags=TAGS,
        request=RoleSerializer,
        responses={
            200: MemberSerializer,
            **refusals(
                e400="validation_error", e403="role_too_low owner_needed people_only", e409="last_owner member_changed"
            ),
            **GONE,
        },
    )
    def patch(self, request: Request, workspace_id: UUID, membership_id: UUID) -> Response:
        authority = person_of(request)
        member = _member(authority, workspace_id, membership_id)
        role = valid(RoleSerializer(data=request.data))["role"]
        return Response(member_payload(members.member_change(authority=authority, member=member, role=role)))

    @extend_schema(
        summary="Remove a member",
        description="The account stays. What it may do in the workspace, and its API keys there, end at once.",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low owner_needed people_only", e409="last_owner"), **GONE},
    )
    def delete(self, request: Request, workspace_id: UUID, membership_id: UUID) -> Response:
        authority = person_of(request)
        members.member_remove(authority=authority, member=_member(authority, workspace_id, membership_id))
        return Response(status=204)


def _member(authority: Authority, workspace_id: UUID, membership_id: UUID) -> Membership:
    workspace = workspaces.workspace_get(authority, workspace_id)
    found = members.members_of(workspace.pk).filter(pk=membership_id).first()
    if found is None:
        text = f"The workspace has no member {membership_id}."
        raise ApiError("member_not_found", text, http_status=404)
    return found


def _user_named(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        text = "Nobody with an account has this username; send `invite: true` to make one."
        raise ApiError("user_not_found", text, http_status=404)
    return found


def _require_free(username: str) -> None:
    """Also of names that differ in case only: people could not tell them apart."""
    if User.objects.filter(username__iexact=username).exists():
        raise ApiError("username_taken", "Somebody has this username already; choose another one.", http_status=409)
