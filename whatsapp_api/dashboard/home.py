"""The overview: how many sessions are in which state, today's messages, and what needs a person."""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from messaging.models import Direction, Message, MessageState
from sessions_app.display import LOOKS, look
from sessions_app.engine.states import PAIRING_STATES, SENDING_STATES, State
from sessions_app.models import Session
from whatsapp_api.accounts.admin_access import visible_workspaces

PROBLEM_STATES = (State.FAILED, State.BANNED, State.LOGGED_OUT, State.REPLACED, State.RECONNECTING, State.DEGRADED)
SHOWN = 8


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback."""
    mine = visible_workspaces(request)
    sessions = Session.objects.filter(workspace_id__in=mine, deleted_at=None)
    states = dict(sessions.order_by().values_list("state").annotate(count=Count("id")))
    context |= {
        "total": sum(states.values()),
        "tiles": _tiles(states),
        "states": [{"look": look(state), "state": state, "count": states[state]} for state in LOOKS if state in states],
        "today": _today(mine),
        "problems": [(session, look(session.state)) for session in _problems(sessions)],
        "failures": _failures(mine),
        "page_data": {"refresh_on": ["session.status"]},
    }
    return context


def _tiles(states: dict[str, int]) -> list[dict[str, Any]]:
    def count(wanted: Any) -> int:
        return sum(number for state, number in states.items() if state in wanted)

    attention = count({State.FAILED, State.BANNED, State.LOGGED_OUT, State.REPLACED})
    return [
        {"label": "Connected", "icon": "check_circle", "tone": "success", "value": count(SENDING_STATES)},
        {"label": "Waiting to be linked", "icon": "qr_code_2", "tone": "info", "value": count(PAIRING_STATES)},
        {
            "label": "Need attention",
            "icon": "error",
            "tone": "danger" if attention else "neutral",
            "value": attention,
        },
    ]


def _today(workspaces: list[uuid.UUID]) -> dict[str, int]:
    """Messages since midnight UTC."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Message.objects.filter(workspace_id__in=workspaces, created_at__gte=midnight).order_by()
    counts = dict(rows.values_list("direction").annotate(count=Count("id")))
    return {"received": counts.get(Direction.IN, 0), "sent": counts.get(Direction.OUT, 0)}


def _problems(sessions: Any) -> list[Session]:
    return list(sessions.filter(state__in=[state.value for state in PROBLEM_STATES]).order_by("-state_at")[:SHOWN])


def _failures(workspaces: list[uuid.UUID]) -> list[Message]:
    """Messages of the last day that did not go out, or nobody knows."""
    since = timezone.now() - timedelta(days=1)
    wanted = (MessageState.FAILED, MessageState.UNCONFIRMED)
    rows = Message.objects.filter(workspace_id__in=workspaces, state__in=wanted, created_at__gte=since)
    return list(rows.prefetch_related("session")[:SHOWN])
