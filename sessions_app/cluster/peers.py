"""The other sessions workers, as the database knows them."""

from dataclasses import dataclass

from .models import Node


@dataclass(frozen=True, slots=True)
class Peer:
    """A worker that is not known to be dead."""

    name: str
    beats: int
    buried: bool
    draining: bool
    capacity: int

    @property
    def takes(self) -> bool:
        """May it be given sessions?"""
        return not (self.buried or self.draining)


def peers_read() -> list[Peer]:
    """All that are not dead, in order of their names."""
    rows = Node.objects.filter(dead_at=None).order_by("name")
    return [
        Peer(name=name, beats=beats, buried=buried_at is not None, draining=draining, capacity=capacity)
        for name, beats, buried_at, draining, capacity in rows.values_list(
            "name", "beats", "buried_at", "draining", "capacity"
        )
    ]
