"""How log lines are written: for people on a terminal, or one JSON object a line for machines. Both are scrubbed."""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .scrub import ScrubbingFormatter, scrubbed

COLOURS = {"DEBUG": "\033[2m", "WARNING": "\033[33m", "ERROR": "\033[31m", "CRITICAL": "\033[1;31m"}
PLAIN = "\033[0m"
LINE = "%(asctime)s %(levelname)-7s %(name)s%(where)s: %(message)s"


class ConsoleFormatter(ScrubbingFormatter):
    """One readable line; the level in colour on a terminal, unless NO_COLOR is set."""

    def __init__(self) -> None:
        super().__init__(LINE, defaults={"where": ""})
        self._coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        colour = COLOURS.get(record.levelname, "") if self._coloured else ""
        return f"{colour}{line}{PLAIN}" if colour else line


class JsonFormatter(logging.Formatter):
    """`{"time", "level", "logger", "message", "process", "pid", "thread", ...context, "exception"?}` on one line."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrubbed(record.getMessage()),
            "process": process_name(),
            "pid": record.process,
            "thread": record.threadName,
            **{name: scrubbed(value) for name, value in getattr(record, "context", {}).items()},
        }
        if record.exc_info:
            fields["exception"] = scrubbed(self.formatException(record.exc_info))
        return json.dumps(fields, ensure_ascii=False)


def process_name() -> str:
    """`web`, `sessions-1`, `worker-2`, `beat`: by the command line, as the Procfile has it."""
    words = sys.argv
    named = next((after for word, after in pairwise(words) if word in {"-n", "--hostname"}), "")
    if named:
        return named.partition("@")[0]
    program = Path(words[0]).name if words else ""
    if program == "uvicorn":
        return "web"
    return "beat" if "beat" in words else program.removesuffix(".py")


def levels(text: str) -> dict[str, str]:
    """`messaging=DEBUG,celery=ERROR` by logger; ValueError says what is wrong."""
    found = {}
    for part in text.replace(",", " ").split():
        name, _, level = part.partition("=")
        if not name or level.upper() not in logging.getLevelNamesMapping():
            raise ValueError(f"{part!r} is not MODULE=LEVEL, with a level of DEBUG, INFO, WARNING, ERROR or CRITICAL")
        found[name] = level.upper()
    return found


def logging_settings(*, form: str, level: str, overrides: str) -> dict[str, Any]:
    """LOGGING: everything goes to stderr, where systemd, Docker or the runner take it and rotate it."""
    try:
        chosen = levels(overrides)
        levels(f"root={level}")
    except ValueError as error:
        raise ImproperlyConfigured(f"LOG_LEVEL, LOG_LEVELS: {error}") from None
    formatter = "JsonFormatter" if form == "json" else "ConsoleFormatter"
    loggers: dict[str, dict[str, Any]] = {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},  # a line for each task that arrives
        "celery.beat": {"level": "WARNING", "filters": ["no_stack"]},
        "django": {"handlers": []},  # Django's own handler would print every line a second time
        # A 4xx is the caller's business, and in the answer.
        "django.request": {"level": "ERROR", "filters": ["no_refusal"]},
        "uvicorn": {"handlers": [], "propagate": True},  # its own would print in a form of its own
        "uvicorn.error": {"filters": ["no_query"]},
        # `--no-access-log` alone does not hold: setting up its parent turns the child on again.
        "uvicorn.access": {"handlers": [], "propagate": False},
    }
    for name, wanted in chosen.items():
        loggers[name] = {**loggers.get(name, {}), "level": wanted}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "context": {"()": "whatsapp_api.core.logs.ContextFilter"},
            "no_query": {"()": "whatsapp_api.core.logs.NoQueryFilter"},
            "no_refusal": {"()": "whatsapp_api.core.logs.NoRefusalFilter"},
            "no_stack": {"()": "whatsapp_api.core.logs.NoStackFilter"},
        },
        "formatters": {"line": {"()": f"whatsapp_api.core.log_formats.{formatter}"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["context"]},
            "recent": {"class": "whatsapp_api.core.recent_errors.RecentErrors", "filters": ["context"]},
        },
        "root": {"handlers": ["console", "recent"], "level": level.upper()},
        "loggers": loggers,
    }
