"""A sandbox in a process of its own, as users run it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from sessions_app.sandbox.client import SandboxClient
from whatsapp_api.ops.children import die_with_parent

ROOT = Path(__file__).parents[2]


class SandboxProcess:
    """`python -m sessions_app.sandbox`, and its client."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.start()

    def start(self, port: int = 0) -> None:
        command = [sys.executable, "-m", "sessions_app.sandbox", "--port", str(port), *self.arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.port = int(self.url.rpartition(":")[2])
        self.client = SandboxClient(self.url)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.client.close()
        self.process.send_signal(number)
        code = self.process.wait(60)
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """Make sure that it is gone."""
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)

    def restart(self, number: int = signal.SIGKILL) -> None:
        """End it and start it again on the same port."""
        self.stop(number)
        self.start(self.port)
