"""What must not be when others can reach the installation: the start is refused, in a sentence each."""

import ipaddress

from django.core.exceptions import ImproperlyConfigured

WEAK_WORDS = ("changeme", "change-me", "insecure", "secret-key", "your-secret", "default", "example", "password")
FEWEST_CHARACTERS = 10  # different ones, of at least 32


def start_check(*, host: str, behind_tls: bool, debug: bool, secret_key: str, allowed_hosts: list[str]) -> None:
    """Raises ImproperlyConfigured with everything that is wrong."""
    found = faults(host=host, behind_tls=behind_tls, debug=debug, secret_key=secret_key, allowed_hosts=allowed_hosts)
    if found:
        raise ImproperlyConfigured("Refusing to start where others can reach it. " + " ".join(found))


def faults(*, host: str, behind_tls: bool, debug: bool, secret_key: str, allowed_hosts: list[str]) -> list[str]:
    """On loopback without TLS it is somebody's own machine, and nothing is wrong."""
    if is_own_machine(host) and not behind_tls:
        return []
    wrong = {
        "DJANGO_DEBUG must be 0: its pages show settings and source to everybody.": debug,
        "SECRET_KEY is a default or too simple: `openssl rand -base64 48` makes one.": is_weak(secret_key),
        "ALLOWED_HOSTS must name the hosts, without *: else links and caches can be poisoned.": any(
            name.lstrip(".") in {"*", ""} for name in allowed_hosts
        ),
    }
    return [sentence for sentence, is_wrong in wrong.items() if is_wrong]


def is_own_machine(host: str) -> bool:
    """Is the address that the web server listens on reachable from this machine alone?"""
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_weak(secret_key: str) -> bool:
    """One that somebody copied from a document, or typed."""
    text = secret_key.lower()
    return len(set(text)) < FEWEST_CHARACTERS or any(word in text for word in WEAK_WORDS)
