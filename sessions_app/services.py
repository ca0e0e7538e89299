"""What people ask of a session. Only the owning worker writes its state; here we write what is desired.

Every change is one conditional update, never `save()`: the owner writes other fields of the row meanwhile.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from whatsapp_api.accounts.audit.draft import audit_change
from whatsapp_api.core.db import retry_conflicts
from whatsapp_api.core.errors import ApiError, Conflict, Unavailable

from . import commands
from .engine.errors import EngineError
from .labels import labels_join
from .models import Desired, PairingMethod, Session
from .proxies import Proxy, proxy_fields, proxy_of
from .selectors import session_gone

SETTINGS = frozenset(
    {
        *("name", "metadata", "labels", "ignore_groups", "ignore_status", "ignore_channels"),
        *("autostart", "device_name", "history_sync", "webhook_defaults"),
        *("reject_calls", "reject_calls_text"),
        *("rate_per_minute", "rate_burst", "rate_jitter", "queue_limit"),
    }
)

Plan = Callable[[Session], dict[str, Any] | None]


@retry_conflicts
def session_create(
    *,
    workspace_id: uuid.UUID,
    name: str,
    provider: str,
    pairing_method: str = PairingMethod.QR,
    pairing_phone: str = "",
    **settings: Any,
) -> Session:
    """A new session, not started. `settings`: see SETTINGS."""
    return Session.objects.create(
        workspace_id=workspace_id,
        name=name,
        provider=provider,
        pairing_method=pairing_method,
        pairing_phone=pairing_phone,
        **_columns(settings),
    )


@retry_conflicts
def session_update(*, session: Session, **settings: Any) -> None:
    """Change its name or any of SETTINGS; the values are clean."""
    audit_change({name: getattr(session, name) for name in settings}, settings)
    _write(session, changes=_columns(settings))
    _reload(session)


@retry_conflicts
def session_proxy_set(*, session: Session, proxy: Proxy | None) -> bool:
    """Go through this proxy, or through none. True when a session that is under way restarts for it."""
    audit_change({"proxy": session.proxy_address}, {"proxy": proxy.address if proxy else ""})

    def plan(current: Session) -> dict[str, Any] | None:
        if _has_proxy(current, proxy):
            return None
        return {**proxy_fields(current, proxy), **(_afresh() if is_under_way(current) else {})}

    return _desire(session, plan) and is_under_way(session)


@retry_conflicts
def session_start(*, session: Session, method: str | None = None, phone: str | None = None) -> bool:
    """Connect, or pair by `method` (by default the way chosen before); False when that is under way already.

    Another pairing method, or another phone number, begins pairing afresh.
    """

    def plan(current: Session) -> dict[str, Any] | None:
        chosen = method or current.pairing_method
        number = current.pairing_phone if phone is None else phone
        if is_under_way(current) and (current.is_paired or _pairs_like(current, chosen, number)):
            return None
        if chosen == PairingMethod.CODE and not number and not current.is_paired:
            raise ApiError("phone_required", "phone: a pairing code needs the number of the phone that will type it.")
        return {**_afresh(), "pairing_method": chosen, "pairing_phone": number}

    return _desire(session, plan)


@retry_conflicts
def session_restart(*, session: Session) -> bool:
    """Connect afresh, whatever the session does now."""
    return _desire(session, lambda current: _afresh())


@retry_conflicts
def session_stop(*, session: Session) -> bool:
    """Disconnect and keep the account linked; False when that was asked already."""
    return _desire(session, lambda current: None if current.desired == Desired.STOPPED else _stopped())


@retry_conflicts
def session_logout(*, session: Session) -> bool:
    """Unlink the device at WhatsApp and stop; False when that was asked already."""

    def plan(current: Session) -> dict[str, Any] | None:
        if not current.is_paired:
            raise Conflict("not_paired", "The session is not linked to an account, so there is nothing to log out of.")
        return None if current.logout_requested else {**_stopped(), "logout_requested": True}

    return _desire(session, plan)


@retry_conflicts
def session_delete(*, session: Session) -> None:
    """Hide it at once; the owner disconnects, removes the files and then the row."""
    _write(session, changes={**_stopped(), "deleted_at": timezone.now()})


@retry_conflicts
def session_retire(*, session: Session, remove: bool) -> bool:
    """Stop or delete a session that nobody uses, unless somebody asked something of it since it was read."""
    changes = _stopped() | ({"deleted_at": timezone.now()} if remove else {})
    return _write(session, generation=session.generation, desired=session.desired, changes=changes)


def is_under_way(session: Session) -> bool:
    """Started, and at work or about to be: a start is pending while the state speaks of an older generation."""
    pending = session.state_generation < session.generation
    return session.desired == Desired.STARTED and (pending or not session.is_final)


def _columns(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as columns of a session; what is not one is a defect of the caller."""
    if unknown := set(settings) - SETTINGS:
        raise TypeError(f"not settings of a session: {', '.join(sorted(unknown))}")
    columns = dict(settings)
    if "labels" in columns:
        columns["label_text"] = labels_join(columns.pop("labels"))
    return columns


def _has_proxy(session: Session, proxy: Proxy | None) -> bool:
    try:
        return proxy_of(session) == proxy
    except EngineError:  # the credentials cannot be read any more
        return False


def _pairs_like(session: Session, method: str, phone: str) -> bool:
    return session.pairing_method == method and (method == PairingMethod.QR or session.pairing_phone == phone)


def _afresh() -> dict[str, Any]:
    return {"desired": Desired.STARTED, "generation": F("generation") + 1}


def _stopped() -> dict[str, Any]:
    return {"desired": Desired.STOPPED}


def _desire(session: Session, plan: Plan) -> bool:
    """Write what `plan` makes of the current row; plan again if somebody else changed the desired side meanwhile."""
    for _ in range(20):
        _reload(session)
        changes = plan(session)
        if changes is None:
            return False
        if _write(session, generation=session.generation, desired=session.desired, changes=changes):
            _reload(session)
            return True
    raise Unavailable("session_busy", "Others are changing this session at the same time; try again.")


def _reload(session: Session) -> None:
    try:
        session.refresh_from_db()
    except Session.DoesNotExist:
        session.deleted_at = timezone.now()
    if session.deleted_at:
        raise session_gone()


def _write(session: Session, *, changes: dict[str, Any], **expected: Any) -> bool:
    """Compare and set; the owner hears of it after the commit."""
    rows = Session.objects.filter(pk=session.pk, deleted_at=None, **expected)
    if not rows.update(**changes, updated_at=timezone.now()):
        return False
    transaction.on_commit(lambda: commands.wake(session.pk))
    return True
