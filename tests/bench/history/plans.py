"""`python -m tests.bench.history.plans SESSION`: asks the database how it answers, and fails if it reads a table."""

import json
import sys
from typing import Any

import django

from tests.bench.history.texts import word


def main(session_id: str) -> None:
    from django.db import connection

    from messaging.chats.selectors import chat_messages, chats_of, named_like
    from messaging.models import Chat
    from sessions_app.models import Session

    session = Session.objects.get(pk=session_id)
    chat = Chat.objects.filter(session=session).first()
    assert chat is not None
    queries = {
        "chats": chats_of(session)[:51],
        "chats by name": chats_of(session).filter(named_like("Person 77"))[:51],
        "history": chat_messages(chat)[:51],
    }
    search = _search_in_mongodb if connection.vendor == "mongodb" else _search_in_sqlite
    plans = {name: query.explain() for name, query in queries.items()}
    plans |= {f"search {words}": search(session.pk, words) for words in ([word(0)], [word(3), word(0)])}
    for name, plan in plans.items():
        text = _short(plan)
        print(f"- {name}: {text}")
        assert "COLLSCAN" not in plan and "SCAN messaging" not in plan, f"{name} reads a whole table:\n{plan}"


def _search_in_mongodb(session_id: Any, words: list[str]) -> str:
    from messaging.search import on_mongodb

    query = on_mongodb.page_query(session_id, words[0], None)
    found = on_mongodb._collection().find(query, {"_id": 1}).sort("_id", -1).limit(51).hint(on_mongodb.NAME)
    return json.dumps(found.explain(), default=str)


def _search_in_sqlite(session_id: Any, words: list[str]) -> str:
    from django.db import connection

    from messaging.search.on_sqlite import ids_query

    query, parameters = ids_query(session_id, words, None)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query} LIMIT 51", parameters)
        return "\n".join(str(row[3]) for row in cursor.fetchall())


def _short(plan: str) -> str:
    """MongoDB's stages and keys, or SQLite's lines."""
    if not plan.lstrip().startswith("{"):
        return "; ".join(line.strip() for line in plan.splitlines())
    tree = json.loads(plan)
    planner = tree.get("queryPlanner") or tree["stages"][0]["$cursor"]["queryPlanner"]
    stats = tree.get("executionStats", {})
    examined = f", examined {stats['totalKeysExamined']} keys and {stats['totalDocsExamined']} rows" if stats else ""
    return " <- ".join(_stages(planner["winningPlan"])) + examined


def _stages(stage: dict[str, Any]) -> list[str]:
    stage = stage.get("queryPlan", stage)
    name = stage.get("stage", "?") + (f" {stage['indexName']}" if "indexName" in stage else "")
    return [name, *(_stages(stage["inputStage"]) if "inputStage" in stage else [])]


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1])
