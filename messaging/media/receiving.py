"""Reading a multipart body into a draft, piece by piece."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from rest_framework.exceptions import ValidationError

from whatsapp_api.core.api_uploads import SCOPE_KEY, UploadBroken, upload_done, upload_place
from whatsapp_api.core.errors import ApiError

from .limits import size_limit, too_large
from .storage import Draft, TooLong

PIECE = 64 * 1024
FIELD = "file"


class _ToDraft(FileUploadHandler):
    """The file of the field `file`; there may be one."""

    chunk_size = PIECE

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
        self.name = ""
        self.seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen += 1
        if self.field_name != FIELD or self.seen > 1:
            raise ValidationError({str(self.field_name): ["Send one file, in the field `file`."]})
        self.name = str(self.file_name or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.draft.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        """It is where it belongs."""


@contextlib.contextmanager
def uploaded(request: HttpRequest) -> Iterator[tuple[Draft, str]]:
    """The file of the body on this machine's disk, with its name; removed after the block."""
    if not upload_place():
        text = "Too many uploads are under way; try again in a moment."
        raise ApiError("too_many_uploads", text, http_status=429, headers={"Retry-After": "2"})
    try:
        with Draft(limit=size_limit("document")) as draft:
            yield draft, _read(request, draft)
    except TooLong as error:
        refusal = too_large(size_limit("document"))
        refusal.headers["Connection"] = "close"
        raise refusal from error
    finally:
        upload_done()


def _read(request: HttpRequest, draft: Draft) -> str:
    handler = _ToDraft(draft)
    stream, meta = _source(request)
    try:
        MultiPartParser(meta, stream, [handler], "utf-8").parse()
    except MultiPartParserError as error:
        raise ApiError("invalid_multipart", f"The multipart body is malformed: {error}") from error
    except UploadBroken as error:
        raise ApiError("upload_broken", "The body of the request ended too early.") from error
    if not handler.seen or not draft.size:
        raise ValidationError({FIELD: ["Send a file that is not empty in this field."]})
    return handler.name


def _source(request: HttpRequest) -> tuple[Any, dict[str, str]]:
    stream = getattr(request, "scope", {}).get(SCOPE_KEY)
    if stream is None:  # not under ASGI: Django's own stream
        return request, {name: str(request.META.get(name, "")) for name in ("CONTENT_TYPE", "CONTENT_LENGTH")}
    # The length only matters for being there; a chunked body has none.
    return stream, {"CONTENT_TYPE": stream.content_type, "CONTENT_LENGTH": stream.length or "1"}
