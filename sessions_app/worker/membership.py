"""How a sessions worker takes part in the cluster: its settings, and what its parent is told."""

import socket
from pathlib import Path

from django.conf import settings

from sessions_app.cluster.member import Member, MemberSettings

from .pulse import Told, tell

NODES = ".nodes"


def member_settings() -> MemberSettings:
    """From Django's settings. Life files lie beside the stores: who shares those sees them."""
    return MemberSettings(
        ttl=float(settings.SESSION_LEASE_SECONDS),
        redis_url=settings.REDIS_URL,
        life_folder=Path(settings.SESSIONS_DIR) / NODES,
        host=socket.gethostname()[:100],
        capacity=settings.SESSION_WORKER_CAPACITY,
    )


def parent_tell(member: Member) -> None:
    """Under which name we run now, and where others listen, if there is a parent that speaks for us when we die."""
    tell(Told(str(member.life_file), member.settings.redis_url, member.settings.ttl))
