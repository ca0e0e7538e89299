"""One JSON object a line, which names what it is about, and no secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, cast

import pytest
from celery import current_app
from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import schedule
from django.core.exceptions import ImproperlyConfigured

from whatsapp_api.core.log_formats import ConsoleFormatter, JsonFormatter, levels, logging_settings
from whatsapp_api.core.logs import ContextFilter, NoStackFilter, about, request_id

logger = logging.getLogger("tests.lines")


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(ContextFilter())
    logger.addHandler(handler)
    yield out
    logger.removeHandler(handler)


def lines(printed: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def test_a_line_says_what_it_is_about(printed: io.StringIO) -> None:
    token = request_id.set("r1")
    with about(session_id="s1", task_id="t1"):
        logger.warning("Two\nlines of %s", "text")
    request_id.reset(token)
    logger.warning("after")

    first, after = lines(printed)
    assert first["message"] == "Two\nlines of text"
    assert (first["request_id"], first["session_id"], first["task_id"]) == ("r1", "s1", "t1")
    assert {"time", "level", "logger", "process", "pid", "thread"} <= set(first)
    assert "session_id" not in after


def test_secrets_go_from_messages_and_tracebacks(printed: io.StringIO) -> None:
    try:
        raise ValueError('{"password": "hunter22"}')
    except ValueError:
        logger.exception("password=hunter22, still %s", '"JSON"')

    (line,) = lines(printed)
    assert "hunter22" not in printed.getvalue()
    assert "ValueError" in line["exception"]
    assert line["message"].endswith('still "JSON"')


def test_people_read_it_on_one_line() -> None:
    record = logging.LogRecord("a.b", logging.INFO, "", 1, "Hello", None, None)
    with about(request_id="-", session_id="s1"):
        ContextFilter().filter(record)
    assert ConsoleFormatter().format(record).endswith("INFO    a.b session=s1: Hello")


def test_levels_of_modules() -> None:
    assert levels("messaging=debug, celery=ERROR") == {"messaging": "DEBUG", "celery": "ERROR"}
    made = logging_settings(form="json", level="info", overrides="uvicorn.error=DEBUG")
    assert made["loggers"]["uvicorn.error"] == {"filters": ["no_query"], "level": "DEBUG"}


@pytest.mark.parametrize("wrong", ["messaging", "messaging=LOUD", "=DEBUG"])
def test_a_wrong_level_stops_the_start(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="LOG_LEVELS"):
        logging_settings(form="json", level="INFO", overrides=wrong)


def test_beat_says_in_one_line_that_a_task_cannot_be_sent(caplog: pytest.LogCaptureFixture) -> None:
    """Through Celery's own code, whose wording the filter knows."""
    entry = ScheduleEntry(name="tick", task="tick", schedule=schedule(1), app=current_app)
    beat = logging.getLogger("celery.beat")
    brief, unfit = NoStackFilter(), cast("Any", "no producer")
    beat.addFilter(brief)
    try:
        Scheduler(app=current_app, lazy=True).apply_entry(entry, producer=unfit)
    finally:
        beat.removeFilter(brief)
    (record,) = (record for record in caplog.records if record.name == beat.name)  # other threads have their say, too
    assert record.getMessage().partition(":")[0] == "A task cannot be sent"
    assert "Traceback" not in record.getMessage() and not record.exc_info and not record.exc_text
