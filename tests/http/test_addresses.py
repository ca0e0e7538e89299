"""Which addresses are public, and what the operator may allow besides."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from whatsapp_api.core.http.addresses import AddressPolicy, outgoing_policy

NOBODY = AddressPolicy()
FORBIDDEN = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "fe80::1%eth0",
    "nonsense",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_what_is_not_public_is_forbidden(address: str) -> None:
    assert not NOBODY.allows("example.com", address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_what_is_public_is_allowed(address: str) -> None:
    assert NOBODY.allows("example.com", address)


def test_the_operator_allows_networks_and_names() -> None:
    policy = AddressPolicy.parse(["10.1.0.0/16", "127.0.0.2", "Hooks.Internal", "fd00::/8"])
    assert policy.allows("a.example", "10.1.2.3")
    assert not policy.allows("a.example", "10.2.2.3")
    assert policy.allows("a.example", "127.0.0.2")
    assert policy.allows("a.example", "fd00::1")
    assert policy.allows("hooks.internal.", "192.168.1.1")
    assert not policy.allows("other.internal", "192.168.1.1")


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "10.0.0.1/8", "300.1.1.1", "x/8"])
def test_a_malformed_opt_in_stops_the_start(entry: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="OUTGOING_PRIVATE_ALLOWED"):
        outgoing_policy([entry])
