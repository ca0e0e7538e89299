"""What log lines of a request and of the task that it asked for say."""

import logging
import uuid

import pytest
from celery import signals
from django.test import Client

from tests import factories
from whatsapp_api.core.logs import ContextFilter, context, request_id
from whatsapp_api.core.task_logs import HEADER


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.addFilter(ContextFilter())
        self.contexts: list[dict[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.contexts.append(record.context)


@pytest.mark.django_db
def test_a_request_names_its_user_and_session() -> None:
    kept, logger = Kept(), logging.getLogger("django.request")
    logger.addHandler(kept)
    before = logger.level
    logger.setLevel(logging.DEBUG)  # also empties what the logger remembers of its level
    client = Client(raise_request_exception=False)
    user = factories.user()
    client.force_login(user)
    session_id = uuid.uuid4()
    try:
        client.get(f"/api/v1/sessions/{session_id}", headers={"X-Request-Id": "of-mine"})
    finally:
        logger.setLevel(before)
        logger.removeHandler(kept)

    assert kept.contexts[-1] == {
        "request_id": "of-mine",
        "session_id": str(session_id),
        "user": user.get_username(),
    }


@pytest.mark.parametrize(("status", "kept"), [(500, True), (503, True), (501, False)])
def test_what_the_engine_cannot_do_is_no_error(status: int, kept: bool) -> None:
    logger = logging.getLogger("django.request")
    record = logger.makeRecord(logger.name, logging.ERROR, "", 0, "%s", ("Not Implemented",), None)
    record.status_code = status
    assert bool(logger.filter(record)) is kept


def test_a_task_knows_which_request_asked_for_it() -> None:
    headers: dict[str, str] = {}
    token = request_id.set("r2")
    signals.before_task_publish.send(sender="x", headers=headers)
    request_id.reset(token)
    assert headers == {HEADER: "r2"}

    class Task:
        request = type("Request", (), {HEADER: headers[HEADER]})

    signals.task_prerun.send(sender="x", task_id="t2", task=Task, kwargs={"session_id": "s2"})
    inside = context()
    signals.task_postrun.send(sender="x", task_id="t2", task=Task)
    assert {"task_id": "t2", "request_id": "r2", "session_id": "s2"}.items() <= inside.items()
    assert "task_id" not in context()
