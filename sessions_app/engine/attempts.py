"""Finding out under which WhatsApp id a message went out whose answer never came.

The library chooses the id itself and tells it with the answer only. But before it hands a message to the
connection it writes the message's own secret (`messageContextInfo.messageSecret`, 32 bytes that official clients
put into their messages) beside the id into its store, durably (whatsmeow: send.go, PutMessageSecret). We choose
that secret from the attempt's reference, so after a crash the store tells which id the attempt used. Only the
process that owns the session may read it here; see `store.paired_jid` for why its host may not.
"""

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from .store import database_path

READ_WITHIN = 5.0
AT_ONCE = 50


def attempt_secret(ref: str) -> bytes:
    """The secret of one attempt. `ref` holds random parts that only the platform knows."""
    return hashlib.sha256(b"message secret\0" + ref.encode()).digest()


def attempts_find(store: str | Path, refs: Iterable[str]) -> dict[str, str]:
    """WhatsApp ids by reference, of those attempts that got as far as the connection."""
    wanted = {attempt_secret(ref): ref for ref in list(refs)[:AT_ONCE]}
    path = database_path(store)
    if not wanted or not path.exists():
        return {}
    marks = ",".join("?" * len(wanted))
    query = f"SELECT key, message_id FROM whatsmeow_message_secrets WHERE key IN ({marks})"  # noqa: S608 - only marks
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=READ_WITHIN)) as database:
            return {wanted[bytes(key)]: str(wa_id) for key, wa_id in database.execute(query, list(wanted))}
    except sqlite3.OperationalError:  # no such table, or busy for too long
        return {}
