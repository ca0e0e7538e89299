"""Who carries a session. `owner` names a node, `epoch` fences it: it grows with every take.

A node is one run of a sessions worker; its name is new with each start. Every write of an owner names the epoch
it holds, so an owner that was replaced without noticing changes nothing.

A node lives while it holds its lease (`sessions_app.cluster`); the sessions of a dead one may be taken by anybody.
"""

import os
import secrets
import socket
import uuid
from typing import Any

from django.db.models import F
from django.utils import timezone

from .cluster import nodes
from .models import Session


def node_name() -> str:
    """A name for this run of the worker, unique over machines and restarts."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"


def dead_owners(node: str) -> set[str]:
    """Nodes that carry sessions in name only: `node` may take them."""
    owners = Session.objects.exclude(owner__in=["", node]).order_by().values_list("owner", flat=True).distinct()
    return nodes.dead_owners(owners)


def take(session: Session, *, node: str) -> bool:
    """Become the owner if nobody else did since `session` was read; its `owner` and `epoch` follow."""
    rows = Session.objects.filter(pk=session.pk, owner=session.owner, epoch=session.epoch)
    if not rows.update(owner=node, epoch=F("epoch") + 1):
        return False
    session.owner, session.epoch = node, session.epoch + 1
    return True


def release(session_id: uuid.UUID, epoch: int) -> bool:
    """Let go of a session, if it is still ours. The epoch stays: the next owner's is higher."""
    return session_update(session_id, epoch, owner="")


def session_update(session_id: uuid.UUID, epoch: int, **fields: Any) -> bool:
    """The owner's only way to write a session; False when it is not the owner any more."""
    rows = Session.objects.filter(pk=session_id, epoch=epoch)
    return bool(rows.update(updated_at=timezone.now(), **fields))
