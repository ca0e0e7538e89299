"""Changes of accounts, wherever they are made: over REST, in the dashboard, by Django's own commands or its shell."""

from typing import Any

from whatsapp_api.core.command_trail import command_running

from .audit.commands import command_audit
from .audit.draft import audit_change, audit_target, drafting

# The password's hash never gets further than the comparison: the trail masks it.
AUDITED = ("username", "email", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "password")


def wanted(update_fields: Any) -> bool:
    """Is this a change to write down, and does somebody keep a trail? Logins only touch dates."""
    touched = update_fields is None or bool(set(update_fields) & set(AUDITED))
    return touched and (drafting() or bool(command_running()))


def told(user: Any) -> dict[str, Any]:
    return {name: getattr(user, name) for name in AUDITED}


def changed(user: Any, before: dict[str, Any]) -> None:
    """`before`: empty for a new account."""
    after, target = told(user), f"user:{user.pk}"
    if drafting():
        audit_target(target)
        audit_change(before, after)
        return
    changes = {name for name in AUDITED if before.get(name) != after[name]}
    old = {name: before.get(name) for name in changes if before}
    command_audit(command_running(), target, old, {name: after[name] for name in changes})
