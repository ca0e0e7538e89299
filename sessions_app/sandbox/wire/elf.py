"""Just enough ELF to read Go string arrays out of a position-independent shared library."""

from __future__ import annotations

import struct
from collections.abc import Iterator

RELATIVE_RELOCATIONS = {62: 8, 183: 1027}  # machine -> R_X86_64_RELATIVE, R_AARCH64_RELATIVE
LOADABLE = 1
RELA_SECTION = 4


class Elf:
    """A 64-bit little-endian ELF image; addresses are virtual addresses before relocation."""

    def __init__(self, image: bytes) -> None:
        if image[:6] != b"\x7fELF\x02\x01":
            raise ValueError("not a 64-bit little-endian ELF file")
        self._image = image
        self._segments = list(self._read_segments())
        self._pointers = dict(self._read_relocations())

    def _read_segments(self) -> Iterator[tuple[int, int, int]]:
        (offset,) = struct.unpack_from("<Q", self._image, 32)
        size, count = struct.unpack_from("<HH", self._image, 54)
        for index in range(count):
            kind, _, start, address, _, length = struct.unpack_from("<IIQQQQ", self._image, offset + index * size)
            if kind == LOADABLE:
                yield address, start, length

    def _read_relocations(self) -> Iterator[tuple[int, int]]:
        wanted = RELATIVE_RELOCATIONS.get(struct.unpack_from("<H", self._image, 18)[0])
        (offset,) = struct.unpack_from("<Q", self._image, 40)
        size, count = struct.unpack_from("<HH", self._image, 58)
        for index in range(count):
            _, kind, _, _, start, length = struct.unpack_from("<IIQQQQ", self._image, offset + index * size)
            if kind == RELA_SECTION:
                for slot, info, target in struct.iter_unpack("<QQq", self._image[start : start + length]):
                    if info == wanted:
                        yield slot, target

    def _offset(self, address: int) -> int:
        for base, start, length in self._segments:
            if base <= address < base + length:
                return address - base + start
        raise ValueError(f"address {address:#x} is not in the file")

    def _addresses_of(self, text: bytes) -> Iterator[int]:
        at = self._image.find(text)
        while at >= 0:
            for base, start, length in self._segments:
                if start <= at < start + length:
                    yield base + at - start
            at = self._image.find(text, at + 1)

    def pointer(self, slot: int) -> int:
        """What the pointer at an address will point to."""
        return self._pointers[slot]

    def string(self, slot: int) -> str:
        """The Go string whose (pointer, length) header is at an address."""
        (length,) = struct.unpack_from("<Q", self._image, self._offset(slot + 8))
        if not length:
            return ""
        start = self._offset(self._pointers[slot])
        return self._image[start : start + length].decode()

    def string_array(self, slot: int, count: int) -> tuple[str, ...]:
        """Consecutive Go strings."""
        return tuple(self.string(slot + 16 * index) for index in range(count))

    def find_string_array(self, start: tuple[str, ...]) -> int:
        """The address of the string array that begins with the given texts."""
        addresses = set(self._addresses_of(start[0].encode()))
        for slot in [slot for slot, target in self._pointers.items() if target in addresses]:
            if self._begins_with(slot, start):
                return slot
        raise ValueError(f"no string array starts with {start!r}")

    def _begins_with(self, slot: int, start: tuple[str, ...]) -> bool:
        for index, text in enumerate(start):
            at = slot + 16 * index
            if at not in self._pointers or self._length(at) != len(text) or self.string(at) != text:
                return False
        return True

    def _length(self, slot: int) -> int:
        return int(struct.unpack_from("<Q", self._image, self._offset(slot + 8))[0])

    def find_slice(self, target: int, length: int) -> int:
        """The address of the slice header (pointer, length, capacity) over an array."""
        for slot, value in self._pointers.items():
            if value == target:
                start = self._offset(slot + 8)
                if struct.unpack_from("<QQ", self._image, start) == (length, length):
                    return slot
        raise ValueError(f"no slice of {length} over {target:#x}")
