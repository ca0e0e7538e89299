"""What phones received, as mappings that a journal can keep and JSON can show."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from google.protobuf.json_format import MessageToDict

from sessions_app.sandbox import protos
from sessions_app.sandbox.phones.results import Media, Noticed, Received
from sessions_app.sandbox.wire.jid import JID

JIDS = ("chat", "sender", "sender_phone")


def received_to_record(message: Received) -> dict[str, Any]:
    """A received message as plain values."""
    record = {field.name: getattr(message, field.name) for field in dataclasses.fields(message)}
    for name in JIDS:
        record[name] = str(record[name]) if record[name] else None
    record["media"] = dataclasses.asdict(message.media) if message.media else None
    return record


def record_to_received(record: dict[str, Any]) -> Received:
    """The message that a record was made of."""
    fields = dict(record)
    for name in JIDS:
        fields[name] = JID.parse(fields[name]) if fields[name] else None
    fields["media"] = Media(**fields["media"]) if fields["media"] else None
    return Received(**fields)


def received_as_json(n: int, record: dict[str, Any]) -> dict[str, Any]:
    """A received message as the control API shows it."""
    media = record["media"]
    phone = record["sender_phone"]
    return {
        "n": n,
        "id": record["id"],
        "chat": record["chat"],
        "from": record["sender"],
        "from_phone": JID.parse(phone).user if phone else None,
        "from_me": record["from_me"],
        "kind": record["kind"],
        "text": record["text"],
        "caption": record["caption"],
        "timestamp": record["timestamp"],
        "push_name": record["push_name"],
        "quoted_id": record["quoted_id"],
        "target_id": record["target_id"],
        "media": media and _media_as_json(media),
        "raw": MessageToDict(protos.e2e.Message.FromString(record["raw"])),
    }


def _media_as_json(media: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": media["type"],
        "mimetype": media["mimetype"],
        "filename": media["filename"],
        "length": media["size"],
        "sha256": media["sha256"].hex(),
        "encrypted_sha256": media["encrypted_sha256"].hex(),
        "direct_path": media["direct_path"],
    }


def noticed_to_record(noticed: Noticed) -> dict[str, Any]:
    """Anything else that a phone noticed, as plain values."""
    data = json.loads(json.dumps(noticed.data, default=str))
    if "timestamp" in data:
        data["timestamp"] = int(data["timestamp"])
    return {"kind": noticed.kind, "from": str(noticed.sender), **data}
