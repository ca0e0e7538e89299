"""`snapshot.json` in a store: which owner adopted it last. It says how old a local store is.

Written before an owner runs the store, never while it runs: whatever the store became since then, that owner did it.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "snapshot.json"


@dataclass(frozen=True, slots=True)
class Marker:
    """`version` is the snapshot that the store was restored from, 0 for none; it decides nothing and helps people."""

    epoch: int
    version: int = 0


def read(store: Path) -> Marker | None:
    """The marker, or None when there is none that can be read."""
    try:
        values = json.loads((store / NAME).read_bytes())
        return Marker(epoch=int(values["epoch"]), version=int(values["version"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write(store: Path, marker: Marker) -> None:
    """Replace it in one step, on the disk before this returns."""
    draft = store / f".{NAME}"
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w") as file:
        json.dump(asdict(marker), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(store / NAME)
