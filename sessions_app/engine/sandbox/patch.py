"""Points the loaded neonize library at the sandbox. Only ever imported by hosts of the provider `sandbox`.

The library pins WhatsApp's own Noise root key and host. Both are overwritten in the memory of this process,
never on disk, before the first connect. The new host name ends in `.invalid`, which no resolver knows: should
anything go around the sandbox's proxy, it reaches nobody.
"""

import ctypes
import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sessions_app.engine.whatsapp import no_http

WA_NOISE_ROOT = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
WA_HOST = b"web.whatsapp.com"
CA_PATH = b"/etc/ssl/certs/ca-certificates.crt"
CA_VARIABLE = b"SSL_CERT_FILE"

LIBRARY = "neonize-"
PAGE = os.sysconf("SC_PAGESIZE")
READ_WRITE = 3
READ_WRITE_EXECUTE = 7


class PatchFailed(Exception):
    """The library is not the one this was written for."""


def prepare(config: dict[str, Any]) -> None:
    """Make the library trust the sandbox, and nobody else, from now on."""
    host = config["host"].encode()
    if not host.endswith(b".invalid") or "HTTPS_PROXY" not in os.environ:
        raise PatchFailed("the sandbox must hide behind a proxy and a name that cannot exist")
    no_http.prepare(config)
    from sessions_app.engine.whatsapp import library  # noqa: F401 - loads it

    replace(WA_NOISE_ROOT, bytes.fromhex(config["noise_root"]), places=1)
    replace(CA_PATH, _publish_ca(config["ca_pem"]), places=1)
    replace(CA_VARIABLE, b"SSL_CERT_SIM_", places=1)
    replace(WA_HOST, host, places=3)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A part of the library's file in this process's memory."""

    low: int
    high: int
    permissions: str
    offset: int

    def address(self, position: int) -> int | None:
        """Where a position in the file is in memory, if it is in this part."""
        address = self.low + position - self.offset
        return address if self.low <= address < self.high else None


def replace(old: bytes, new: bytes, *, places: int) -> None:
    """Overwrite every occurrence of `old` in the library's memory; PatchFailed unless there are `places`."""
    if len(old) != len(new):
        raise PatchFailed(f"{len(new)} bytes cannot take the place of {len(old)}")
    path, mappings = _library()
    # Searched for in the file: a search through the memory would make all of it resident.
    positions = _positions(path, old)
    found = [(m, at) for position in positions for m in mappings if (at := m.address(position)) is not None]
    if len(positions) != places or len(found) != places:
        raise PatchFailed(f"expected {places} places, found {len(positions)}: another version of the library?")
    for mapping, address in found:
        if ctypes.string_at(address, len(old)) != old:
            raise PatchFailed("the library's memory is not what its file says")
        _write(address, new, mapping.permissions)


def _library() -> tuple[Path, list[Mapping]]:
    path, mappings = "", []
    for line in Path("/proc/self/maps").read_text().splitlines():
        parts = line.split(None, 5)
        if len(parts) == 6 and Path(parts[5]).name.startswith(LIBRARY) and parts[1].startswith("r"):
            low, high = (int(number, 16) for number in parts[0].split("-"))
            path = parts[5]
            mappings.append(Mapping(low, high, parts[1], int(parts[2], 16)))
    if not mappings:
        raise PatchFailed("the library is not loaded")
    return Path(path), mappings


def _positions(path: Path, wanted: bytes) -> list[int]:
    found, at = [], -1
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        while (at := data.find(wanted, at + 1)) >= 0:
            found.append(at)
    return found


def _write(address: int, data: bytes, permissions: str) -> None:
    if "w" not in permissions:
        page = address & ~(PAGE - 1)
        protection = READ_WRITE_EXECUTE if "x" in permissions else READ_WRITE
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(address + len(data) - page), protection):
            raise PatchFailed(os.strerror(ctypes.get_errno()))
    ctypes.memmove(address, data, len(data))


def _publish_ca(pem: str) -> bytes:
    """A path as long as the constant, to a file that exists only in this process and dies with it."""
    fd = os.memfd_create("sandbox-ca")
    os.write(fd, pem.encode())
    folder, number = "/proc/self/fd", str(fd)
    return (folder + "/" * (len(CA_PATH) - len(folder) - len(number)) + number).encode()
