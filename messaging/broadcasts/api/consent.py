"""How people opt out and in, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from messaging.api.media import WorkspaceSerializer
from messaging.broadcasts.models import Consent
from whatsapp_api.accounts.api.access import require_writer, workspace_chosen
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid, valid_query
from whatsapp_api.core.api_schema import refusals

from .serializers import ConsentSerializer
from .views import TAGS

NAMES = ("enabled", "stop_words", "start_words", "stop_text", "start_text", "footer")


class ConsentDetail(APIView):
    """One for each workspace."""

    scope = {"PUT": Scope.SETTINGS}

    @extend_schema(
        summary="Read how people opt out",
        tags=TAGS,
        parameters=[WorkspaceSerializer],
        responses={200: ConsentSerializer, **refusals(e400="validation_error no_workspace", e403="role_too_low")},
    )
    def get(self, request: Request) -> Response:
        asked = valid_query(WorkspaceSerializer, request.query_params)
        workspace_id = workspace_chosen(request.user, asked.get("workspace"))
        return Response(
            _payload(Consent.objects.filter(workspace_id=workspace_id).first() or Consent(workspace_id=workspace_id))
        )

    @extend_schema(
        summary="Change how people opt out",
        description="Words besides the built-in ones; an empty text stands for the built-in one. "
        "`enabled: false` hears no words at all.",
        tags=TAGS,
        request=ConsentSerializer,
        responses={200: ConsentSerializer, **refusals(e400="validation_error no_workspace", e403="role_too_low")},
    )
    def put(self, request: Request) -> Response:
        body = valid(ConsentSerializer(data=request.data))
        workspace_id = workspace_chosen(request.user, body.pop("workspace", None))
        require_writer(request.user, workspace_id)
        row = Consent.objects.update_or_create(workspace_id=workspace_id, defaults=body)[0]
        return Response(_payload(row))


def _payload(row: Consent) -> dict[str, object]:
    return {"workspace": str(row.workspace_id), **{name: getattr(row, name) for name in NAMES}}
