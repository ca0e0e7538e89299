"""Finding the message brokers that the tests of sinks run: Debian's RabbitMQ and NATS, unpacked by `make test`."""

import shutil
from pathlib import Path

from whatsapp_api.ops import debian

NATS = debian.FOLDER / "nats"
RABBITMQ = debian.FOLDER / "rabbitmq"
ERLANG = (
    *("base", "asn1", "crypto", "public-key", "mnesia", "runtime-tools", "ssl", "eldap", "ftp", "tftp", "inets"),
    *("snmp", "os-mon", "parsetools", "syntax-tools", "tools", "xmerl"),
)
ERL = """#!/bin/sh
ROOTDIR={root} BINDIR={bin} EMU=beam PROGNAME=erl exec {bin}/erlexec "$@"
"""


def find_nats() -> str | None:
    """The system's, or the one that was unpacked."""
    program = NATS / "usr" / "sbin" / "nats-server"
    return shutil.which("nats-server") or (str(program) if program.exists() else None)


def find_rabbitmq() -> Path | None:
    """The folder of the unpacked one, in which `rabbitmq-server`, `erl` and `epmd` are."""
    folder = RABBITMQ / "programs"
    return folder if folder.is_dir() else None


def unpack_nats() -> bool:
    return debian.unpack(["nats-server"], NATS)


def unpack_rabbitmq() -> bool:
    """With its Erlang: 38 MB to fetch, 71 MB on disk, about 20 seconds."""
    if not debian.unpack(["rabbitmq-server", *(f"erlang-{part}" for part in ERLANG)], RABBITMQ):
        return False
    erlang = RABBITMQ / "usr" / "lib" / "erlang"
    programs = next(erlang.glob("erts-*")) / "bin"
    server = next(RABBITMQ.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*"))
    # Debian's `erl` knows the place only that it would be installed at.
    folder = RABBITMQ / "programs.new"
    folder.mkdir()
    (folder / "erl").write_text(ERL.format(root=erlang, bin=programs))
    (folder / "erl").chmod(0o755)
    (folder / "epmd").symlink_to(programs / "epmd")
    for script in (server / "sbin").iterdir():  # they look for each other beside themselves
        (folder / script.name).symlink_to(script)
    folder.rename(RABBITMQ / "programs")
    return True
