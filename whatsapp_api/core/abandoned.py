"""Transactions that a killed process left open on MongoDB, which would keep their locks for 10 to 60 seconds.

`$currentOp` lists a session with an open transaction that no operation works on as `idleSession`, and open connections;
`killSessions` aborts. A user may do that to sessions of its own without any privilege. Should the process be alive, its
next statement fails with a transient error, and the whole transaction is repeated (`core.db.retry_conflicts`).
https://www.mongodb.com/docs/manual/reference/operator/aggregation/currentOp/
"""

from typing import Any

from django.db import connection

from .databases import APP_NAME

WITHIN = 2.0
IDLE = 1.0
"""Seconds without a statement after which it is asked whether the connection of the last one is still there."""
IDLE_MOST = 5.0
"""Ours do nothing but talk to the database. After a machine is lost its connections stay for minutes."""


def abandoned_abort() -> int:
    """End transactions of ours whose process is gone; how many there were.

    Raises a `PyMongoError` when MongoDB refuses, or does not answer within 2 seconds.
    """
    import pymongo

    connection.ensure_connection()
    admin = connection.connection.admin
    with pymongo.timeout(WITHIN):
        idle = list(admin.aggregate(_idle_transactions()))
        there = _connections(admin, [one["connectionId"] for one in idle if "connectionId" in one])
        left = [one for one in idle if one["idle"] >= IDLE_MOST * 1e6 or one.get("connectionId") not in there]
        if left:
            admin.command({"killSessions": [{"id": one["lsid"]["id"]} for one in left]})
    return len(left)


def _idle_transactions() -> list[dict[str, Any]]:
    inactive = "transaction.timeInactiveMicros"
    ours = {"type": "idleSession", "appName": APP_NAME, inactive: {"$gte": int(IDLE * 1e6)}}
    return [
        {"$currentOp": {"idleSessions": True}},
        {"$match": ours},
        {"$project": {"lsid": 1, "connectionId": 1, "idle": f"${inactive}"}},
    ]


def _connections(admin: Any, numbers: list[int]) -> set[int]:
    """Which of these are open."""
    if not numbers:
        return set()
    found = admin.aggregate(
        [
            {"$currentOp": {"idleConnections": True}},
            {"$match": {"type": "op", "connectionId": {"$in": numbers}}},
            {"$project": {"connectionId": 1}},
        ]
    )
    return {one["connectionId"] for one in found}
