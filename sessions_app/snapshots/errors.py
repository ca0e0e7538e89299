"""What can go wrong with snapshots. The texts hold no secrets."""


class SnapshotError(Exception):
    """A snapshot could not be taken or restored; nothing was changed."""


class StaleOwner(SnapshotError):
    """Another worker owns the session by now: this one's store is not the account's any more."""


class NotAdopted(SnapshotError):
    """The store was not prepared by `snapshot_restore` under this epoch, so nobody knows how old it is."""


class SnapshotDamaged(SnapshotError):
    """The file is missing, was altered, or belongs to another session or version."""
