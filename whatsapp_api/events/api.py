"""The event log over REST, for programs that cannot keep a WebSocket open."""

from typing import Any
from urllib.parse import urlencode

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.pagination import page_limit

from .callers import hearing
from .models import EventType
from .publish import envelope
from .selectors import events_between, last_sequences
from .subscriptions import SessionWorkspaces, subscription, workspaces_chosen


class EventSerializer(serializers.Serializer[Any]):
    """One fact, alike on every transport."""

    id = serializers.UUIDField()
    event = serializers.ChoiceField(EventType.choices)
    sequence = serializers.IntegerField(allow_null=True, help_text="Null for live-only events, which are not logged.")
    timestamp = serializers.DateTimeField()
    workspace = serializers.UUIDField()
    session = serializers.UUIDField(allow_null=True)
    payload = serializers.DictField(help_text="By type; `GET /api/v1/events/types` has a schema for each.")


class EventPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True, help_text="The following page; null at the end of the log.")
    last_sequence = serializers.IntegerField(help_text="Ask with this as `since` for what comes later.")
    results = EventSerializer(many=True)


PARAMETERS = [
    OpenApiParameter(
        "since", OpenApiTypes.INT64, description="Events after this sequence; 0 by default: from the oldest."
    ),
    OpenApiParameter("session", OpenApiTypes.UUID, many=True, description="Only of this session; may be repeated."),
    OpenApiParameter(
        "event", str, many=True, description="Only of this type or pattern (`message.*`); may be repeated."
    ),
    OpenApiParameter("workspace", OpenApiTypes.UUID, description="Which workspace, if you belong to several."),
    OpenApiParameter("limit", int, description="Rows on a page, 1 to 200; 50 by default."),
]


class EventList(APIView):
    """One workspace's log, oldest first."""

    filters_bound_sessions = True
    session_workspaces: SessionWorkspaces | None = None

    @extend_schema(
        summary="Read the event log",
        description="Oldest first, in the order of `sequence`. /ws/events brings the same as it happens.",
        tags=["Events"],
        parameters=PARAMETERS,
        responses={
            200: EventPageSerializer,
            **refusals(
                e400="invalid_filter invalid_limit",
                e401="token_in_url not_authenticated",
                e403="no_workspace session_not_found workspace_not_found",
            ),
        },
    )
    def get(self, request: Request) -> Response:
        assert self.session_workspaces is not None
        limit = page_limit(request)
        asked = subscription(request.META["QUERY_STRING"], since="0", also=frozenset({"limit"}))
        own = hearing(authority_of(request.user))
        asked = own.restrict(asked)
        chosen = workspaces_chosen(asked, own.workspaces, self.session_workspaces)
        if len(chosen) > 1:
            raise ApiError("invalid_filter", "workspace: say which one, each has a log of its own.")
        workspace_id = chosen[0]
        head = last_sequences([workspace_id])[workspace_id]
        after = asked.start_after({workspace_id: head})[workspace_id]
        rows = events_between(workspace_id, after, head, asked.wanted, limit)
        last = rows[-1].sequence if len(rows) == limit else head
        following = self._address(request, last) if last < head else None
        return Response({"next": following, "last_sequence": last, "results": [envelope(row) for row in rows]})

    @staticmethod
    def _address(request: Request, since: int) -> str:
        query = [(name, value) for name, values in request.query_params.lists() for value in values if name != "since"]
        return request.build_absolute_uri(f"{request.path}?{urlencode([*query, ('since', since)])}")
