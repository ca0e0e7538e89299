"""Ending tasks for certain."""

import asyncio
from collections.abc import Iterable

AGAIN_SECONDS = 0.5


async def ended(tasks: "Iterable[asyncio.Task[object] | asyncio.Task[None]]", *, again: float = AGAIN_SECONDS) -> None:
    """Cancel until all are done: a library's `wait_for` may swallow a cancellation (Python 3.11), so ask again.

    `again`: seconds that they may take for an orderly end before they are.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=again)
