"""Pipelines whose `$sort` an index can answer.

django-mongodb-backend puts `$addFields` (of a field to itself) or `$project` between `$match` and `$sort`. MongoDB
uses an index for a sort only right behind the match: otherwise the first page of a long table, ordered by an indexed
column, reads and sorts all of it.
"""

from typing import Any

from django_mongodb_backend import compiler
from django_mongodb_backend.compiler import (
    SQLAggregateCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django_mongodb_backend.query import MongoQuery as UpstreamQuery

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]

Stage = dict[str, Any]
WINDOW = ("$sort", "$skip", "$limit")


class MongoQuery(UpstreamQuery):
    def get_pipeline(self) -> list[Stage]:
        return sort_first(super().get_pipeline())


class SQLCompiler(compiler.SQLCompiler):
    query_class = MongoQuery


def sort_first(pipeline: list[Stage]) -> list[Stage]:
    """The same result, with the sort before what does not concern it."""
    stages = [stage for stage in map(_without_copies, pipeline) if stage is not None]
    for index, stage in enumerate(stages[:-1]):
        if (
            "$project" in stage
            and "$sort" in stages[index + 1]
            and _keeps(stage["$project"], stages[index + 1]["$sort"])
        ):
            end = index + 1
            while end < len(stages) and stages[end].keys() & set(WINDOW):
                end += 1
            return [*stages[:index], *stages[index + 1 : end], stage, *stages[end:]]
    return stages


def _without_copies(stage: Stage) -> Stage | None:
    """`$addFields` without the fields that it sets to themselves; None when nothing is left."""
    if "$addFields" not in stage:
        return stage
    fields = {name: value for name, value in stage["$addFields"].items() if value != f"${name}"}
    return {"$addFields": fields} if fields else None


def _keeps(projection: dict[str, Any], ordering: dict[str, int]) -> bool:
    """Whether the fields to sort by are plain columns that the projection passes on."""
    return all(projection.get(name) in (1, f"${name}") for name in ordering)
