"""The proxy of a session: its address in the open, its credentials sealed and never shown again."""

import ipaddress
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from sessions_app.engine.errors import EngineError
from whatsapp_api.core.crypto import SealBroken, seal_text, unseal_text
from whatsapp_api.core.master_key import MasterKeyError

if TYPE_CHECKING:
    from .models import Session

SCHEMES = ("http", "https", "socks5")
LONGEST_CREDENTIAL = 255  # bytes; SOCKS5 has one byte for the length
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?", re.IGNORECASE)


class BadProxy(ValueError):
    """`field` names what is wrong, the text says how. It never quotes the input, which may hold a password."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Proxy:
    """Its repr is fit for logs."""

    scheme: str
    host: str
    port: int
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """Without credentials, for people and for the database."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def url(self) -> str:
        """With credentials, for the engine only."""
        if not self.username:
            return self.address
        scheme, _, place = self.address.partition("://")
        return f"{scheme}://{quote(self.username, safe='')}:{quote(self.password, safe='')}@{place}"


def proxy_read(url: str, username: str = "", password: str = "") -> Proxy:
    """Understand what somebody wrote; credentials in the URL count unless given beside it. Raises BadProxy."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadProxy("url", "Write scheme://host:port, such as socks5://proxy.example.com:1080.") from None
    if parts.scheme not in SCHEMES:
        raise BadProxy("url", f"Begin with one of {', '.join(f'{scheme}://' for scheme in SCHEMES)}.")
    if not _is_host(host):
        raise BadProxy("url", "Name the proxy's host or IP address.")
    if not port:
        raise BadProxy("url", "Say the proxy's port, from 1 to 65535.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadProxy("url", "Nothing may follow the port.")
    username, password = _credentials(parts.username, parts.password, username, password)
    return Proxy(parts.scheme, host, port, username, password)


def proxy_of(session: "Session") -> Proxy | None:
    """The proxy as the engine needs it; an EngineError when its credentials cannot be read."""
    if not session.proxy_address:
        return None
    try:
        sealed = unseal_text(session.proxy_credentials, context=proxy_context(session))
    except (MasterKeyError, SealBroken) as error:
        text = f"The credentials of the proxy {session.proxy_address} cannot be read. {error}"
        raise EngineError(text, code="proxy_unreadable") from error
    username, password = json.loads(sealed) if sealed else ("", "")
    return proxy_read(session.proxy_address, username, password)


def proxy_fields(session: "Session", proxy: Proxy | None) -> dict[str, str]:
    """The columns of a session that goes through this proxy."""
    if proxy is None:
        return {"proxy_address": "", "proxy_credentials": ""}
    credentials = json.dumps([proxy.username, proxy.password]) if proxy.username else ""
    sealed = seal_text(credentials, context=proxy_context(session))
    return {"proxy_address": proxy.address, "proxy_credentials": sealed}


def proxy_payload(session: "Session") -> dict[str, Any] | None:
    """What may be shown of it."""
    if not session.proxy_address:
        return None
    parts = urlsplit(session.proxy_address)
    return {
        "scheme": parts.scheme,
        "host": parts.hostname,
        "port": parts.port,
        "has_credentials": bool(session.proxy_credentials),
    }


def proxy_context(session: "Session") -> str:
    """What the credentials are sealed for."""
    return f"session proxy {session.pk}"


def _credentials(url_name: str | None, url_password: str | None, name: str, password: str) -> tuple[str, str]:
    if not name and not password:
        name, password = unquote(url_name or ""), unquote(url_password or "")
    for label, value in (("username", name), ("password", password)):
        if len(value.encode(errors="replace")) > LONGEST_CREDENTIAL:
            raise BadProxy(label, f"At most {LONGEST_CREDENTIAL} bytes.")
        if not value.isprintable():
            raise BadProxy(label, "Has characters that cannot be part of it.")
    if password and not name:
        raise BadProxy("username", "A password needs a username.")
    if ":" in name:  # HTTP ends the name there
        raise BadProxy("username", "A username has no colon.")
    return name, password


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(HOST.fullmatch(host)) and not host.replace(".", "").isdigit()
    return "%" not in host
