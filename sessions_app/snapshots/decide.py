"""Which copy of a store goes on: the one on this machine or a snapshot. A pure function; the ADR has it as a table."""

from dataclasses import dataclass
from enum import Enum, auto


class Decision(Enum):
    EMPTY = auto()  # there is neither: a new pairing, or all is lost
    KEEP = auto()  # the local store is at least as new as the snapshot
    RESTORE = auto()  # the snapshot, in place of nothing or of an older store
    RESTORE_ASIDE = auto()  # the snapshot; the local store's age is unknown, so it is put aside
    DISCARD = auto()  # the local store's credentials were destroyed on purpose


@dataclass(frozen=True, slots=True)
class Local:
    """A store on this machine. `epoch`: the owner that adopted it last, None when its marker is lost."""

    epoch: int | None


def decide(local: Local | None, *, snapshot_epoch: int | None, void_below: int) -> Decision:
    """`snapshot_epoch` is the writer of the newest snapshot, None without one.

    An epoch is one run of one worker, and no snapshot of a lower epoch is recorded once a higher one adopted.
    So a local store that was adopted in the snapshot's epoch, or later, holds all that the snapshot holds.
    """
    if local is None:
        return Decision.EMPTY if snapshot_epoch is None else Decision.RESTORE
    if local.epoch is None:
        return Decision.KEEP if snapshot_epoch is None else Decision.RESTORE_ASIDE
    if snapshot_epoch is not None and local.epoch < snapshot_epoch:
        return Decision.RESTORE
    if local.epoch < void_below:
        return Decision.DISCARD
    return Decision.KEEP
