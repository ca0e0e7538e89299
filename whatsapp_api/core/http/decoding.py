"""Content-Encoding undone in bounded pieces: a few compressed bytes may stand for gigabytes."""

import zlib
from collections.abc import Iterable, Iterator

from .faults import bad_answer

PIECE = 64 * 1024
GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


def decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The chunks without their encoding, never more than PIECE at a time. We ask for none; some servers insist."""
    match encoding.strip().lower():
        case "" | "identity":
            yield from chunks
        case "gzip" | "x-gzip" | "deflate":
            yield from _inflated(chunks)
        case _:
            raise bad_answer("it is compressed in a way that was not asked for")


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(GZIP_OR_ZLIB)
    try:
        for chunk in chunks:
            rest = chunk
            while rest and not inflate.eof:
                if piece := inflate.decompress(rest, PIECE):
                    yield piece
                rest = inflate.unconsumed_tail
    except zlib.error as error:
        raise bad_answer("its compression is broken") from error
    if not inflate.eof:
        raise bad_answer("it ended too early")
