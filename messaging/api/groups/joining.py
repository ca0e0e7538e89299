"""Invite links, joining, leaving, requests to join, the picture."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.groups import services
from messaging.groups.payloads import group_payload
from messaging.groups.people import shown
from sessions_app.api.base import ASKED, SessionView, valid
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.formats import from_unix, iso

from .base import TAGS, GroupView
from .serializers import (
    GroupPreviewSerializer,
    GroupSerializer,
    InviteSerializer,
    JoinDecisionSerializer,
    JoinedSerializer,
    JoinRequestListSerializer,
    LinkSerializer,
    PictureSerializer,
)

NO_REMOVAL = "The engine cannot remove a group's picture; it can only set another one."
NO_DECISION = "The engine cannot approve or reject requests to join; do it on the phone."
IN_GROUP = refusals(**{**ASKED, "e400": "invalid_group"})
BY_LINK = refusals(**{**ASKED, "e400": "validation_error whatsapp_bad_request", "e410": "whatsapp_gone"})


class GroupPreview(SessionView):
    """A group from outside."""

    scope = Scope.SEND

    @extend_schema(
        summary="Look at the group of an invite link",
        description="Without joining it. 410 `whatsapp_gone`: the link was revoked.",
        tags=TAGS,
        request=InviteSerializer,
        responses={200: GroupPreviewSerializer, **BY_LINK},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        return Response(
            services.group_preview(session=session, code=valid(InviteSerializer(data=request.data))["invite"])
        )


class GroupJoin(SessionView):
    """Getting in."""

    scope = Scope.SEND

    @extend_schema(
        summary="Join a group by its invite link",
        description="409 `whatsapp_conflict`: the account is in it already.",
        tags=TAGS,
        request=InviteSerializer,
        responses={200: JoinedSerializer, **BY_LINK},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        code = valid(InviteSerializer(data=request.data))["invite"]
        jid, group = services.group_join(session=session, code=code)
        return Response({"jid": jid, "joined": group is not None, "group": group_payload(group) if group else None})


class GroupLeave(GroupView):
    """Getting out."""

    @extend_schema(
        summary="Leave a group",
        description="It cannot be undone: somebody has to let the account in again.",
        tags=TAGS,
        request=None,
        responses={
            200: GroupSerializer,
            **refusals(**{**ASKED, "e400": "invalid_group", "e404": f"{ASKED['e404']} group_not_found"}),
        },
    )
    def post(self, request: Request, session_id: str, group: str) -> Response:
        session, jid = self.session(), self.jid()
        return Response(group_payload(services.group_leave(session=session, jid=jid)))


class GroupInvite(GroupView):
    """The invite link lets anybody in who has it, so it takes more than to read."""

    scope = {"GET": Scope.SEND, "DELETE": Scope.SEND}

    @extend_schema(summary="Read the invite link", tags=TAGS, request=None, responses={200: LinkSerializer, **IN_GROUP})
    def get(self, request: Request, session_id: str, group: str) -> Response:
        session, jid = self.session(), self.jid()
        return Response({"link": services.group_invite(session=session, jid=jid)})

    @extend_schema(
        summary="Revoke the invite link",
        description="The answer holds the link that replaces it.",
        tags=TAGS,
        request=None,
        responses={200: LinkSerializer, **IN_GROUP},
    )
    def delete(self, request: Request, session_id: str, group: str) -> Response:
        session, jid = self.session(), self.jid()
        return Response({"link": services.group_invite(session=session, jid=jid, reset=True)})


class GroupPicture(GroupView):
    """Its picture."""

    @extend_schema(
        summary="Set the picture",
        tags=TAGS,
        request=PictureSerializer,
        responses={204: None, **refusals(**{**ASKED, "e400": "validation_error invalid_group whatsapp_bad_request"})},
    )
    def put(self, request: Request, session_id: str, group: str) -> Response:
        session, jid = self.session(), self.jid()
        picture = valid(PictureSerializer(data=request.data))["data"]
        services.group_picture_set(session=session, jid=jid, picture=picture)
        return Response(status=204)

    @extend_schema(
        summary="Remove the picture (not supported)",
        tags=TAGS,
        request=None,
        responses={
            204: None,
            **refusals(e400="invalid_group", e403="role_too_low", e404="session_not_found", e501="unsupported"),
        },
    )
    def delete(self, request: Request, session_id: str, group: str) -> Response:
        self.session()
        self.jid()
        raise ApiError("unsupported", NO_REMOVAL, http_status=501)


class GroupRequests(GroupView):
    """Who asks to join."""

    @extend_schema(
        summary="List requests to join",
        description="For admins of a group that approves who joins.",
        tags=TAGS,
        responses={200: JoinRequestListSerializer, **IN_GROUP},
    )
    def get(self, request: Request, session_id: str, group: str) -> Response:
        session, jid = self.session(), self.jid()
        asking = services.group_requests(session=session, jid=jid)
        return Response({"results": [{**shown(each), "requested_at": iso(from_unix(each["at"]))} for each in asking]})

    @extend_schema(
        summary="Approve or reject requests to join (not supported)",
        tags=TAGS,
        request=JoinDecisionSerializer,
        responses={
            200: JoinRequestListSerializer,
            **refusals(
                e400="validation_error invalid_group",
                e403="role_too_low",
                e404="session_not_found",
                e501="unsupported",
            ),
        },
    )
    def post(self, request: Request, session_id: str, group: str) -> Response:
        self.session()
        self.jid()
        valid(JoinDecisionSerializer(data=request.data))
        raise ApiError("unsupported", NO_DECISION, http_status=501)
