"""The few lines of protobuf that Signal's messages need: varints and byte strings, fields 1 to 15."""

from __future__ import annotations

Field = int | bytes
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class ProtobufError(ValueError):
    """The bytes are not a protobuf message."""


def write(**fields: Field | None) -> bytes:
    """Encode fields named `f1`, `f2` …, in the order given; None is left out."""
    output = bytearray()
    for name, value in fields.items():
        number = int(name[1:])
        if isinstance(value, bytes):
            output.append(number << 3 | _BYTES)
            _write_varint(output, len(value))
            output += value
        elif value is not None:
            output.append(number << 3 | _VARINT)
            _write_varint(output, value)
    return bytes(output)


def read(data: bytes) -> dict[int, Field]:
    """Decode to {field number: value}; the last one wins, fixed-size fields are skipped."""
    fields: dict[int, Field] = {}
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            fields[key >> 3], at = _read_varint(data, at)
        elif kind == _BYTES:
            size, start = _read_varint(data, at)
            at = start + size
            fields[key >> 3] = data[start:at]
        else:
            at += _fixed_size(kind)
    if at != len(data):
        raise ProtobufError("the last field is cut off")
    return fields


def number(fields: dict[int, Field], field: int, default: int | None = None) -> int:
    """A varint field; `ProtobufError` if it is absent and there is no default."""
    value = fields.get(field, default)
    if not isinstance(value, int):
        raise ProtobufError(f"field {field} is not a number")
    return value


def data(fields: dict[int, Field], field: int) -> bytes:
    """A byte string field that must be there."""
    value = fields.get(field)
    if not isinstance(value, bytes):
        raise ProtobufError(f"field {field} is not a byte string")
    return value


def _fixed_size(kind: int) -> int:
    if kind == _FIXED64:
        return 8
    if kind == _FIXED32:
        return 4
    raise ProtobufError(f"wire type {kind}")


def _write_varint(output: bytearray, value: int) -> None:
    while value > 0x7F:
        output.append(value & 0x7F | 0x80)
        value >>= 7
    output.append(value)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ProtobufError("a number has no end")
