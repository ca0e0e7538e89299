"""What every log line says about where it comes from: request, task, session and user, through context variables."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")
task_id: ContextVar[str] = ContextVar("task_id", default="")
session_id: ContextVar[str] = ContextVar("session_id", default="")
user: ContextVar[str] = ContextVar("user", default="")
current_request: ContextVar[Any] = ContextVar("current_request", default=None)
"""The HttpRequest under way: who asks and for which session becomes known only while it is answered."""

CONTEXT: dict[str, ContextVar[str]] = {
    "request_id": request_id,
    "task_id": task_id,
    "session_id": session_id,
    "user": user,
}


@contextmanager
def about(**values: object) -> Iterator[None]:
    """Lines of this block, in this thread or task, name these: `about(session_id=row.pk)`."""
    tokens = [(CONTEXT[name], CONTEXT[name].set(str(value))) for name, value in values.items()]
    try:
        yield
    finally:
        for variable, token in reversed(tokens):
            variable.reset(token)


def context() -> dict[str, str]:
    """What is known now; names without a value are left out."""
    known = {name: variable.get() for name, variable in CONTEXT.items()}
    if (request := current_request.get()) is not None:
        known = _of_request(request) | {name: value for name, value in known.items() if value}
    return {name: value for name, value in known.items() if value and value != "-"}


def _of_request(request: Any) -> dict[str, str]:
    """Only what is there already: a log line must not cause a query."""
    match = getattr(request, "resolver_match", None)
    found = vars(request).get("user")
    if hasattr(found, "_wrapped"):  # Django's lazy user, perhaps not looked up yet
        found = getattr(request, "_cached_user", None)
    return {
        "session_id": str(match.kwargs.get("session_id", "")) if match else "",
        "user": str(found.get_username()) if found is not None else "",
    }


class ContextFilter(logging.Filter):
    """Adds `context` to each record, and the same as a word for people: `request_id=... user=...`."""

    def filter(self, record: logging.LogRecord) -> bool:
        known = context()
        record.context = known
        record.where = "".join(f" {name.removesuffix('_id')}={value}" for name, value in known.items())
        return True


class NoQueryFilter(logging.Filter):
    """Cuts query strings from the addresses that the web server logs: somebody may have put a token there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(cut(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


class NoStackFilter(logging.Filter):
    """Beat prints two stacks, 150 lines, for each task that it cannot send: what they end with says it all."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg == "Message Error: %s\n%s" and isinstance(record.args, tuple):
            record.msg, record.args = "A task cannot be sent: %s", record.args[:1]
            record.exc_info = record.exc_text = None
        return True


class NoRefusalFilter(logging.Filter):
    """Leaves out answers of 501: what the engine cannot do is no error of the server."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != HTTPStatus.NOT_IMPLEMENTED


def cut(address: str) -> str:
    path, mark, _ = address.partition("?")
    return f"{path}?..." if mark and path.startswith("/") else address
