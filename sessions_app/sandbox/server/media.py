"""Uploaded files: opaque, already encrypted by the client (WhatsApp multi-device protocol, "media")."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from sessions_app.sandbox.server.http import Request, Response
from sessions_app.sandbox.server.trust import HOST

TOKEN = re.compile(r"[A-Za-z0-9_=-]{1,128}")
MEMORY_LIMIT = 512 << 20


class MediaStore:
    """Files by the token that the client derives from their hash; in memory when there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, bytes] = {}
        self._size = 0
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def save(self, token: str, data: bytes) -> str:
        """Keep a file, return its direct path (which has to contain a question mark)."""
        if not TOKEN.fullmatch(token):
            raise ValueError("not a media token")
        if self._folder is not None:
            self._write(self._folder / token, data)
        else:
            self._keep(token, data)
        return f"/v/{token}?ccb=1"

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        temporary = path.with_name(f"{path.name}.part")
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        temporary.replace(path)

    def _keep(self, token: str, data: bytes) -> None:
        self._size += len(data) - len(self._memory.pop(token, b""))
        self._memory[token] = data
        while self._size > MEMORY_LIMIT:
            self._size -= len(self._memory.pop(next(iter(self._memory))))

    def load(self, token: str) -> bytes | None:
        """A stored file."""
        if not TOKEN.fullmatch(token):
            return None
        if self._folder is None:
            return self._memory.get(token)
        path = self._folder / token
        return path.read_bytes() if path.is_file() else None

    def fetch(self, direct_path: str) -> bytes:
        """A stored file by its direct path; KeyError when it is not there."""
        data = self.load(direct_path.partition("?")[0].rpartition("/")[2])
        if data is None:
            raise KeyError(direct_path)
        return data

    # -- HTTP ---------------------------------------------------------------------------------------------------
    def handle(self, request: Request) -> Response:
        """`POST /mms/{kind}/{token}`, `GET /v/{token}`, `DELETE /mms/…`."""
        segments = request.segments
        if request.method == "POST" and len(segments) == 3 and segments[0] == "mms":
            return self._upload(segments[2], request.body)
        if request.method == "GET" and len(segments) == 2 and segments[0] == "v":
            data = self.load(segments[1])
            return Response(404) if data is None else Response(200, data, {"content-type": "application/octet-stream"})
        return Response(204 if request.method == "DELETE" and segments[:1] == ["mms"] else 404)

    def _upload(self, token: str, body: bytes) -> Response:
        try:
            path = self.save(token, body)
        except ValueError:
            return Response(400)
        answer = {"url": f"https://{HOST}{path}", "direct_path": path}
        return Response(200, json.dumps(answer).encode(), {"content-type": "application/json"})
