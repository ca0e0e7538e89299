"""What the views of groups share."""

from rest_framework.request import Request

from messaging.addresses import BadAddress, canonical_jid
from sessions_app.api.base import SessionView
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.errors import ApiError

TAGS = ["Groups"]


class GroupView(SessionView):
    """A view below /sessions/{session_id}/groups/{group}."""

    scope: Scope | dict[str, Scope] = Scope.SEND

    def jid(self) -> str:
        """The group's JID in the path; 400 for what is none."""
        try:
            jid = canonical_jid(self.kwargs["group"])
        except BadAddress:
            jid = ""
        if not jid.endswith("@g.us"):
            text = "The group in the address: write its id as GET …/groups shows it, such as 123456789012345678@g.us."
            raise ApiError("invalid_group", text)
        return jid


def flag(request: Request, name: str) -> bool:
    """A query parameter that is true or false; false when it is not there."""
    value = request.query_params.get(name, "false").lower()
    if value not in {"true", "false"}:
        raise ApiError("validation_error", f"{name}: write true or false.")
    return value == "true"
