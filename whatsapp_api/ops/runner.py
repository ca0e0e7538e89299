"""`make run`: the whole platform from one command, on one terminal. docs/adr/0003-process-runner.md says why."""

import argparse
import contextlib
import functools
import http.client
import os
import shlex
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from whatsapp_api.core.paths import REPOSITORY, data_dir, private_dir, redis_dir, redis_socket, run_dir
from whatsapp_api.ops import redis_server
from whatsapp_api.ops.checks import CannotStart, only_runner, port_is_free, raise_file_limit
from whatsapp_api.ops.console import Console
from whatsapp_api.ops.leftovers import end_leftovers, guardian, new_mark
from whatsapp_api.ops.options import Options
from whatsapp_api.ops.process import Process
from whatsapp_api.ops.procfile import instance, read_procfile, scaled, shell_argv
from whatsapp_api.ops.supervisor import Supervisor

PREPARE = f"{shlex.quote(sys.executable)} -m whatsapp_api.ops.prepare"
# Our own addresses are never reached through a proxy that the environment may name.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Runner:
    """Composition: checks, Redis, preparation, the Procfile's processes."""

    def __init__(self, options: Options, commands: dict[str, str], prepare: str) -> None:
        self._options = options
        self._commands = commands
        self._prepare = prepare
        self._console = Console(["runner", "redis", "setup", *commands])
        self._say = functools.partial(self._console.write, "runner")
        self._mark = new_mark(data_dir())

    def run(self) -> None:
        """Returns after an orderly end; raises CannotStart with a sentence otherwise."""
        # Messages and accounts lie in it; one that exists already keeps the rights its owner gave it.
        data_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
        private_dir(run_dir())
        with only_runner(data_dir()):
            self._ready_file().unlink(missing_ok=True)
            if count := end_leftovers(data_dir()):
                self._say(f"Ended {count} processes that a former run left behind.")
            port_is_free(self._options.host, self._options.port, "PORT")
            port_is_free("127.0.0.1", self._options.sandbox_port, "SANDBOX_PORT")
            raise_file_limit()
            with guardian(self._mark):
                self._supervise(Supervisor(run_dir() / "processes.json"))

    def _supervise(self, supervisor: Supervisor) -> None:
        redis = self._process("redis", self._redis_argv()) if self._options.own_redis else None
        try:
            if redis is not None:
                self._start_redis(supervisor, redis)
            self._run_preparation(supervisor)
            if not supervisor.stopping:
                supervisor.start(*(self._process(name, shell_argv(line)) for name, line in self._commands.items()))
                threading.Thread(target=self._announce, daemon=True).start()
                supervisor.run()
        finally:
            self._ready_file().unlink(missing_ok=True)
            self._say("Stopping.")
            supervisor.stop(last=redis)
            remove_temporary(redis_socket())
            self._say("Stopped.")

    def _redis_argv(self) -> list[str]:
        try:
            return redis_server.command(redis_socket(), redis_dir())
        except OSError as error:
            raise CannotStart(str(error)) from error

    def _start_redis(self, supervisor: Supervisor, redis: Process) -> None:
        supervisor.start(redis)
        supervisor.run(until=lambda: redis_server.answers(redis_socket()) or not redis.running, poll=0.02)
        if not redis.running and not supervisor.stopping:
            raise CannotStart(f"The bundled Redis server did not start: see {redis_server.log_file(redis_dir())}.")

    def _run_preparation(self, supervisor: Supervisor) -> None:
        prepared = supervisor.run_once(self._process("setup", shell_argv(self._prepare)))
        if not prepared and not supervisor.stopping:
            raise CannotStart("Preparing the database failed; the lines above say why.")

    def _process(self, name: str, argv: list[str]) -> Process:
        environment = {**self._options.environment(self._mark), "INSTANCE": instance(name)}
        return Process(name, argv, environment, self._console.write)

    def _announce(self) -> None:
        """Tell the person, and whoever waits for the file, that the platform can be used."""
        # Answered without TLS too, when a proxy in front has it.
        urls = {"web": f"{self._options.url}/api/health/live", "sandbox": self._options.sandbox_url}
        for name, url in urls.items():
            if name in self._commands:
                _wait_for(lambda url=url: _answers(url))  # type: ignore[misc]
        self._ready_file().write_text(f"{os.getpid()}\n")
        self._say(
            f"Ready: dashboard {self._options.url}/admin/  API {self._options.url}/api/docs/  sandbox {urls['sandbox']}"
        )
        self._say("Ctrl-C stops everything.")

    @staticmethod
    def _ready_file() -> Path:
        return run_dir() / "ready"


def remove_temporary(socket: Path) -> None:
    """The socket's folder, when a deep data directory put it elsewhere; a server that was killed left the socket."""
    if socket.parent != run_dir():
        with contextlib.suppress(OSError):
            socket.unlink(missing_ok=True)
            socket.parent.rmdir()


def _wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with DIRECT.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, http.client.HTTPException):
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--procfile", type=Path, default=REPOSITORY / "Procfile")
    parser.add_argument("--prepare", default=PREPARE, help="the command that is run before the processes")
    arguments = parser.parse_args()
    try:
        options = Options.from_environment()
        Runner(options, scaled(read_procfile(arguments.procfile), options.scale), arguments.prepare).run()
    except (CannotStart, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
