"""Calls that a session refuses by itself: which of them, and what becomes of those that nobody can refuse."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.call_rejecting import call_refuse
from messaging.calls import call_reject, call_store
from messaging.models import Message
from sessions_app.engine.base import CallChanged
from sessions_app.models import Session
from tests import factories
from tests.messaging.conftest import FRIEND
from whatsapp_api.events.models import Event


def ring(session: Session, **fields: object) -> Message:
    content = {"call_id": "C1", "status": "ringing", "caller": factories.FRIEND_JID}
    return factories.message(session, **{"kind": "call", "content": content, **fields})


def happens(session: Session, phase: str) -> None:
    """A phase of a friend's call, as the engine tells it."""
    event = CallChanged(
        session=str(session.pk),
        phase=phase,
        call_id="C1",
        timestamp=time.time(),
        sender=FRIEND,
        chat=FRIEND,
        caller=FRIEND.jid,
    )
    call_store(session, event)


@pytest.mark.parametrize("fields", [{}, {"timestamp": timezone.now() - timedelta(minutes=2)}])
def test_what_is_not_wanted_or_long_over_is_left_alone(session: Session, fields: dict[str, object]) -> None:
    Session.objects.update(reject_calls=bool(fields), reject_calls_text="Write")
    assert not call_refuse(ring(session, **fields).pk)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("phase", ["terminate", "reject"])
def test_a_call_that_ends_while_it_is_refused_ends_once(
    session: Session, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    """Its caller hangs up, or its phone refuses it as well."""
    monkeypatch.setattr("messaging.calls.ask", lambda *_: happens(session, phase))
    happens(session, "offer")
    refused = call_reject(session=session, call_id="C1")
    ended = {"terminate": ("missed", "call.ended"), "reject": ("rejected", "call.rejected")}[phase]
    assert (refused.content["status"], Message.objects.get().content["status"]) == (ended[0], ended[0])
    assert [event.type for event in Event.objects.order_by("sequence")] == ["call.received", ended[1]]


def test_a_session_that_went_away_refuses_nothing_and_writes_nothing(session: Session) -> None:
    Session.objects.update(reject_calls=True, reject_calls_text="Write", state="RECONNECTING")
    assert not call_refuse(ring(session).pk)
    assert Message.objects.get().content["status"] == "ringing"


@pytest.mark.parametrize("wanted", [True, False])
def test_a_call_right_after_the_setting_was_changed_meets_the_new_one(
    session: Session, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    """The row that the owner holds, here the fixture's, was read before."""
    session.reject_calls = not wanted
    Session.objects.update(reject_calls=wanted)
    asked: list[str] = []
    monkeypatch.setattr("messaging.calls.start", lambda _, call_id: asked.append(call_id))
    happens(session, "offer")
    assert asked == ([str(Message.objects.get().pk)] if wanted else [])
