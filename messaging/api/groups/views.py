"""The list of groups, one group, its participants."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.groups import services
from messaging.groups.payloads import group_payload
from messaging.groups.selectors import group_find, group_get, groups_of
from messaging.models import Group
from sessions_app.api.base import ASKED, SessionView, valid
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals

from .base import TAGS, GroupView, flag
from .filters import GroupFilters
from .serializers import (
    GroupAndResultsSerializer,
    GroupChangeSerializer,
    GroupCreateSerializer,
    GroupRowSerializer,
    GroupSerializer,
    ParticipantsSerializer,
)

REFRESH = OpenApiParameter("refresh", bool, description="Ask WhatsApp first.")


class GroupList(SessionView, GenericAPIView[Group]):
    """A session's groups."""

    scope = Scope.SEND
    filterset_class = GroupFilters
    serializer_class = GroupRowSerializer
    queryset = Group.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Group]:
        return groups_of(self.session())

    @extend_schema(
        summary="List groups",
        description="As far as the platform has heard of them: it keeps what WhatsApp tells. `refresh` asks WhatsApp "
        "for all of them first; without any group known that is done by itself. Participants are in each group alone.",
        tags=TAGS,
        responses={
            200: GroupRowSerializer(many=True),
            **refusals(**{**ASKED, "e400": "validation_error invalid_cursor invalid_limit"}),
        },
    )
    def get(self, request: Request, session_id: str) -> Response:
        session, rows = self.session(), self.filter_queryset(self.get_queryset())
        if flag(request, "refresh") or (session.can_send and not groups_of(session).exists()):
            services.groups_refresh(session=session)
        page = self.paginate_queryset(rows.all()) or []
        return self.get_paginated_response([group_payload(group, participants=False) for group in page])

    @extend_schema(
        summary="Make a group",
        description="Everybody who could not be added is named in `results` with the reason.",
        tags=TAGS,
        request=GroupCreateSerializer,
        responses={
            201: GroupAndResultsSerializer,
            **refusals(**{**ASKED, "e400": "validation_error whatsapp_bad_request"}),
        },
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        body = {"participants": [], **valid(GroupCreateSerializer(data=request.data))}
        group, results = services.group_create(session=session, **body)
        answer = {"group": group_payload(group), "results": results}
        return Response(answer, 201, headers={"Location": f"{request.path}/{group.jid}"})


class GroupDetail(GroupView):
    """One group."""

    @extend_schema(
        summary="Read a group",
        description="With its participants. WhatsApp is asked with `refresh`, and when it has never told this group.",
        tags=TAGS,
        parameters=[REFRESH],
        responses={
            200: GroupSerializer,
            **refusals(
                **{**ASKED, "e400": "validation_error invalid_group", "e404": f"{ASKED['e404']} group_not_found"}
            ),
        },
    )
    def get(self, request: Request, session_id: str, group: str) -> Response:
        session, jid = self.session(), self.jid()
        found = group_find(session, jid)
        known = found is not None and (found.refreshed_at is not None or not found.member)
        if flag(request, "refresh") or (session.can_send and not known):
            found = services.group_refresh(session=session, jid=jid)
        return Response(group_payload(found or group_get(session, jid)))

    @extend_schema(
        summary="Change a group",
        description="Each setting is one request to WhatsApp, in the order subject, description, announce, locked, "
        "ephemeral; when one is refused, those before it stay changed.",
        tags=TAGS,
        request=GroupChangeSerializer,
        responses={
            200: GroupSerializer,
            **refusals(**{**ASKED, "e400": "validation_error invalid_group whatsapp_bad_request"}),
        },
    )
    def patch(self, request: Request, session_id: str, group: str) -> Response:
        session, jid = self.session(), self.jid()
        settings = valid(GroupChangeSerializer(data=request.data))
        return Response(group_payload(services.group_change(session=session, jid=jid, **settings)))


class GroupParticipants(GroupView):
    """Who is in it."""

    @extend_schema(
        summary="Add, remove, promote or demote people",
        description="Each has a result of its own; 200 does not say that all worked.",
        tags=TAGS,
        request=ParticipantsSerializer,
        responses={
            200: GroupAndResultsSerializer,
            **refusals(**{**ASKED, "e400": "validation_error invalid_group own_account"}),
        },
    )
    def post(self, request: Request, session_id: str, group: str) -> Response:
        session, jid = self.session(), self.jid()
        body = valid(ParticipantsSerializer(data=request.data))
        changed, results = services.group_participants(session=session, jid=jid, **body)
        return Response({"group": group_payload(changed), "results": results})
