"""Building neonize clients so that their known traps stay shut."""

import itertools
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sessions_app.engine.errors import EngineError
from sessions_app.engine.store import database_path

from .library import DeviceProps, NewClient, ProxySettings

log = logging.getLogger(__name__)

DEVICE_NAME = "WhatsApp API"

_numbers = itertools.count(1)
# A client that is garbage collected stops whichever client has its uuid. They all stay, and detached besides.
_clients: list[Any] = []
_stores: set[str] = set()


def opened_before(store: str) -> bool:
    """Has this process opened that store already? (The library never closes one.)"""
    return _data_source(store) in _stores


def build_client(session: str, store: str, device_name: str) -> Any:
    """A client on the session's store, under a name that no other client of this process ever had.

    The device name is what the phone lists; it counts at pairing only and is the same for a whole process.
    """
    props = DeviceProps(os=device_name or DEVICE_NAME, platformType=DeviceProps.CHROME)
    source = _data_source(store)
    _stores.add(source)
    client = NewClient(source, props=props, uuid=f"{session}-{os.getpid()}-{next(_numbers)}")
    client._stop_finalizer.detach()
    _clients.append(client)
    return client


def proxy_settings(proxy: str) -> Any:
    """The session's own proxy (http, https, socks5), or None."""
    return ProxySettings(proxy_address=proxy) if proxy else None


def on(client: Any, event: Any, handler: Callable[[Any], None]) -> None:
    """Call `handler` with every such event."""
    # A plain function: neonize keeps bound methods weakly, and they vanish.
    client.event(event)(lambda _, message: handler(message))


def on_loop_entered(client: Any, handler: Callable[[Any], None], *, after_each: Callable[[], None]) -> None:
    """Call `handler` with our own device when the event loop has begun; keep bad events out of the C stack.

    The library always sends event 0 first. It is also the sign that it has read its maps (see gate.py).
    `after_each` is called after any event.
    """
    execute = client.event.execute

    def guarded(uuid: int, binary: int, size: int, code: int) -> None:
        try:
            execute(uuid, binary, size, code)
            if code == 0:
                handler(client.me)
        except Exception:
            log.exception("event %s of the library was not understood", code)
        finally:
            after_each()

    client.event.execute = guarded


def _data_source(store: str) -> str:
    path = str(database_path(Path(store).absolute()))
    if any(character in path for character in "?#%"):
        raise EngineError("the store's path has characters that SQLite would interpret", code="bad_store")
    # neonize appends "?_foreign_keys=on", which "&x=" turns into the value of a parameter nobody reads.
    return f"{path}?_journal_mode=WAL&_busy_timeout=10000&_synchronous=NORMAL&_foreign_keys=on&x="
