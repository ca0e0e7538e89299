"""Drives a running sandbox over its control API: for tests, demonstrations and the platform's sandbox engine.

Everything that waits has a deadline and raises `TimeoutError` when it passes.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

Json = dict[str, Any]
T = TypeVar("T")
LONGEST_POLL = 20.0


class SandboxClientError(Exception):
    """The sandbox refused; `code` says why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message


def wait_until(check: Callable[[], T], seconds: float = 60.0, what: str = "condition") -> T:
    """Ask until the answer is truthy, and return it."""
    deadline = time.monotonic() + seconds
    while not (value := check()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds} s")
        time.sleep(0.01)
    return value


class SandboxClient:
    """A sandbox by its URL. Safe to use from several threads."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=f"{self.url}/control", timeout=timeout, trust_env=False)

    def __enter__(self) -> SandboxClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Any call of the API; errors become `SandboxClientError`."""
        response = self._http.request(method, path, **arguments)
        if response.is_error:
            try:
                error = response.json()["error"]
            except (ValueError, KeyError):
                error = {"code": "http", "message": response.text[:200]}
            raise SandboxClientError(response.status_code, error["code"], error["message"])
        return response

    def _get(self, path: str, **query: Any) -> Json:
        given = {name: value for name, value in query.items() if value is not None}
        return dict(self.request("GET", path, params=given).json())

    def _post(self, path: str, **body: Any) -> Json:
        given = {name: value for name, value in body.items() if value is not None}
        return dict(self.request("POST", path, json=given).json())

    # -- the sandbox ----------------------------------------------------------------------------------------------
    def health(self) -> Json:
        """`{"status": "ok", …}`"""
        return self._get("/health")

    def trust(self) -> Json:
        """`{noise_root, ca_pem, host, proxy}`"""
        return self._get("/trust")

    def stats(self) -> Json:
        """All counters."""
        return self._get("/stats")

    # -- phones ---------------------------------------------------------------------------------------------------
    def create_phone(self, phone: str | None = None, name: str | None = None, **settings: Any) -> Phone:
        """A new phone; settings are `online`, `auto_receipt` and `echo`."""
        return Phone(self, self._post("/phones", phone=phone, name=name, **settings)["phone"])

    def phone(self, number: str) -> Phone:
        """A phone that exists."""
        return Phone(self, number)

    def phones(self) -> list[Phone]:
        """All phones."""
        return [Phone(self, each["phone"]) for each in self._get("/phones")["phones"]]

    # -- groups ---------------------------------------------------------------------------------------------------
    def create_group(self, creator: Phone, subject: str, *members: Phone, **settings: Any) -> Group:
        """A phone makes a group; settings are `announcement`, `locked`, `approval`, `limit`, `addressing_mode`."""
        numbers = [member.number for member in members]
        made = self._post("/groups", creator=creator.number, subject=subject, members=numbers, **settings)
        return Group(self, made["jid"])

    def group(self, jid: str) -> Group:
        """A group that exists."""
        return Group(self, jid)

    def groups(self) -> list[Group]:
        """All groups."""
        return [Group(self, each["jid"]) for each in self._get("/groups")["groups"]]

    # -- channels -------------------------------------------------------------------------------------------------
    def create_channel(self, owner: Phone, name: str, description: str = "") -> Channel:
        """A phone makes a channel."""
        return Channel(self, self._post("/channels", owner=owner.number, name=name, description=description)["jid"])

    def channel(self, jid: str) -> Channel:
        """A channel that exists."""
        return Channel(self, jid)

    # -- faults ---------------------------------------------------------------------------------------------------
    def fault(
        self,
        kind: str,
        account: str | None = None,
        count: int | None = None,
        seconds: float | None = None,
        **options: Any,
    ) -> str:
        """Set a fault (or do it at once); returns its id."""
        return str(self._post("/faults", kind=kind, account=account, count=count, seconds=seconds, **options)["id"])

    def faults(self) -> list[Json]:
        """The faults that can still apply."""
        return list(self._get("/faults")["faults"])

    def clear_faults(self, fault_id: str | None = None) -> None:
        """Clear one fault, or all."""
        self.request("DELETE", f"/faults/{fault_id}" if fault_id else "/faults")


class Phone:
    """One simulated phone."""

    def __init__(self, client: SandboxClient, number: str) -> None:
        self._client, self.number = client, number
        self._path = f"/phones/{number}"

    def __repr__(self) -> str:
        return f"Phone({self.number!r})"

    # -- what it is -----------------------------------------------------------------------------------------------
    def info(self) -> Json:
        """`{phone, lid, jid, name, online, auto_receipt, echo, devices: […]}`"""
        return self._client._get(self._path)

    def devices(self) -> list[Json]:
        """Its linked devices."""
        return list(self.info()["devices"])

    def change(self, **settings: Any) -> Json:
        """Change `name`, `auto_receipt`, `echo` or `online`."""
        return dict(self._client.request("PATCH", self._path, json=settings).json())

    def vanish(self) -> None:
        """Go offline; what arrives is kept for it."""
        self.change(online=False)

    def appear(self) -> None:
        """Come back online."""
        self.change(online=True)

    def delete(self) -> None:
        """Delete the account."""
        self._client.request("DELETE", self._path)

    # -- linking --------------------------------------------------------------------------------------------------
    def scan(self, qr: str, tamper: str | None = None) -> Json:
        """Scan a QR code by its text; returns the device once the client has accepted."""
        return self._client._post(f"{self._path}/scan", qr=qr, tamper=tamper)

    def scan_picture(self, picture: bytes, mimetype: str = "image/png") -> Json:
        """Scan a picture of a QR code."""
        response = self._client.request(
            "POST", f"{self._path}/scan", content=picture, headers={"content-type": mimetype}
        )
        return dict(response.json())

    def pair(self, code: str, tamper: str | None = None) -> Json:
        """Type the pairing code that a client shows."""
        return self._client._post(f"{self._path}/pair", code=code, tamper=tamper)

    def remove_device(self, device: int) -> None:
        """Remove a linked device."""
        self._client._post(f"{self._path}/devices/{device}/remove")

    def wait_device_online(self, device: int | None = None, seconds: float = 60.0) -> Json:
        """Wait until a linked device (any, when none is named) is logged in and takes messages."""

        def check() -> Json | None:
            return next((d for d in self.devices() if d["online"] and device in (None, d["device"])), None)

        found = wait_until(check, seconds, f"a device of {self.number} online")
        assert found is not None
        return found

    # -- writing --------------------------------------------------------------------------------------------------
    def send(self, to: str, text: str | None = None, **content: Any) -> Json:
        """Write to a phone number or JID: text, or `media=`, `location=`, `reaction=` …; returns id and timestamp."""
        return self._client._post(f"{self._path}/messages", to=to, text=text, **content)

    def send_media(self, to: str, kind: str, data: bytes, **details: Any) -> Json:
        """Send a file; details are `mimetype`, `caption`, `filename`, `seconds`, `waveform` (base64), `view_once`."""
        return self.send(to, media={"kind": kind, "data": base64.b64encode(data).decode(), **details})

    def read(self, *ids: str, played: bool = False) -> None:
        """Read received messages."""
        self._client._post(f"{self._path}/receipts", ids=list(ids), type="played" if played else "read")

    def presence(self, state: str, to: str | None = None) -> None:
        """`composing`, `recording`, `paused` towards somebody; `available`, `unavailable`."""
        self._client._post(f"{self._path}/presence", state=state, to=to)

    def call(self, to: str, *, video: bool = False) -> str:
        """Ring somebody; the call's id."""
        return str(self._client._post(f"{self._path}/calls", to=to, video=video)["call_id"])

    def hang_up(self, to: str, call_id: str) -> None:
        """Stop ringing."""
        self._client.request("DELETE", f"{self._path}/calls/{call_id}", params={"to": to})

    def card(self, **changes: Any) -> Json:
        """What it shows of itself; with `about`, `business`, `picture` (base64) or `privacy`: changed first."""
        if changes:
            return dict(self._client.request("PATCH", f"{self._path}/card", json=changes).json())
        return self._client._get(f"{self._path}/card")

    def save_contact(self, contact: str, name: str) -> None:
        """Save a phone number in the address book: its owner sees this phone's status from then on."""
        self._client._post(f"{self._path}/contacts", contact=contact, name=name)

    def join(self, invite: str) -> Json:
        """Join a group by its invite link; `joined` is false when admins have to approve it."""
        return self._client._post(f"{self._path}/join", invite=invite)

    def leave(self, group: Group) -> None:
        """Leave a group."""
        self._client._post(f"{self._path}/leave", group=group.jid)

    # -- reading --------------------------------------------------------------------------------------------------
    def messages(
        self, after: int = 0, chat: str | None = None, wait: float = 0, limit: int | None = None
    ) -> list[Json]:
        """What it received, decrypted, from number `after` on."""
        path = f"{self._path}/messages"
        return list(self._client._get(path, after=after, chat=chat, wait=wait, limit=limit)["messages"])

    def receipts(self, after: int = 0, message_id: str | None = None, wait: float = 0) -> list[Json]:
        """The receipts that its messages got."""
        return list(self._client._get(f"{self._path}/receipts", after=after, id=message_id, wait=wait)["receipts"])

    def notices(self, after: int = 0, kind: str | None = None, wait: float = 0) -> list[Json]:
        """Anything else it noticed: typing, presence, calls, retries, app state."""
        return list(self._client._get(f"{self._path}/notices", after=after, kind=kind, wait=wait)["notices"])

    def media(self, message_id: str) -> bytes:
        """The decrypted file of a received message."""
        return self._client.request("GET", f"{self._path}/messages/{message_id}/media").content

    def wait_message(self, seconds: float = 60.0, after: int = 0, **wanted: Any) -> Json:
        """The first message whose fields are as wanted: `wait_message(text="hello")`."""
        return self._wait("message", self.messages, seconds, after, wanted)

    def wait_receipt(self, message_id: str, seconds: float = 60.0, after: int = 0, **wanted: Any) -> Json:
        """The first receipt for a message, e.g. `wait_receipt(id, type="read")`."""
        return self._wait(
            "receipt",
            lambda after, wait: self.receipts(after=after, message_id=message_id, wait=wait),
            seconds,
            after,
            wanted,
        )

    def wait_notice(self, kind: str, seconds: float = 60.0, after: int = 0, **wanted: Any) -> Json:
        """The first notice of a kind."""
        return self._wait(
            kind, lambda after, wait: self.notices(after=after, kind=kind, wait=wait), seconds, after, wanted
        )

    def _wait(self, what: str, poll: Callable[..., list[Json]], seconds: float, after: int, wanted: Json) -> Json:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            for entry in poll(after=after, wait=min(left, LONGEST_POLL)):
                if all(entry.get(name) == value for name, value in wanted.items()):
                    return entry
                after = entry["n"]
        raise TimeoutError(f"{self.number} saw no {what} with {wanted} within {seconds} s")


class Group:
    """One group of the sandbox."""

    def __init__(self, client: SandboxClient, jid: str) -> None:
        self._client, self.jid = client, jid
        self._path = f"/groups/{jid}"

    def __repr__(self) -> str:
        return f"Group({self.jid!r})"

    def info(self) -> Json:
        """`{subject, description, members: [{phone, lid, role}], invite, requests, …}`"""
        return self._client._get(self._path)

    def roles(self) -> dict[str, str]:
        """Phone number -> `member`, `admin` or `superadmin`."""
        return {member["phone"]: member["role"] for member in self.info()["members"]}

    def change(self, by: Phone, **settings: Any) -> Json:
        """`subject`, `description`, `announcement`, `locked`, `approval`, `ephemeral`."""
        return dict(self._client.request("PATCH", self._path, json={"by": by.number, **settings}).json())

    def members(self, by: Phone, action: str, *phones: Phone) -> dict[str, int]:
        """`add`, `remove`, `promote`, `demote`, `approve`, `reject`: phone number -> WhatsApp's code, 0 when done."""
        body = {"by": by.number, "action": action, "phones": [phone.number for phone in phones]}
        answer = self._client._post(f"{self._path}/members", **body)
        return {each["phone"]: each["error"] for each in answer["outcomes"]}

    def new_invite(self, by: Phone) -> str:
        """Revoke the invite link; the new one."""
        return link(self._client._post(f"{self._path}/invite", by=by.number)["invite"])

    def invite(self) -> str:
        """The invite link."""
        return link(self.info()["invite"])

    def picture(self) -> bytes:
        """The group's picture."""
        return self._client.request("GET", f"{self._path}/picture").content


class Channel:
    """One channel of the sandbox."""

    def __init__(self, client: SandboxClient, jid: str) -> None:
        self._client, self.jid = client, jid
        self._path = f"/channels/{jid}"

    def info(self) -> Json:
        """`{name, description, invite, followers: {lid: {role, muted}}, posts: [{server_id, id, reactions}]}`"""
        return self._client._get(self._path)

    def follow(self, phone: Phone, action: str = "follow") -> Json:
        """`follow`, `unfollow`, or become an `admin`."""
        return self._client._post(f"{self._path}/followers", phone=phone.number, action=action)

    def post(self, by: Phone, text: str, edits: str | None = None) -> Json:
        """Post a text, or change the post of the id `edits`: `{id, server_id}`."""
        return self._client._post(f"{self._path}/posts", by=by.number, text=text, edits=edits)


def link(code: str) -> str:
    """An invite link, as people pass it on."""
    return f"https://chat.whatsapp.com/{code}"
