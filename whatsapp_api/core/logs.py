"""The request id in every log line, through a context variable."""

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class NoQueryFilter(logging.Filter):
    """Cuts query strings from the addresses that the web server logs: somebody may have put a token there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(cut(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


def cut(address: str) -> str:
    path, mark, _ = address.partition("?")
    return f"{path}?..." if mark and path.startswith("/") else address
