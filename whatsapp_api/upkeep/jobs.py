"""The jobs of retention and clean-up: what each removes, by which setting, and how to count without removing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from celery import current_app
from django.conf import settings


@dataclass(frozen=True, slots=True)
class Job:
    """`keeps`: what the settings say, in a sentence. `due`: how many it would remove now, by what they are."""

    task: str
    title: str
    keeps: Callable[[], str]
    due: Callable[[], dict[str, int]]

    @property
    def every(self) -> timedelta | None:
        """Between two runs by beat."""
        entries = settings.CELERY_BEAT_SCHEDULE.values()
        seconds = next((entry["schedule"] for entry in entries if entry["task"] == self.task), None)
        return timedelta(seconds=seconds) if seconds else None

    def start(self) -> None:
        """Now, in a worker."""
        current_app.send_task(self.task, retry=False)


def _events() -> dict[str, int]:
    from whatsapp_api.events.tasks import due

    return {"events": due().count()}


def _messages() -> dict[str, int]:
    from messaging.retention import due

    return due()


def _media() -> dict[str, int]:
    from messaging.media.services import media_due

    return {"files": sum(rows.count() for rows in media_due())}


def _deliveries() -> dict[str, int]:
    from messaging.webhooks.tasks import due

    return {"rows": sum(rows.count() for rows in due())}


def _audit() -> dict[str, int]:
    from whatsapp_api.accounts.audit.retention import audit_due

    return {"entries": audit_due(settings.AUDIT_KEEP_DAYS)}


def _sessions() -> dict[str, int]:
    from sessions_app.cleanup.limits import limits
    from sessions_app.cleanup.sessions import sessions_old

    found: dict[str, int] = {}
    for old in sessions_old(limits()):
        found[f"sessions to {old.step}"] = found.get(f"sessions to {old.step}", 0) + 1
    return found


def _logins() -> dict[str, int]:
    from whatsapp_api.accounts.login.services import logins_due

    return {"logins": logins_due().count()}


def _keys() -> dict[str, int]:
    from messaging.idempotency import keys_due

    return {"keys": keys_due().count()}


def _days(name: str) -> Callable[[], str]:
    return lambda: _span(int(getattr(settings, name)), "day")


def _span(number: int, unit: str) -> str:
    return f"{number} {unit}{'s' if number != 1 else ''}" if number else "for ever"


def _session_limits() -> str:
    hours, days = settings.CLEANUP_UNPAIRED_HOURS, settings.CLEANUP_LOGGED_OUT_DAYS
    verb = "removed" if settings.CLEANUP_REMOVE else "stopped"
    return f"never linked: {_span(hours, 'hour')}; logged out: {_span(days, 'day')}; then {verb}"


JOBS: tuple[Job, ...] = (
    Job("events.prune", "Event log", _days("EVENTS_KEEP_DAYS"), _events),
    Job("messages.retain", "Messages and their texts", lambda: "as each workspace says", _messages),
    Job("media.clean", "Files of messages", _days("MEDIA_KEEP_DAYS"), _media),
    Job("webhooks.prune", "Webhook deliveries", _days("WEBHOOK_LOG_DAYS"), _deliveries),
    Job("audit.prune", "Audit trail", _days("AUDIT_KEEP_DAYS"), _audit),
    Job("sessions.cleanup", "Sessions that nobody uses", _session_limits, _sessions),
    Job("logins.prune", "Logins that expired", lambda: "until they expire", _logins),
    Job("messages.prune_keys", "Idempotency keys", lambda: _span(settings.IDEMPOTENCY_HOURS, "hour"), _keys),
)
BY_TASK: dict[str, Job] = {job.task: job for job in JOBS}
