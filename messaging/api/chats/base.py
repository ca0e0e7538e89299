"""What the views of one chat share."""

from messaging.addresses import BadAddress, canonical_jid
from messaging.chats.selectors import chat_get
from messaging.models import Chat, ChatKind, chat_kind
from sessions_app.api.base import SessionView
from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError

TAGS = ["Chats"]


class ChatView(SessionView):
    """A view below /sessions/{session_id}/chats/{chat}."""

    def address(self) -> str:
        """The canonical address in the path; 400 for what is none."""
        try:
            return canonical_jid(self.kwargs["chat"])
        except BadAddress as error:
            raise ApiError("invalid_chat", f"The chat in the address: {error}") from error

    def chat(self, session: Session) -> Chat:
        """The chat in the path; 404 unless it is there."""
        return chat_get(session, self.address())


class PersonView(ChatView):
    """A view about one person; `person_only` false: or a group."""

    person_only = True

    def address(self) -> str:
        address = super().address()
        if self.person_only and chat_kind(address) != ChatKind.PERSON:
            raise ApiError("invalid_chat", "Only a person has this: write a phone number, or an id that ends in @lid.")
        return address
