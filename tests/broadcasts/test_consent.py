"""A word in a reply ends broadcasts, another brings them back."""

import pytest

from messaging.audience.models import Suppression, SuppressionSource
from messaging.audience.services import suppress
from messaging.broadcasts.consent.words import STARTED, STOPPED
from messaging.broadcasts.models import Consent
from messaging.models import Direction, Message
from tests import factories

JID = factories.FRIEND_JID


def answers() -> list[str]:
    return list(Message.objects.filter(direction=Direction.OUT).order_by("id").values_list("text", flat=True))


@pytest.mark.parametrize(
    "word", ["STOP", " stop. ", "Baja", "ABMELDEN!", "Arrêt", "СТОП", "Não stop", "please do not stop"]
)
def test_words_of_several_languages(sessions, reply, word) -> None:
    reply(sessions[0], JID, word)
    assert Suppression.objects.filter(jid=JID).exists() == (
        " stop" not in word.lower().rstrip(". ") or word == " stop. "
    )


def test_out_and_in_again_answers_each_once(sessions, reply) -> None:
    for word in ("STOP", "stop", "START", "start"):
        reply(sessions[0], JID, word)
    assert answers() == [STOPPED, STARTED]
    assert not Suppression.objects.exists()


def test_the_operators_ban_is_not_undone_by_a_word(sessions, workspace, reply) -> None:
    suppress(workspace.pk, JID, source=SuppressionSource.MANUAL)
    reply(sessions[0], JID, "START")
    assert Suppression.objects.filter(jid=JID).exists()
    assert answers() == []


def test_a_workspace_has_words_and_texts_of_its_own(sessions, workspace, reply) -> None:
    Consent.objects.create(workspace=workspace, stop_words=["No gracias"], stop_text="Adiós.")
    reply(sessions[0], JID, "no  GRACIAS")
    assert answers() == ["Adiós."]


def test_it_can_be_switched_off(sessions, workspace, reply) -> None:
    Consent.objects.create(workspace=workspace, enabled=False)
    reply(sessions[0], JID, "STOP")
    assert not Suppression.objects.exists()


def test_groups_do_not_opt_out(sessions, reply) -> None:
    reply(sessions[0], "1203000000000000001@g.us", "STOP")
    assert not Suppression.objects.exists()


def test_the_word_counts_while_the_session_cannot_answer(sessions, reply) -> None:
    type(sessions[0]).objects.update(desired="stopped")
    reply(sessions[0], JID, "STOP")
    assert Suppression.objects.filter(jid=JID).exists()
    assert answers() == []
