"""Addresses of message brokers: `scheme://host:port/path?option=value`, credentials apart from them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from whatsapp_api.core.http.faults import UrlRefused
from whatsapp_api.core.http.urls import check_url

from .contract import BadTarget, Packet

NAME = re.compile(r"(?:[A-Za-z0-9_.:/-]|\{(?:event|session|workspace)\}){1,200}")
NOBODY = "-"  # in place of a session where an event has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What a broker's scheme stands for."""

    port: int
    tls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`options` holds every option of the kind of broker, given or not."""

    host: str
    port: int
    tls: bool
    path: str
    options: Mapping[str, str]


def address_of(url: str, *, schemes: Mapping[str, Scheme], options: Mapping[str, str]) -> Address:
    """`options`: those there are, with their defaults. BadTarget says what to write instead."""
    try:
        parsed = check_url(url, settings.OUTGOING_POLICY, schemes=list(schemes))
    except UrlRefused as error:
        raise BadTarget(error.message) from error
    given = dict(parsed.params)
    if unknown := given.keys() - options.keys():
        known = ", ".join(options)
        raise BadTarget(f"The address has no option {min(unknown)[:40]!r}; there are: {known}.")
    scheme = schemes[parsed.scheme]
    return Address(
        host=parsed.host,
        port=parsed.port or scheme.port,
        tls=scheme.tls,
        path=parsed.path.removeprefix("/"),
        options={**options, **given},
    )


def name_check(option: str, pattern: str) -> str:
    """A name that may hold `{event}`, `{session}` and `{workspace}`."""
    if not NAME.fullmatch(pattern):
        raise BadTarget(
            f"{option}: up to 200 letters, digits and any of _ . : / -, with {{event}}, {{session}} and {{workspace}}."
        )
    return pattern


def name_of(pattern: str, packet: Packet) -> str:
    """The name for one event."""
    return (
        pattern.replace("{event}", packet.event_type)
        .replace("{session}", packet.session_id or NOBODY)
        .replace("{workspace}", packet.workspace_id)
    )
