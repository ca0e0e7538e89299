"""Which numbers are on WhatsApp: from what was answered lately, the rest from WhatsApp in batches."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from messaging.models import NumberCheck
from sessions_app.asking import ask
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import iso

BATCH = 50
PAUSE = 0.5  # seconds between two batches


def numbers_check(*, session: Session, phones: Sequence[str], fresh: bool = False) -> list[dict[str, Any]]:
    """One answer for each of these digits, in their order. `fresh`: ask WhatsApp whatever is known."""
    phones = list(dict.fromkeys(phones))
    known = {} if fresh else _known(session, phones)
    missing = [phone for phone in phones if phone not in known]
    for start in range(0, len(missing), BATCH):
        if start:
            time.sleep(PAUSE)
        batch = missing[start : start + BATCH]
        answers = ask(session, "is_on_whatsapp", {"phones": batch}, timeout=30)["results"]
        known |= {check.phone: check for check in _keep(session, answers)}
    return [_payload(known[phone], cached=phone not in missing) for phone in phones if phone in known]


def _known(session: Session, phones: list[str]) -> dict[str, NumberCheck]:
    since = timezone.now() - timedelta(hours=settings.NUMBER_CHECK_HOURS)
    rows = NumberCheck.objects.filter(session_id=session.pk, phone__in=phones, checked_at__gt=since).order_by()
    return {row.phone: row for row in rows}


@retry_conflicts
def _keep(session: Session, answers: list[dict[str, Any]]) -> list[NumberCheck]:
    now = timezone.now()
    rows = [
        NumberCheck(
            session_id=session.pk,
            phone=answer["phone"],
            exists=answer["exists"],
            jid=answer["jid"],
            lid=answer["lid"],
            checked_at=now,
        )
        for answer in answers
    ]
    with atomic():
        NumberCheck.objects.filter(session_id=session.pk, phone__in=[row.phone for row in rows]).delete()
        NumberCheck.objects.bulk_create(rows)
    return rows


def _payload(check: NumberCheck, *, cached: bool) -> dict[str, Any]:
    return {
        "phone": f"+{check.phone}",
        "exists": check.exists,
        "jid": check.jid,
        "lid": check.lid,
        "checked_at": iso(check.checked_at),
        "cached": cached,
    }
