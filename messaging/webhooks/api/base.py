"""What the views of one endpoint share."""

from rest_framework.views import APIView

from messaging.webhooks.models import Endpoint
from messaging.webhooks.selectors import endpoint_get
from whatsapp_api.accounts.scopes import Scope

TAGS = ["Webhooks"]


class EndpointView(APIView):
    """A view below /webhooks/{webhook_id}."""

    scope: Scope | dict[str, Scope] = Scope.WEBHOOKS
    filters_bound_sessions = True

    def endpoint(self) -> Endpoint:
        """The endpoint of the address: 404 unless visible, 403 for who may look but not do this."""
        return endpoint_get(self.request.user, self.kwargs["webhook_id"])
