"""Rows of nodes, for those who are not one."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError
from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from sessions_app.engine.states import FINAL_STATES
from sessions_app.models import Desired, Session

from .models import Node

KEEP = timedelta(days=1)


def dead_owners(owners: Iterable[str]) -> set[str]:
    """Those of `owners` that carry nothing any more.

    An owner that no row speaks of gets one, so that the undertaker looks after it: perhaps it lives in Redis.
    """
    names = {name for name in owners if name}
    if not names:
        return set()
    known = dict(Node.objects.filter(name__in=names).values_list("name", "dead_at"))
    for name in names - set(known):
        _adopt(name)
    return {name for name, dead_at in known.items() if dead_at is not None}


def node_drain(name: str) -> None:
    """It takes no more sessions, and its own go to others."""
    Node.objects.filter(name=name, draining=False).update(draining=True)


def nodes_prune() -> int:
    """Forget the dead of the past, unless sessions still bear their name."""
    old = Node.objects.filter(dead_at__lt=timezone.now() - KEEP).values_list("name", flat=True)
    names = set(old)
    names -= set(Session.objects.filter(owner__in=names).values_list("owner", flat=True))
    return Node.objects.filter(name__in=names).delete()[0] if names else 0


def owner_loads() -> dict[str, int]:
    """How many sessions each owner runs, or is about to; those at rest weigh nothing."""
    started = Session.objects.exclude(owner="").filter(desired=Desired.STARTED)
    running = started.filter(~Q(state__in=FINAL_STATES) | Q(generation__gt=F("state_generation")))
    return dict(running.order_by().values_list("owner").annotate(count=Count("pk")))


def _adopt(name: str) -> None:
    try:
        node = Node.objects.create(name=name, cause="unknown")
    except IntegrityError:  # another worker was first
        return
    Node.objects.filter(pk=node.pk).update(buried_at=Now())
