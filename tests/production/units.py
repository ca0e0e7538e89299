"""As much of systemd as the units in deploy/systemd ask for: start, stop in order, restart always."""

import configparser
import contextlib
import fnmatch
import os
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path

from whatsapp_api.ops.children import die_with_parent


def read_environment(path: Path) -> dict[str, str]:
    """An EnvironmentFile."""
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: " ".join(shlex.split(value)) for name, _, value in pairs}


class Unit:
    """One running service: started again when it ends by itself, until it is stopped."""

    def __init__(self, name: str, text: str, log: Path, passed_on: dict[str, str]) -> None:
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(text)
        self.name, self._service, self._log, self._passed_on = name, parser["Service"], log, passed_on
        self._child: subprocess.Popen[bytes] | None = None
        self._wanted = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None and self._child.poll() is None, f"{self.name} does not run"
        return self._child.pid

    def start(self) -> None:
        if self._wanted.is_set():
            return
        self._wanted.set()
        if self._service.get("Type") == "oneshot":
            self._spawn()
            assert self._child is not None
            code = self._child.wait(float(self._service["TimeoutStartSec"]))
            assert code == 0, f"{self.name} ended with {code}: {self._log.read_text()[-2000:]}"
            return
        # In the thread that stays: the process ends with the one that started it, and `systemctl` is called in many.
        spawned = threading.Event()
        self._watcher = threading.Thread(target=self._watch, args=(spawned,), daemon=True)
        self._watcher.start()
        spawned.wait()

    def stop(self) -> float:
        """SIGTERM to the process, SIGKILL to the rest of its group (KillMode=mixed); how long it took."""
        began = time.monotonic()
        self._wanted.clear()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(float(self._service["TimeoutStopSec"]))
        self.kill()
        return time.monotonic() - began

    def kill(self) -> None:
        """All of it at once, as when the machine loses power."""
        self._wanted.clear()
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()

    def _spawn(self) -> None:
        variables = dict(word.split("=", 1) for word in shlex.split(self._service.get("Environment", "")))
        if file := self._service.get("EnvironmentFile"):
            variables = variables | read_environment(Path(file))
        with self._log.open("ab") as output:
            self._child = subprocess.Popen(
                shlex.split(self._service["ExecStart"]),
                cwd=self._service.get("WorkingDirectory", "/"),
                env=self._passed_on | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _watch(self, spawned: threading.Event) -> None:
        try:
            self._spawn()
        finally:
            spawned.set()
        while self._wanted.is_set():
            assert self._child is not None
            self._child.wait()
            if self._wanted.wait(0) and not self._pause(float(self._service["RestartSec"])):
                self._spawn()

    def _pause(self, seconds: float) -> bool:
        """Whether a stop was asked for meanwhile."""
        time.sleep(seconds)
        return not self._wanted.is_set()


class Systemd:
    """The units of one server."""

    def __init__(self, root: Path, letter: str, passed_on: dict[str, str]) -> None:
        self._root, self._letter, self._passed_on = root, letter, passed_on
        self.units: dict[str, Unit] = {}
        self.stopped_after: dict[str, float] = {}

    def __call__(self, words: list[str]) -> str:
        """`systemctl WORDS`."""
        command, names = words[0], [word for word in words[1:] if not word.startswith("-")]
        if (command == "enable" and "--now" not in words) or command in {"daemon-reload", "reload"}:
            return ""
        found = [unit for name in names for unit in self._named(name)]
        for name in found:
            runs = name in self.units
            if command in {"stop", "restart", "try-restart"} and runs:
                self.stopped_after[name] = self.units.pop(name).stop()
            if command in {"start", "enable", "restart"} or (command == "try-restart" and runs):
                self.start(name)
        return ""

    def start(self, name: str) -> None:
        for needed in self._words(name, "Wants"):
            if needed.endswith(".service"):
                self.start(needed.removesuffix(".service"))
        if not name.endswith(".target") and name not in self.units:
            self.units[name] = Unit(name, self._text(name), self.log(name), self._passed_on)
            self.units[name].start()

    def log(self, name: str) -> Path:
        folder = self._root / "var" / "log"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def stop_all(self) -> None:
        for unit in reversed(self.units.values()):
            unit.stop()
        self.units.clear()

    def kill_all(self) -> None:
        for unit in self.units.values():
            unit.kill()
        self.units.clear()

    def _named(self, name: str) -> list[str]:
        name = name.removesuffix(".service")
        return fnmatch.filter(self.units, name) if "*" in name else [name]

    def _words(self, name: str, key: str) -> list[str]:
        lines = (line for line in self._text(name).splitlines() if line.startswith(f"{key}="))
        return [word for line in lines for word in line.partition("=")[2].split()]

    def _text(self, name: str) -> str:
        """With this server's paths; one kernel has one host name, so an instance carries the server's letter."""
        template, _, instance = name.partition("@")
        file = f"{template}@.service" if instance else name if name.endswith(".target") else f"{name}.service"
        text = (self._root / "etc" / "systemd" / "system" / file).read_text()
        for folder in ("opt", "etc", "var"):
            text = text.replace(f"=/{folder}/", f"={self._root}/{folder}/")
        return text.replace("%i", f"{self._letter}{instance}")
