"""Runs the session owner inside a Celery worker that was started with `--session-supervisor`.

A step of the worker, not of its consumer: it lives on while the broker is away. Imports of the owner wait until
the option is given, so other workers load nothing of it.
"""

from typing import Any

import click
from celery import Celery, bootsteps

OPTION = click.Option(
    ["--session-supervisor"], is_flag=True, default=False, help="Carry WhatsApp sessions in this worker."
)


class SessionSupervisorStep(bootsteps.StartStopStep):
    """Starts after the pool; on shutdown it stops before tasks under way end."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, session_supervisor: bool = False, **options: Any) -> None:
        super().__init__(parent, **options)
        self.enabled = bool(session_supervisor)
        self._supervisor: Any = None

    def start(self, parent: Any) -> None:
        """Returns at once; sessions come up in threads of their own."""
        from .incarnations import Incarnations

        self._supervisor = Incarnations()
        self._supervisor.start()

    def stop(self, parent: Any) -> None:
        """Called once on a warm shutdown, and again on `terminate`."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.stop()

    terminate = stop


def install(app: Celery) -> None:
    """Teach `celery worker` the option and the step."""
    app.user_options["worker"].add(OPTION)
    app.steps["worker"].add(SessionSupervisorStep)
