"""The table of docs/adr/0005-snapshots.md, line by line."""

import pytest

from sessions_app.snapshots.decide import Decision, Local, decide

NONE = None
LOST = Local(None)


@pytest.mark.parametrize(
    ("local", "snapshot", "void", "expected"),
    [
        (NONE, None, 0, Decision.EMPTY),
        (NONE, 3, 0, Decision.RESTORE),
        (Local(3), None, 0, Decision.KEEP),
        (Local(3), None, 3, Decision.KEEP),
        (Local(3), None, 4, Decision.DISCARD),
        (Local(3), 2, 0, Decision.KEEP),
        (Local(3), 3, 0, Decision.KEEP),
        (Local(3), 4, 0, Decision.RESTORE),
        (Local(3), 4, 4, Decision.RESTORE),
        (LOST, None, 0, Decision.KEEP),
        (LOST, 3, 0, Decision.RESTORE_ASIDE),
    ],
)
def test_which_copy_goes_on(local, snapshot, void, expected):
    assert decide(local, snapshot_epoch=snapshot, void_below=void) is expected
