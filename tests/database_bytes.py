"""What is really in the database, whatever the models make of it."""

import subprocess
from pathlib import Path
from typing import Any

import bson
from django.db import connection

from whatsapp_api.core.db import on_mongodb


def database_bytes() -> bytes:
    """Everything the database holds."""
    if not on_mongodb():
        path = Path(connection.settings_dict["NAME"])
        files = [each for each in (path, path.with_name(path.name + "-wal")) if each.exists()]
        # By another process: closing the file in this one would drop SQLite's locks on it, and another process that
        # is the last to close, as it believes, would delete the log under our connections.
        content = subprocess.run(["cat", *files], capture_output=True, check=True).stdout
        return content + bytes(connection.connection.serialize())
    mongo: Any = connection
    collections = [mongo.get_collection(name) for name in connection.introspection.table_names()]
    return b"".join(bson.encode(document) for each in collections for document in each.find())


def raw_rows(table: str) -> list[Any]:
    """The rows of a table as they are stored."""
    if on_mongodb():
        mongo: Any = connection
        return list(mongo.get_collection(table).find())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return list(cursor.fetchall())
