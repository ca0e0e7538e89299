"""Errors with a code that the control API passes on."""

from __future__ import annotations


class SandboxError(Exception):
    """Something that was asked for cannot be done; `status` is the HTTP status for it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def not_found(what: str) -> SandboxError:
    """There is no such thing."""
    return SandboxError(404, "not_found", f"{what} does not exist")
