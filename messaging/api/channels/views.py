"""Channels: finding, making, following, muting, posts, reactions. Posts are sent like any message."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging import channels
from messaging.addresses import BadAddress, canonical_jid
from messaging.api.filters import MessageFilters
from messaging.api.searching import MessagePages
from messaging.api.serializers import MessageSerializer
from messaging.models import Message
from messaging.payloads import message_payload
from messaging.selectors import messages_of
from sessions_app.api.base import ASKED, SessionView, valid
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError

from .serializers import (
    ChannelCreateSerializer,
    ChannelInviteSerializer,
    ChannelListSerializer,
    ChannelMuteSerializer,
    ChannelReactionSerializer,
    ChannelSerializer,
)

TAGS = ["Channels"]
IN_CHANNEL = refusals(**{**ASKED, "e400": "invalid_channel"})
WITH_BODY = refusals(**{**ASKED, "e400": "validation_error invalid_channel"})
WITHOUT_CHANNEL = refusals(**{**ASKED, "e400": "validation_error whatsapp_bad_request"})


class ChannelView(SessionView):
    """A view below /sessions/{session_id}/channels/{channel}."""

    scope = Scope.SEND

    def jid(self) -> str:
        """The channel's JID in the path; 400 for what is none."""
        try:
            jid = canonical_jid(self.kwargs["channel"])
        except BadAddress:
            jid = ""
        if not jid.endswith("@newsletter"):
            text = "The channel in the address: write its id, such as 123456789012345678@newsletter."
            raise ApiError("invalid_channel", text)
        return jid


class ChannelList(SessionView):
    """The account's channels."""

    scope = Scope.SEND

    @extend_schema(
        operation_id="sessions_channels_list",
        summary="List channels",
        description="Those that the account follows or owns, asked of WhatsApp; all on one page.",
        tags=TAGS,
        responses={200: ChannelListSerializer, **refusals(**ASKED)},
    )
    def get(self, request: Request, session_id: str) -> Response:
        return Response({"results": channels.channels(self.session())})

    @extend_schema(
        summary="Make a channel",
        description="WhatsApp asks every account once to accept the terms of channels on its phone; before that it "
        "refuses.",
        tags=TAGS,
        request=ChannelCreateSerializer,
        responses={201: ChannelSerializer, **WITHOUT_CHANNEL},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        body = {"description": "", **valid(ChannelCreateSerializer(data=request.data))}
        made = channels.channel_create(session=session, **body)
        return Response(made, 201, headers={"Location": f"{request.path}/{made['jid']}"})


class ChannelPreview(SessionView):
    """A channel by its link."""

    scope = Scope.SEND

    @extend_schema(
        summary="Look at the channel of a link",
        tags=TAGS,
        request=ChannelInviteSerializer,
        responses={200: ChannelSerializer, **WITHOUT_CHANNEL},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        code = valid(ChannelInviteSerializer(data=request.data))["invite"]
        return Response(channels.channel_preview(session=session, code=code))


class ChannelDetail(ChannelView):
    """One channel."""

    @extend_schema(summary="Read a channel", tags=TAGS, responses={200: ChannelSerializer, **IN_CHANNEL})
    def get(self, request: Request, session_id: str, channel: str) -> Response:
        session, jid = self.session(), self.jid()
        return Response(channels.channel_get(session, jid))


class ChannelFollow(ChannelView):
    """Following it."""

    @extend_schema(
        summary="Follow a channel", tags=TAGS, request=None, responses={200: ChannelSerializer, **IN_CHANNEL}
    )
    def put(self, request: Request, session_id: str, channel: str) -> Response:
        session, jid = self.session(), self.jid()
        return Response(channels.channel_follow(session=session, jid=jid, follow=True))

    @extend_schema(
        summary="Follow a channel no more", tags=TAGS, request=None, responses={200: ChannelSerializer, **IN_CHANNEL}
    )
    def delete(self, request: Request, session_id: str, channel: str) -> Response:
        session, jid = self.session(), self.jid()
        return Response(channels.channel_follow(session=session, jid=jid, follow=False))


class ChannelMute(ChannelView):
    """Silence."""

    @extend_schema(
        summary="Mute or unmute a channel",
        tags=TAGS,
        request=ChannelMuteSerializer,
        responses={200: ChannelSerializer, **WITH_BODY},
    )
    def put(self, request: Request, session_id: str, channel: str) -> Response:
        session, jid = self.session(), self.jid()
        return Response(
            channels.channel_mute(session=session, jid=jid, **valid(ChannelMuteSerializer(data=request.data)))
        )


class ChannelMessages(ChannelView, GenericAPIView[Message]):
    """Its posts."""

    filterset_class = MessageFilters
    pagination_class = MessagePages
    of_one_chat = True
    serializer_class = MessageSerializer
    queryset = Message.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Message]:
        return messages_of(self.session()).filter(chat=self.jid())

    @extend_schema(
        summary="Read a channel's posts",
        description="Newest first, those that arrived here and those sent from here. Older posts cannot be fetched: "
        "the engine's call for them ends its process when one of the posts was deleted.",
        tags=TAGS,
        responses={
            200: MessageSerializer(many=True),
            **refusals(
                e400="validation_error invalid_channel invalid_cursor invalid_limit",
                e404="session_not_found",
                e409="search_sealed",
            ),
        },
    )
    def get(self, request: Request, session_id: str, channel: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([message_payload(message) for message in page])


class ChannelReactions(ChannelView):
    """Reactions to its posts."""

    @extend_schema(
        summary="React to a post",
        description="202: WhatsApp confirms no reactions.",
        tags=TAGS,
        request=ChannelReactionSerializer,
        responses={
            202: None,
            **refusals(
                **{
                    **ASKED,
                    "e400": "validation_error invalid_channel",
                    "e404": f"{ASKED['e404']} message_not_found",
                    "e409": "session_not_connected post_number_unknown",
                }
            ),
        },
    )
    def post(self, request: Request, session_id: str, channel: str) -> Response:
        session, jid = self.session(), self.jid()
        body = valid(ChannelReactionSerializer(data=request.data))
        channels.channel_react(session=session, jid=jid, post=body["message"], reaction=body["reaction"])
        return Response(status=202)
