"""What a URL must look like before anything is resolved or connected. Cheap enough for a request to wait for."""

import ipaddress
import re
from collections.abc import Sequence

import httpx

from .addresses import AddressPolicy
from .faults import UrlRefused, forbidden

MAX_LENGTH = 2048
HOST = re.compile(rb"[0-9A-Za-z._:-]{1,253}")  # a name in its ASCII form, or an address


def check_url(url: str, policy: AddressPolicy, *, schemes: Sequence[str] = ("http", "https")) -> httpx.URL:
    """The parsed URL; UrlRefused when it has none of the schemes, or names a forbidden address outright.

    Names are looked up when connecting, not here: what they resolve to may change in between.
    """
    if len(url) > MAX_LENGTH:
        raise UrlRefused("url_invalid", f"The URL is longer than {MAX_LENGTH} characters.")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise UrlRefused("url_invalid", "This is not a URL; write something like https://example.com/file.") from error
    if parsed.scheme not in schemes or not parsed.host:
        begin = " or ".join(f"{scheme}://" for scheme in schemes)
        raise UrlRefused("url_invalid", f"The URL must begin with {begin} and name a host.")
    if not HOST.fullmatch(parsed.raw_host) or not 0 < (parsed.port or 80) <= 65535:
        raise UrlRefused("url_invalid", "The URL's host or port is malformed.")
    if parsed.userinfo:
        raise UrlRefused("url_invalid", "The URL must not hold a user name or password.")
    _refuse_literal(parsed.host, policy)
    return parsed


def _refuse_literal(host: str, policy: AddressPolicy) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    if not policy.allows(host, host):
        raise forbidden(host)
