"""What can go wrong."""

from typing import Any


class Refused(Exception):
    """The platform refused a request: `code` is stable and for programs, the text for people."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{error.get('code', status)}: {error.get('message', '')}")
        self.status = status
        self.code: str = error.get("code", "")
        self.message: str = error.get("message", "")
        self.fields: dict[str, list[str]] = error.get("fields", {})
        self.request_id: str = error.get("request_id", "")


class Unreachable(Exception):
    """The platform did not answer, however often it was asked."""


class WrongSignature(Exception):
    """A webhook that the platform did not sign, or signed long ago: answer 401."""
