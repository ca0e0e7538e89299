"""Addresses and ranges: which of them an address lies in."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=1024)
def network(text: str) -> Network:
    """`203.0.113.0/24` or a single address; raises ValueError."""
    return ipaddress.ip_network(text, strict=False)


def address_in(address: str, networks: Iterable[str]) -> bool:
    """Is it in one of these ranges? What is no address is in none; IPv4 written as IPv6 is IPv4."""
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network(text) for text in networks)


def address_allowed(address: str, networks: Iterable[str]) -> bool:
    """No ranges: every address is allowed."""
    ranges = list(networks)
    return not ranges or address_in(address, ranges)
