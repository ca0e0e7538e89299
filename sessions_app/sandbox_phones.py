"""Simulated phones behind a sandbox session: they scan its code, write to it and show what they received.

A session has two phones with fixed numbers: the account itself, and a contact to talk to.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httpx
from django.conf import settings

from sessions_app.sandbox.client import Phone, SandboxClient, SandboxClientError
from whatsapp_api.core.errors import Conflict, Unavailable
from whatsapp_api.core.formats import from_unix, iso

from . import qr
from .models import Provider, Session

# Linking takes a handful of round trips with the engine; nothing else takes a second.
DEADLINE_SECONDS = 25.0
# Spanish mobile numbers, seven digits to choose from. They exist in the sandbox only.
ACCOUNT_PREFIX, CONTACT_PREFIX = "3460", "3469"
CONTACT_NAME = "Simulated contact"
SHOWN = 30


def account_number(session: Session) -> str:
    """The phone that owns the session's account."""
    return session.jid.partition("@")[0] or _number(ACCOUNT_PREFIX, session.id)


def contact_number(session: Session) -> str:
    """The phone of somebody the session can talk to."""
    return _number(CONTACT_PREFIX, session.id)


def simulated_scan(*, session: Session, phone: str = "") -> str:
    """Let a simulated phone scan the QR code that is shown, or type the pairing code; returns the phone's number."""
    _require_sandbox(session)
    code = qr.current_code(session.id)
    shown = None if code else qr.current(session.id)
    number = phone or (code.phone if code else account_number(session))
    with _sandbox() as client:
        if code:
            _ensure(client, number, session.name).pair(code.code)
        elif shown:
            _ensure(client, number, session.name).scan(shown.payload)
        else:
            raise Conflict("no_code_shown", "The session shows no code at the moment. Start it, then try again.")
        _ensure(client, contact_number(session), CONTACT_NAME)
    return number


def phone_ensure(*, phone: str, name: str) -> None:
    """A pairing code can be asked only for a phone that exists."""
    with _sandbox() as client:
        _ensure(client, phone, name)


def phone_show(*, session: Session, phone: str = "") -> dict[str, Any]:
    """A phone and the last messages that it received, by default the contact; created when it is missing."""
    _require_sandbox(session)
    with _sandbox() as client:
        shown = _ensure(client, phone or contact_number(session), session.name if phone else CONTACT_NAME)
        return {"phone": f"+{shown.number}", "messages": [_message(each) for each in shown.messages()[-SHOWN:]]}


def contact_write(*, session: Session, text: str, phone: str = "") -> dict[str, Any]:
    """A simulated phone writes to the session's account, as anybody with WhatsApp could."""
    _require_sandbox(session)
    if not session.is_paired:
        raise Conflict("not_paired", "The session is not linked to an account yet, so nobody can write to it.")
    number = phone or contact_number(session)
    with _sandbox() as client:
        sent = _ensure(client, number, CONTACT_NAME).send(account_number(session), text)
    return {"phone": f"+{number}", "wa_id": str(sent["id"])}


def _require_sandbox(session: Session) -> None:
    if session.provider != Provider.SANDBOX:
        raise Conflict("not_a_sandbox_session", "Simulated phones exist for sandbox sessions only.")


def _ensure(client: SandboxClient, number: str, name: str) -> Phone:
    """The phone of that number. It reads what it gets at once, so that every tick can be seen."""
    try:
        return client.create_phone(number, name, auto_receipt="read")
    except SandboxClientError as error:
        if error.code != "exists":
            raise
    return client.phone(number)


def _message(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "n": entry["n"],
        "wa_id": entry["id"],
        "sender": f"+{entry['from_phone']}" if entry["from_phone"] else "",
        "kind": entry["kind"],
        "text": entry["text"] or entry["caption"],
        "timestamp": iso(from_unix(entry["timestamp"])),
    }


def _number(prefix: str, session_id: uuid.UUID) -> str:
    return f"{prefix}{session_id.int % 10_000_000:07d}"


@lru_cache(maxsize=1)
def _client(url: str) -> SandboxClient:
    return SandboxClient(url, timeout=DEADLINE_SECONDS)


@contextmanager
def _sandbox() -> Iterator[SandboxClient]:
    """The sandbox, with its refusals and its absence in the platform's words."""
    try:
        yield _client(settings.SANDBOX_URL)
    except httpx.TransportError as error:
        raise Unavailable("sandbox_unavailable", "The sandbox does not answer; is its process running?") from error
    except SandboxClientError as error:
        if error.status >= 500:
            raise Unavailable("sandbox_failed", "The sandbox failed to do this; its log says why.") from error
        raise Conflict(f"sandbox_{error.code}", f"The sandbox refused: {error.message}.") from error
