"""Making and revoking API keys."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from whatsapp_api.accounts.access_changes import access_changed
from whatsapp_api.accounts.audit.draft import audit_about, audit_change
from whatsapp_api.accounts.authority import Authority
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.db import retry_conflicts
from whatsapp_api.core.errors import ApiError

from .models import ApiKey
from .secret import secret_make


@retry_conflicts
def key_create(
    *,
    authority: Authority,
    workspace_id: uuid.UUID,
    name: str,
    scopes: list[str],
    sessions: list[str] | None = None,
    networks: list[str] | None = None,
    rates: dict[str, str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """The key and its text, which nobody can read again. Nobody gives away more than they hold."""
    _require_no_more(authority, workspace_id, scopes)
    assert isinstance(authority.user, User)
    secret = secret_make()
    key = ApiKey.objects.create(
        workspace_id=workspace_id,
        created_by=authority.user,
        name=name,
        prefix=secret.prefix,
        digest=secret.digest,
        scopes=sorted(set(scopes)),
        sessions=sessions or [],
        networks=networks or [],
        rates=rates or {},
        expires_at=expires_at,
    )
    audit_about(workspace_id, f"key:{key.pk}")
    audit_change({}, {"name": name, "scopes": key.scopes, "sessions": key.sessions, "networks": key.networks})
    return key, secret.text


@retry_conflicts
def key_update(*, authority: Authority, key: ApiKey, **changes: Any) -> ApiKey:
    """Change its name, scopes, sessions, networks, rates or end."""
    _require_no_more(authority, key.workspace_id, changes.get("scopes", []))
    audit_change({name: getattr(key, name) for name in changes}, changes)
    ApiKey.objects.filter(pk=key.pk).update(**changes)
    access_changed(key.created_by_id)
    key.refresh_from_db()
    return key


@retry_conflicts
def key_revoke(*, key: ApiKey) -> bool:
    """It opens nothing any more; the row stays for the audit trail. False when that was so already."""
    revoked = bool(ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()))
    access_changed(key.created_by_id)
    return revoked


def _require_no_more(authority: Authority, workspace_id: uuid.UUID, scopes: list[str]) -> None:
    held = authority.scopes_in(workspace_id)
    if missing := sorted({Scope(scope) for scope in scopes} - held):
        raise ApiError(
            "scope_missing",
            f"You cannot give a key what you do not hold yourself: {', '.join(missing)}.",
            http_status=403,
        )
