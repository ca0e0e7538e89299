"""Refusals, with the codes and texts of WhatsApp's `<error>`."""

from __future__ import annotations


class GroupError(Exception):
    """The server refuses; `code` and `text` are those of the answer."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


def bad_request() -> GroupError:
    """The request makes no sense."""
    return GroupError(400, "bad-request")


def not_authorized() -> GroupError:
    """Only admins may see this."""
    return GroupError(401, "not-authorized")


def forbidden() -> GroupError:
    """The account is not in the group, or no admin."""
    return GroupError(403, "forbidden")


def not_found() -> GroupError:
    """There is no such group."""
    return GroupError(404, "item-not-found")


def not_acceptable() -> GroupError:
    """Too long, or malformed."""
    return GroupError(406, "not-acceptable")


def conflict() -> GroupError:
    """It is so already, or was changed meanwhile."""
    return GroupError(409, "conflict")


def gone() -> GroupError:
    """The invite link has been revoked."""
    return GroupError(410, "gone")


def resource_limit() -> GroupError:
    """The group is full."""
    return GroupError(419, "resource-limit")
