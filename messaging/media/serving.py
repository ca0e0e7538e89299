"""A stored file as an HTTP answer: in chunks, whole or in part, with headers that keep browsers from running it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from .ranges import Part, Unsatisfiable, wanted
from .storage import CHUNK, media_storage

# A browser may show these; all else is offered for saving.
SHOWN = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/webm", "video/3gpp"}
    | {"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/wav"}
)


def file_response(
    request: HttpRequest, *, name: str, size: int, mimetype: str, filename: str, tag: str
) -> HttpResponseBase:
    """Answers GET and HEAD, `Range`, `If-Range` and `If-None-Match`. `tag`: what the bytes are known by."""
    etag = f'"{tag}"'
    headers = _headers(mimetype, filename, etag)
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    try:
        part = _part(request, size, etag)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if part:
        headers["Content-Range"] = f"bytes {part.first}-{part.end - 1}/{size}"
    status = 206 if part else 200
    part = part or Part(0, size)
    headers["Content-Length"] = str(part.length)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    return StreamingHttpResponse(_chunks(name, part), status=status, headers=headers)


def _headers(mimetype: str, filename: str, etag: str) -> dict[str, str]:
    shown = mimetype in SHOWN
    return {
        "Content-Type": mimetype if shown or mimetype == "application/pdf" else "application/octet-stream",
        "Content-Disposition": content_disposition_header(not shown, filename) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, max-age=3600",
        "Accept-Ranges": "bytes",
        "ETag": etag,
    }


def _part(request: HttpRequest, size: int, etag: str) -> Part | None:
    if request.headers.get("If-Range", etag) != etag:  # the file is another by now: all of it
        return None
    return wanted(request.headers.get("Range", ""), size)


async def _chunks(name: str, part: Part) -> AsyncIterator[bytes]:
    """Read on threads: neither a slow disk nor a slow client holds up the event loop."""
    file: Any = await asyncio.to_thread(media_storage().open, name)
    try:
        await asyncio.to_thread(file.seek, part.first)
        left = part.length
        while left and (chunk := await asyncio.to_thread(file.read, min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
    finally:
        await asyncio.to_thread(file.close)
