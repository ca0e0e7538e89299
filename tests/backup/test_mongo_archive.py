"""mongodump's format, on a real server: what was dumped comes back with options and indexes."""

import io
import uuid
from typing import Any, cast

import pytest
from django.db import connection

from whatsapp_api.backup import mongo_archive

pytestmark = pytest.mark.skipif(connection.vendor != "mongodb", reason="needs MongoDB")


@pytest.fixture
def databases(db: None) -> Any:
    connection.ensure_connection()
    client = cast("Any", connection).database.client
    names = [f"backup_{uuid.uuid4().hex[:8]}" for _ in range(2)]
    yield [client[name] for name in names]
    for name in names:
        client.drop_database(name)


def filled(database: Any) -> bytes:
    database.people.insert_many([{"_id": number, "name": f"n{number}", "big": "x" * 5000} for number in range(3000)])
    database.people.create_index([("name", 1)], name="by_name", unique=True)
    database.create_collection("small", collation={"locale": "de"})
    database.small.insert_one({"_id": "one"})
    target = io.BytesIO()
    assert mongo_archive.dump(database.client, database.name, target) == {"people": 3000, "small": 1}
    return target.getvalue()


def test_everything_comes_back(databases: Any) -> None:
    origin, copy = databases

    counts = mongo_archive.restore(copy, io.BytesIO(filled(origin)))

    assert counts == {"people": 3000, "small": 1}
    assert list(copy.people.find().sort("_id")) == list(origin.people.find().sort("_id"))
    assert copy.people.index_information()["by_name"]["unique"] is True
    assert copy.small.options()["collation"]["locale"] == "de"


def test_a_database_with_something_in_it_is_left_alone(databases: Any) -> None:
    origin, copy = databases
    archive = filled(origin)
    copy.people.insert_one({"_id": "mine"})

    with pytest.raises(mongo_archive.ArchiveDamaged, match="not empty"):
        mongo_archive.restore(copy, io.BytesIO(archive))
    assert copy.people.count_documents({}) == 1


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
def test_a_changed_document_is_noticed(databases: Any, where: float) -> None:
    archive = bytearray(filled(databases[0]))
    at = archive.index(b"x" * 100, int(len(archive) * where))
    archive[at] = ord("y")

    source = io.BytesIO(bytes(archive))
    mongo_archive.read_head(source)
    with pytest.raises(mongo_archive.ArchiveDamaged):
        list(mongo_archive.batches(source))
