"""Runs a sandbox as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from pathlib import Path

from sessions_app.sandbox.control.api import ControlApi
from sessions_app.sandbox.server.sandbox import Sandbox
from sessions_app.sandbox.server.sockets import is_loopback


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.umask(0o077)
    asyncio.run(serve(options.host, options.port, options.state, options.ready_file))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sessions_app.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", type=_loopback, help="a loopback address")
    parser.add_argument("--port", default=0, type=int, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="folder of the state; without it everything is forgotten at the end")
    parser.add_argument("--ready-file", type=Path, help="write the line that says where it listens there as well")
    parser.add_argument("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
    return parser


def _loopback(host: str) -> str:
    if not is_loopback(host):
        raise argparse.ArgumentTypeError("the sandbox listens on loopback only")
    return host


async def serve(host: str, port: int, state: Path | None, ready_file: Path | None) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sandbox = Sandbox(state)
    url = await sandbox.start(ControlApi(sandbox).handle, host, port)
    try:
        _announce(json.dumps({"url": url, "pid": os.getpid()}), ready_file)
        await stop.wait()
    finally:
        await sandbox.stop()


def _announce(line: str, ready_file: Path | None) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    if ready_file is not None:
        temporary = ready_file.with_name(f"{ready_file.name}.part")
        temporary.write_text(line)
        temporary.replace(ready_file)
