"""What a file is, by its first bytes: names and claimed types are not to be trusted."""

import mimetypes

HEAD = 64
"""So many bytes tell."""

UNKNOWN = "application/octet-stream"
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/webm"),  # or Matroska, its parent
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime", b"heic": "image/heic"}
_BRANDS |= {b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif", b"avis": "image/avif"}
# Containers of which the name tells more than the first bytes do, and types that a browser would run.
_REFINED_BY_NAME = {"application/zip", UNKNOWN}
_NEVER_BY_NAME = ("text/html", "application/xhtml+xml", "image/", "video/", "audio/", "text/javascript")


def sniff(head: bytes, filename: str = "") -> str:
    """The mimetype. A name refines archives (.docx is a zip) and what has no signature (.csv), nothing else."""
    found = _by_content(head)
    if found in _REFINED_BY_NAME and filename:
        named = mimetypes.guess_type(filename)[0] or found
        return found if named.startswith(_NEVER_BY_NAME) else named
    return found


def _by_content(head: bytes) -> str:
    for start, mimetype in _STARTS:
        if head.startswith(start):
            return mimetype
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "video/3gpp" if brand.startswith(b"3g") else _BRANDS.get(brand, "video/mp4")
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "audio/aac" if head[1] & 0x06 == 0 else "audio/mpeg"
    return UNKNOWN
