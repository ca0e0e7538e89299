"""The archive format of `mongodump --archive`, written and read with the driver alone.

Source: the MongoDB database tools' own description (`archive/` in mongodb/mongo-tools). Little endian:

    magic 0x8199e26d; BSON header; BSON metadata for each collection; terminator
    per namespace: BSON {db, collection, EOF: false, CRC: 0}; documents; terminator
                   BSON {db, collection, EOF: true,  CRC: crc64 of its documents}; terminator

Metadata hold the options and indexes as extended JSON. So `mongorestore --archive` reads what we write.
"""

import struct
from collections.abc import Iterator
from typing import Any, Protocol

import bson
from bson import json_util
from bson.int64 import Int64
from bson.raw_bson import RawBSONDocument
from fastcrc import crc64
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database

MAGIC = struct.pack("<I", 0x8199E26D)
TERMINATOR = struct.pack("<i", -1)
MOST_BYTES = 48 * 2**20  # BSON's limit with room for what the server adds
BATCH_BYTES = 8 * 2**20


class Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Target(Protocol):
    def write(self, data: bytes, /) -> int: ...


class ArchiveDamaged(Exception):
    """Not an archive, or cut, or changed."""


def dump(client: MongoClient[Any], name: str, target: Target) -> dict[str, int]:
    """Write the database as it is at one moment; answers the number of documents by collection."""
    database = client[name]
    collections = sorted(_collections(database))
    target.write(MAGIC + bson.encode(_header(client)))
    for collection in collections:
        target.write(bson.encode(_metadata(database, collection)))
    target.write(TERMINATOR)
    with client.start_session(snapshot=True) as session:
        return {collection: _dump_collection(database, collection, session, target) for collection in collections}


def restore(database: Database[Any], source: Source) -> dict[str, int]:
    """Insert everything into a database that must be empty; answers the number of documents by collection."""
    if list(_collections(database)):
        raise ArchiveDamaged(f"Database {database.name} is not empty.")
    metadata, counts = read_head(source), {}
    for name, options, _ in metadata:
        database.create_collection(name, **options)
        counts[name] = 0
    for name, batch in batches(source):
        database[name].insert_many(batch, ordered=True)
        counts[name] = counts.get(name, 0) + len(batch)
    for name, _, indexes in metadata:
        if indexes:
            database.command("createIndexes", name, indexes=indexes)
    return counts


def read_head(source: Source) -> list[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Name, options and indexes (but the one of _id) of each collection."""
    if source.read(4) != MAGIC:
        raise ArchiveDamaged("This is not an archive of mongodump's.")
    _next(source)
    found = []
    while document := _next(source):
        inside = json_util.loads(document["metadata"])
        indexes = [index for index in inside.get("indexes", []) if index["name"] != "_id_"]
        found.append((str(document["collection"]), dict(inside.get("options", {})), indexes))
    return found


def batches(source: Source) -> Iterator[tuple[str, list[RawBSONDocument]]]:
    """Documents in order, some at a time, their checksums verified."""
    while head := _next(source, at_end=True):
        name = str(head["collection"])
        if head["EOF"]:
            raise ArchiveDamaged(f"{name} ends before it begins.")
        checksum, batch, size = 0, [], 0
        while data := _raw(source):
            checksum = crc64.xz(data, checksum)
            batch.append(RawBSONDocument(data))
            size += len(data)
            if size > BATCH_BYTES:
                yield name, batch
                batch, size = [], 0
        if batch:
            yield name, batch
        end = _next(source)
        if not end or not end["EOF"] or end["collection"] != name or _signed(checksum) != end["CRC"]:
            raise ArchiveDamaged(f"{name} is damaged.")
        if _raw(source):
            raise ArchiveDamaged(f"{name} goes on after its end.")


def _collections(database: Database[Any]) -> Iterator[str]:
    for description in database.list_collections():
        if description["type"] == "collection" and not description["name"].startswith("system."):
            yield description["name"]


def _header(client: MongoClient[Any]) -> dict[str, Any]:
    version = str(client.server_info()["version"])
    return {"concurrent_collections": 1, "version": "0.1", "server_version": version, "tool_version": "100.9.0"}


def _metadata(database: Database[Any], name: str) -> dict[str, Any]:
    description = next(iter(database.list_collections(filter={"name": name})))
    indexes = [dict(index) for index in database[name].list_indexes()]
    inside = {"options": description.get("options", {}), "indexes": indexes, "collectionName": name}
    text = json_util.dumps(inside, json_options=json_util.CANONICAL_JSON_OPTIONS)
    return {"db": database.name, "collection": name, "metadata": text, "size": Int64(0), "type": "collection"}


def _dump_collection(database: Database[Any], name: str, session: ClientSession, target: Target) -> int:
    head = {"db": database.name, "collection": name, "EOF": False, "CRC": Int64(0)}
    target.write(bson.encode(head))
    checksum = count = 0
    raw = database.get_collection(name, bson.CodecOptions(document_class=RawBSONDocument))
    for document in raw.find({}, session=session, batch_size=1000):
        checksum = crc64.xz(document.raw, checksum)
        target.write(document.raw)
        count += 1
    target.write(TERMINATOR + bson.encode({**head, "EOF": True, "CRC": Int64(_signed(checksum))}) + TERMINATOR)
    return count


def _raw(source: Source, *, at_end: bool = False) -> bytes:
    """The next document, empty at a terminator (or, where allowed, at the end)."""
    head = source.read(4)
    if head == TERMINATOR or (not head and at_end):
        return b""
    size = struct.unpack("<i", head)[0] if len(head) == 4 else 0
    if not 5 <= size <= MOST_BYTES:
        raise ArchiveDamaged("The archive is damaged.")
    data = head + source.read(size - 4)
    if len(data) != size:
        raise ArchiveDamaged("The archive ends too early.")
    return data


def _next(source: Source, *, at_end: bool = False) -> dict[str, Any]:
    data = _raw(source, at_end=at_end)
    return bson.decode(data) if data else {}


def _signed(checksum: int) -> int:
    return checksum - 2**64 if checksum >= 2**63 else checksum


__all__ = ["ArchiveDamaged", "batches", "dump", "read_head", "restore"]
