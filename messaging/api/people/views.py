"""Contacts, pictures, the block list, the own profile, privacy and calls."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.api.chats.base import PersonView
from messaging.api.chats.serializers import DisappearingSerializer
from messaging.api.groups.base import flag
from messaging.api.groups.serializers import PictureSerializer as NewPictureSerializer
from messaging.api.serializers import MessageSerializer
from messaging.calls import call_reject
from messaging.models import Contact
from messaging.payloads import message_payload, phone_of
from messaging.people.checks import numbers_check
from messaging.people.contacts import contact_name, contacts_learn, contacts_of, contacts_refresh
from messaging.people.pairs import address_pair
from messaging.people.payloads import contact_payload
from messaging.people.profile import profile_change
from sessions_app.api.base import ASKED, SessionView, valid
from sessions_app.asking import ask
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError

from . import serializers as bodies
from .filters import ContactFilters

TAGS = ["People"]
PERSON = {**ASKED, "e400": "invalid_chat invalid_target"}


class ContactCheck(SessionView):
    """Numbers."""

    scope = Scope.SEND

    @extend_schema(
        summary="Check numbers",
        description="Which of up to 500 numbers are on WhatsApp. Answers are kept for NUMBER_CHECK_HOURS; WhatsApp is "
        "asked for the others 50 at a time. Ask with care: accounts that check many strangers get restricted.",
        tags=TAGS,
        request=bodies.CheckSerializer,
        responses={200: bodies.CheckAnswerSerializer, **refusals(**{**ASKED, "e400": "validation_error"})},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        return Response({"results": numbers_check(session=session, **valid(bodies.CheckSerializer(data=request.data)))})


class ContactList(SessionView, GenericAPIView[Contact]):
    """People."""

    filterset_class = ContactFilters
    serializer_class = bodies.ContactRowSerializer
    queryset = Contact.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Contact]:
        return contacts_of(self.session())

    @extend_schema(
        summary="List contacts",
        description="People whose names came with messages, history, the phone's address book or from here; those met "
        "last first. The address book is read once an hour, and with `refresh`.",
        tags=TAGS,
        responses={
            200: bodies.ContactRowSerializer(many=True),
            **refusals(**{**ASKED, "e400": "validation_error invalid_cursor invalid_limit"}),
        },
    )
    def get(self, request: Request, session_id: str) -> Response:
        session, rows = self.session(), self.filter_queryset(self.get_queryset())
        contacts_refresh(session=session, force=flag(request, "refresh"))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([contact_payload(contact) for contact in page])


class ContactDetail(PersonView):
    """One person."""

    scope = Scope.SEND

    @extend_schema(
        summary="Read a contact",
        description="About, picture and verified business name, asked of WhatsApp now.",
        tags=TAGS,
        responses={200: bodies.ContactSerializer, **refusals(**PERSON)},
    )
    def get(self, request: Request, session_id: str, chat: str) -> Response:
        session, address = self.session(), self.address()
        results = ask(session, "user_info", {"jids": [address]})["results"]
        shown = results[0] if results else {"about": "", "picture_id": "", "business_name": ""}
        pair = address_pair(session, address)
        contacts_learn(session.pk, [{**pair, "business_name": shown["business_name"]}])
        return Response({**shown, **pair})

    @extend_schema(
        summary="Name a contact",
        description="A name of our own, which counts before all others and is shown in the list of chats. The phone "
        "does not learn of it: the engine's changes of the address book do not reach it.",
        tags=TAGS,
        request=bodies.ContactNameSerializer,
        responses={
            200: bodies.ContactRowSerializer,
            **refusals(e400="validation_error invalid_chat", e403="role_too_low", e404="session_not_found"),
        },
    )
    def put(self, request: Request, session_id: str, chat: str) -> Response:
        session, address = self.session(), self.address()
        name = valid(bodies.ContactNameSerializer(data=request.data))["name"].strip()
        return Response(contact_payload(contact_name(session=session, address=address, name=name)))


class ContactPicture(PersonView):
    """A picture."""

    person_only = False

    @extend_schema(
        summary="Find a picture",
        description="Of a person or a group.",
        tags=TAGS,
        responses={200: bodies.PictureSerializer, **refusals(**PERSON)},
    )
    def get(self, request: Request, session_id: str, chat: str) -> Response:
        picture = ask(self.session(), "profile_picture", {"jid": self.address()})
        return Response({"id": picture["id"] or None, "url": picture["url"] or None})


class BusinessProfile(PersonView):
    """What a business says of itself."""

    @extend_schema(
        summary="Read a business profile (not supported)",
        description="501. `business_name` of the contact is all that the engine can read of a business.",
        tags=TAGS,
        responses={
            200: bodies.ContactSerializer,
            **refusals(e400="invalid_chat", e404="session_not_found", e501="unsupported"),
        },
    )
    def get(self, request: Request, session_id: str, chat: str) -> Response:
        self.session()
        self.address()
        text = "The engine's library reads no business profiles; GET …/contacts/{chat} has the verified name."
        raise ApiError("unsupported", text, http_status=501)


class ContactPair(PersonView):
    """LID and phone number."""

    @extend_schema(
        summary="Look up LID or phone number",
        description="Both addresses of a person, whichever is given; empty where this account has not met it.",
        tags=TAGS,
        responses={200: bodies.AddressPairSerializer, **refusals(**PERSON)},
    )
    def get(self, request: Request, session_id: str, chat: str) -> Response:
        return Response(address_pair(self.session(), self.address()))


class BlockList(SessionView):
    """Who is blocked."""

    scope = Scope.SEND

    @extend_schema(
        summary="Read the block list", tags=TAGS, responses={200: bodies.BlockListSerializer, **refusals(**ASKED)}
    )
    def get(self, request: Request, session_id: str) -> Response:
        return Response({"results": ask(self.session(), "blocklist")["jids"]})

    @extend_schema(
        summary="Block somebody",
        tags=TAGS,
        request=bodies.BlockSerializer,
        responses={
            200: bodies.BlockListSerializer,
            **refusals(**{**PERSON, "e400": "validation_error invalid_target"}),
        },
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        contact = valid(bodies.BlockSerializer(data=request.data))["contact"]
        return Response({"results": ask(session, "block", {"jid": contact})["jids"]})


class BlockDetail(PersonView):
    """One who is blocked."""

    scope = Scope.SEND

    @extend_schema(
        summary="Unblock somebody", tags=TAGS, responses={200: bodies.BlockListSerializer, **refusals(**PERSON)}
    )
    def delete(self, request: Request, session_id: str, chat: str) -> Response:
        return Response({"results": ask(self.session(), "unblock", {"jid": self.address()})["jids"]})


class Profile(SessionView):
    """The own account."""

    scope = Scope.SETTINGS

    @extend_schema(
        summary="Read the own profile", tags=TAGS, responses={200: bodies.ProfileSerializer, **refusals(**ASKED)}
    )
    def get(self, request: Request, session_id: str) -> Response:
        return Response(self._shown())

    @extend_schema(
        summary="Change the own profile",
        description="Name and about text, as others see them.",
        tags=TAGS,
        request=bodies.ProfileChangeSerializer,
        responses={200: bodies.ProfileSerializer, **refusals(**{**ASKED, "e400": "validation_error"})},
    )
    def patch(self, request: Request, session_id: str) -> Response:
        session = self.session()
        changes = valid(bodies.ProfileChangeSerializer(data=request.data))
        profile_change(session=session, changes=changes)
        return Response({**self._shown(), **changes})

    def _shown(self) -> dict[str, Any]:
        session = self.session()
        results = ask(session, "user_info", {"jids": [session.jid]})["results"]
        shown = results[0] if results else {"about": "", "picture_id": ""}
        return {
            "jid": session.jid,
            "lid": session.lid,
            "phone": phone_of(session.jid),
            "name": session.push_name,
            "about": shown["about"],
            "picture_id": shown["picture_id"],
        }


class ProfilePicture(SessionView):
    """The own picture."""

    scope = Scope.SETTINGS

    @extend_schema(
        summary="Set the own picture",
        tags=TAGS,
        request=NewPictureSerializer,
        responses={204: None, **refusals(**{**ASKED, "e400": "validation_error"})},
    )
    def put(self, request: Request, session_id: str) -> Response:
        session = self.session()
        picture = valid(NewPictureSerializer(data=request.data))["data"]
        ask(session, "profile_picture_set", {"data": picture})
        return Response(status=204)

    @extend_schema(
        summary="Remove the own picture (not supported)",
        description="The engine can set another one only: 501.",
        tags=TAGS,
        request=None,
        responses={204: None, **refusals(e404="session_not_found", e501="unsupported")},
    )
    def delete(self, request: Request, session_id: str) -> Response:
        self.session()
        text = "The engine cannot remove the account's picture; it can only set another one. Remove it on the phone."
        raise ApiError("unsupported", text, http_status=501)


class Privacy(SessionView):
    """Who may see what."""

    scope = Scope.SETTINGS

    @extend_schema(
        summary="Read privacy settings", tags=TAGS, responses={200: bodies.PrivacySerializer, **refusals(**ASKED)}
    )
    def get(self, request: Request, session_id: str) -> Response:
        return Response(ask(self.session(), "privacy"))

    @extend_schema(
        summary="Change privacy settings",
        tags=TAGS,
        request=bodies.PrivacyChangeSerializer,
        responses={200: bodies.PrivacySerializer, **refusals(**{**ASKED, "e400": "validation_error"})},
    )
    def patch(self, request: Request, session_id: str) -> Response:
        session = self.session()
        settings: dict[str, Any] = {}
        for name, value in valid(bodies.PrivacyChangeSerializer(data=request.data)).items():
            settings = ask(session, "privacy_set", {"name": name, "value": value})
        return Response(settings or ask(session, "privacy"))


class DefaultTimer(SessionView):
    """Disappearing messages of chats to come."""

    scope = Scope.SETTINGS

    @extend_schema(
        summary="Let messages of new chats disappear",
        description="The timer with which chats begin; those that there are keep theirs. WhatsApp does not tell it.",
        tags=TAGS,
        request=DisappearingSerializer,
        responses={204: None, **refusals(**{**ASKED, "e400": "validation_error"})},
    )
    def put(self, request: Request, session_id: str) -> Response:
        ask(self.session(), "default_timer", valid(DisappearingSerializer(data=request.data)))
        return Response(status=204)


class CallReject(SessionView):
    """A call that rings."""

    scope = Scope.SEND

    @extend_schema(
        summary="Reject a call",
        description="`call_id` as in `content` of the event `call.received`.",
        tags=["Calls"],
        request=None,
        responses={
            200: MessageSerializer,
            **refusals(
                **{**ASKED, "e404": "session_not_found call_not_found", "e409": "session_not_connected call_over"}
            ),
        },
    )
    def post(self, request: Request, session_id: str, call_id: str) -> Response:
        return Response(message_payload(call_reject(session=self.session(), call_id=self.kwargs["call_id"])))
