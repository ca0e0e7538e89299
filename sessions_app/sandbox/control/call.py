"""One call of the control API, with checked access to what it carries."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.errors import SandboxError, not_found
from sessions_app.sandbox.server.http import Request
from sessions_app.sandbox.server.sandbox import Sandbox
from sessions_app.sandbox.wire.jid import JID, STATUS_JID, USER_SERVER

MAX_WAIT = 60.0
MISSING: Any = object()


def invalid(message: str) -> SandboxError:
    """The request cannot be understood."""
    return SandboxError(400, "invalid", message)


@dataclass(slots=True)
class Call:
    """The sandbox, and the request."""

    sandbox: Sandbox
    request: Request

    def body(self) -> dict[str, Any]:
        """The JSON object of the body; an empty body is an empty object."""
        if not self.request.body:
            return {}
        try:
            value = json.loads(self.request.body)
        except ValueError as error:
            raise invalid(f"the body is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise invalid("the body is not a JSON object")
        return value

    def account(self, number: str) -> Account:
        """The account of a phone number."""
        account = self.sandbox.world.by_number(number.lstrip("+"))
        if account is None:
            raise not_found(f"phone {number}")
        return account

    def chat(self, text: str) -> JID:
        """A phone number, or a JID, as somebody to write to; also a group, or the status."""
        jid = JID.parse(text) if "@" in text else JID(digits(text), USER_SERVER)
        if jid == STATUS_JID or self.sandbox.world.groups.find(jid) is not None:
            return jid
        if self.sandbox.world.find(jid) is None:
            raise not_found(f"account {text}")
        return jid.bare()

    def number(self, name: str, default: float, highest: float = float("inf")) -> float:
        """A query parameter that is a number."""
        try:
            return min(highest, float(self.request.query.get(name, default)))
        except ValueError as error:
            raise invalid(f"{name} is not a number") from error


def digits(text: str) -> str:
    """A phone number without plus, spaces and dashes."""
    number = "".join(character for character in text if character not in "+ -()")
    if not number.isdecimal() or not number.isascii() or not 5 <= len(number) <= 15:
        raise invalid("a phone number has 5 to 15 digits")
    return number


def field(body: dict[str, Any], name: str, kind: type | tuple[type, ...], default: Any = MISSING) -> Any:
    """A field of a body, with its type checked."""
    value = body.get(name, default)
    if value is MISSING:
        raise invalid(f"{name} is missing")
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if value is not default and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        raise invalid(f"{name} has the wrong type")
    return value


def file_bytes(body: dict[str, Any], name: str, default: Any = MISSING) -> bytes:
    """A field in base64."""
    try:
        return base64.b64decode(field(body, name, str, default), validate=True)
    except ValueError as error:
        raise invalid(f"{name} is not base64") from error


def choice(body: dict[str, Any], name: str, allowed: tuple[str, ...], default: Any = MISSING) -> Any:
    """A field with a closed set of values."""
    value = field(body, name, str, default)
    if value is not default and value not in allowed:
        raise invalid(f"{name} is one of {', '.join(allowed)}")
    return value
