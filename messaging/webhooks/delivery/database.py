"""Database work of the delivery loop: in threads of its own, whose connections stay open."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sessions_app.worker.durable import connection_reset, describe
from whatsapp_api.core.errors import DATABASE_FAULTS

logger = logging.getLogger(__name__)

T = TypeVar("T")
PAUSE_FIRST = 0.1
PAUSE_MOST = 3.0


class Database:
    """Two threads: a long read does not hold up the commit of outcomes."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="deliveries-db")

    async def __call__(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _clean, work, arguments)

    async def durably(self, work: Callable[..., T], *arguments: Any) -> T:
        """Repeated for as long as the database is away; `work` may so be called several times."""
        pause = PAUSE_FIRST
        while True:
            try:
                return await self(work, *arguments)
            except DATABASE_FAULTS as error:
                logger.warning("Deliveries wait for the database: %s", describe(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_MOST)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _clean(work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    try:
        return work(*arguments)
    except BaseException:
        connection_reset()
        raise
