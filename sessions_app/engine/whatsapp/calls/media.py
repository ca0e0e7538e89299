"""Files of received messages."""

import re
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError

from sessions_app.engine.errors import EngineError
from sessions_app.engine.whatsapp.files import file_part
from sessions_app.engine.whatsapp.library import Message, NeonizeError

from .arguments import Answer, Arguments, Call, bad, take_text

GONE = re.compile(r"status code (?:403|404|410)")


def media_download(client: Any, arguments: Arguments) -> Answer:
    """Decrypt the file of `message`, a protobuf as JSON, into the new file `path`: {"size"}.

    The library checks the hashes that the message names. Code `media_gone`: WhatsApp has it no more.
    """
    path = Path(take_text(arguments, "path", 4096))
    part, media_type = _file(arguments.get("message"))
    try:
        data = client.download_media_with_path(
            part.directPath,
            part.fileEncSHA256,
            part.fileSHA256,
            part.mediaKey,
            part.fileLength,
            media_type,
            media_type.to_mms(),
        )
    except NeonizeError as error:
        raise _translated(error) from error
    with path.open("xb") as file:
        file.write(data)
    return {"size": len(data)}


CALLS: tuple[Call, ...] = (media_download,)


def _file(raw: Any) -> tuple[Any, Any]:
    if not isinstance(raw, dict):
        raise bad("message")
    try:
        found = file_part(ParseDict(raw, Message(), ignore_unknown_fields=True))
    except ParseError as error:
        raise bad("message") from error
    if found is None:
        raise EngineError("the message has no file", code="no_file")
    if not found[0].directPath.startswith("/"):  # it becomes a part of a URL behind a host's name
        raise bad("message")
    return found


def _translated(error: NeonizeError) -> EngineError:
    text = str(error)
    if GONE.search(text):
        return EngineError("WhatsApp has deleted the file.", code="media_gone")
    return EngineError(f"WhatsApp's media server did not give the file: {text[:200]}", code="media_download_failed")
