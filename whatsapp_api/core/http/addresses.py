"""Which addresses outgoing requests may go to: the public internet, and what the operator opted in to."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.core.exceptions import ImproperlyConfigured

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Beyond what `is_global` says, which differs between versions of Python and leaves out what only looks public.
NEVER_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; some clouds' metadata (100.100.100.200)
        "168.63.129.16/32",  # Azure's own services, from inside any of its machines
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata (192.0.0.192)
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",  # v4-compatible
        "::ffff:0:0/96",  # v4-mapped
        "64:ff9b::/96",  # NAT64: leads to any v4 address
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2002::/16",  # 6to4: leads to any v4 address
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
    )
)


def is_public(address: Address) -> bool:
    """Can a server on the public internet have this address?"""
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local:
        return False
    return not any(address.version == network.version and address in network for network in NEVER_PUBLIC)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Private networks, and names of hosts whose address may be private, that the operator opted in to."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """From words such as `10.1.2.0/24`, `127.0.0.2` and `hooks.internal`; ValueError names a malformed one."""
        networks: list[Network] = []
        hosts: list[str] = []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError as error:
                if "/" in entry or not entry.strip("0123456789."):
                    raise ValueError(f"{entry} is not a network: {error}") from error
                hosts.append(entry.rstrip(".").lower())
        return cls(tuple(networks), frozenset(hosts))

    def allows(self, host: str, address: str) -> bool:
        """May a request for `host` go to this address that it resolved to?"""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:  # e.g. with a scope: fe80::1%eth0
            return False
        if is_public(parsed) or host.rstrip(".").lower() in self.hosts:
            return True
        return any(parsed.version == network.version and parsed in network for network in self.networks)


def outgoing_policy(entries: Iterable[str]) -> AddressPolicy:
    """The operator's opt-in OUTGOING_PRIVATE_ALLOWED; what makes no sense stops the start."""
    try:
        return AddressPolicy.parse(entries)
    except ValueError as error:
        raise ImproperlyConfigured(f"OUTGOING_PRIVATE_ALLOWED: {error}") from error
