"""Whether names can be looked up: those of WhatsApp and of receivers of webhooks, where something needs them now."""

import ipaddress
import socket
import threading
import time
from itertools import islice

from whatsapp_api.core.health import Finding, degraded, hosts_needed, ok

NAMES = 3
WITHIN_SECONDS = 1.5
UNDER_WAY = 12
"""Look-ups at most. One that nobody answers ends by itself after some ten seconds, by the system's resolver."""
DEAF = {socket.EAI_AGAIN, socket.EAI_FAIL}
"""Nobody answered. That there is no such name is an answer."""

_under_way = threading.Semaphore(UNDER_WAY)


def dns() -> Finding:
    """One answer to any of some names is enough: that one name's own servers are away is its owner's affair."""
    names = list(islice(dict.fromkeys(name for name in hosts_needed() if _is_name(name)), NAMES))
    if not names:
        return ok(names=[])
    answered = threading.Event()
    asked = [_ask(name, answered) for name in names]
    if not any(asked) or not _wait(answered, [thread for thread in asked if thread]):
        text = f"No name can be looked up ({', '.join(names)}): webhooks, files by URL and new connections wait."
        return degraded(text, names=names)
    return ok(names=names)


def _ask(name: str, answered: threading.Event) -> threading.Thread | None:
    """A thread, since getaddrinfo knows no deadline; None while too many wait already."""
    if not _under_way.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_look_up, args=(name, answered), name="health-dns", daemon=True)
    thread.start()
    return thread


def _look_up(name: str, answered: threading.Event) -> None:
    try:
        socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in DEAF:
            return
    except OSError:
        return
    except UnicodeError:
        pass  # no name at all, which says nothing of DNS
    finally:
        _under_way.release()
    answered.set()


def _wait(answered: threading.Event, threads: list[threading.Thread]) -> bool:
    """Until one has answered, all have given up, or the time is over."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not answered.wait(0.02) and time.monotonic() < deadline and any(thread.is_alive() for thread in threads):
        pass
    return answered.is_set()


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return bool(host)
    return False
