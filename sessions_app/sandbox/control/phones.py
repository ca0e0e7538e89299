"""Phones: create, change, link devices to them."""

from __future__ import annotations

import io
import secrets
from dataclasses import replace
from typing import Any

import zxingcpp
from PIL import Image, UnidentifiedImageError

from sessions_app.sandbox.control.call import Call, choice, digits, field, file_bytes, invalid
from sessions_app.sandbox.server.account import AUTO_RECEIPTS, Settings
from sessions_app.sandbox.server.errors import SandboxError, not_found

TAMPER = {"hmac": "hmac", "signature": "account_signature"}
MAX_PIXELS = 50_000_000
MOST_PAST = 10_000
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


async def listed(call: Call) -> dict[str, Any]:
    """All phones."""
    return {"phones": [account.as_json() for account in call.sandbox.world.accounts()]}


async def create(call: Call) -> dict[str, Any]:
    """A new phone, with a number of its own choice when none is given."""
    body = call.body()
    number = field(body, "phone", str, None)
    number = digits(number) if number else call.sandbox.world.new_number()
    if call.sandbox.world.by_number(number) is not None:
        raise SandboxError(409, "exists", f"phone {number} exists already")
    name = field(body, "name", str, f"Phone {number[-4:]}")
    settings = _settings(Settings(), {key: value for key, value in body.items() if key not in ("phone", "name")})
    return call.sandbox.world.create(number, name, settings).as_json()


async def show(call: Call, number: str) -> dict[str, Any]:
    """One phone."""
    return call.account(number).as_json()


async def change(call: Call, number: str) -> dict[str, Any]:
    """Change its name or how it behaves; `online` makes it vanish and appear."""
    account, body = call.account(number), call.body()
    name, was_online = field(body, "name", str, account.name), account.settings.online
    account.settings = _settings(account.settings, {key: value for key, value in body.items() if key != "name"})
    account.save()
    if name != account.name:
        call.sandbox.router.deliver(account.phone.set_name(name))
        call.sandbox.world.changed(account)
    if account.settings.online and not was_online:
        call.sandbox.router.wake(account)
    return account.as_json()


def _settings(now: Settings, body: dict[str, Any]) -> Settings:
    if unknown := body.keys() - {"online", "auto_receipt", "echo", "group_add", "past_chats", "past_messages"}:
        raise invalid(f"unknown field {sorted(unknown)[0]}")
    return replace(
        now,
        auto_receipt=choice(body, "auto_receipt", AUTO_RECEIPTS, now.auto_receipt),
        echo=field(body, "echo", bool, now.echo),
        group_add=field(body, "group_add", bool, now.group_add),
        online=field(body, "online", bool, now.online),
        past_chats=_count(body, "past_chats", now.past_chats),
        past_messages=_count(body, "past_messages", now.past_messages),
    )


def _count(body: dict[str, Any], name: str, default: int) -> int:
    value: int = field(body, name, int, default)
    if not 0 <= value <= MOST_PAST:
        raise invalid(f"{name} is 0 to {MOST_PAST}")
    return value


async def show_card(call: Call, number: str) -> dict[str, Any]:
    """What the account shows of itself, and whom it has blocked."""
    return call.sandbox.world.cards.of(call.account(number).lid.user).as_json()


async def change_card(call: Call, number: str) -> dict[str, Any]:
    """Change it on the phone: `about`, `business`, `picture` (base64; empty removes it), `privacy`."""
    account, body = call.account(number), call.body()
    card = call.sandbox.world.cards.of(account.lid.user)
    if unknown := body.keys() - {"about", "business", "picture", "privacy"}:
        raise invalid(f"unknown field {sorted(unknown)[0]}")
    if "about" in body:
        card.set_about(field(body, "about", str))
    if "picture" in body:
        data = file_bytes(body, "picture")
        card.set_picture(call.sandbox.media.save(secrets.token_urlsafe(24), data) if data else "")
    card.business = field(body, "business", str, card.business)
    wanted = field(body, "privacy", dict, {})
    if unknown := wanted.keys() - card.privacy.keys():
        raise invalid(f"there is no privacy setting {sorted(unknown)[0]}")
    card.privacy.update({name: str(value) for name, value in wanted.items()})
    call.sandbox.world.cards.save(account.lid.user)
    return card.as_json()


async def save_contact(call: Call, number: str) -> dict[str, Any]:
    """Save somebody in the address book, which linked devices share: `{contact, name}`."""
    account, body = call.account(number), call.body()
    contact = call.chat(field(body, "contact", str))
    call.sandbox.router.deliver(account.phone.set_contact(contact, field(body, "name", str)))
    call.sandbox.world.changed(account)
    return {"contact": str(contact)}


async def delete(call: Call, number: str) -> dict[str, Any]:
    """Delete the account; its linked devices are told that they were removed."""
    call.sandbox.remove_account(call.account(number))
    return {"deleted": True}


# -- linking --------------------------------------------------------------------------------------------------------
async def scan(call: Call, number: str) -> dict[str, Any]:
    """Scan a QR code: its text, or a picture of it. Answers when the client has accepted."""
    account = call.account(number)
    if call.request.headers.get("content-type", "").startswith("image/"):
        qr, tamper = _read_picture(call.request.body), None
    else:
        body = call.body()
        qr, tamper = field(body, "qr", str), choice(body, "tamper", tuple(TAMPER), None)
    device = await call.sandbox.linking.scan(account, qr, TAMPER[tamper] if tamper else None)  # type: ignore[arg-type]
    return device.as_json()


def _read_picture(data: bytes) -> str:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise SandboxError(422, "picture_too_large", "the picture is too large")
            codes = zxingcpp.read_barcodes(
                picture.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
            )
    except (UnidentifiedImageError, OSError) as error:
        raise SandboxError(422, "picture_unreadable", "the body is not a picture") from error
    if not codes:
        raise SandboxError(422, "no_qr", "there is no QR code in the picture")
    return str(codes[0].text)


async def pair(call: Call, number: str) -> dict[str, Any]:
    """Type the pairing code that a client shows. Answers when the client has accepted."""
    account, body = call.account(number), call.body()
    tamper = choice(body, "tamper", tuple(TAMPER), None)
    device = await call.sandbox.linking.pair(
        account,
        field(body, "code", str),
        TAMPER[tamper] if tamper else None,  # type: ignore[arg-type]
    )
    return device.as_json()


async def remove_device(call: Call, number: str, device_number: str) -> dict[str, Any]:
    """Remove a linked device on the phone."""
    account = call.account(number)
    device = account.devices.get(int(device_number)) if device_number.isdecimal() else None
    if device is None:
        raise not_found(f"device {device_number}")
    call.sandbox.remove_device(account, device, tell=True)
    return {"removed": True}
