"""A sink over one kept connection: opened when it is needed, given up when it fails."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from whatsapp_api.core.http import faults
from whatsapp_api.core.http.faults import HttpFault

from .contract import Answer, Packet, SinkFault, Target

C = TypeVar("C")
CLOSE_SECONDS = 2.0


@contextlib.asynccontextmanager
async def _not_cancelled_by_others() -> AsyncIterator[None]:
    """Client libraries cancel what waits on a connection that ends; to us that is a fault like any other."""
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ConnectionError("the connection was closed") from None


class HeldSink(ABC, Generic[C]):
    """`FAULTS`: what the client library raises when a connection is of no use any more."""

    FAULTS: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, target: Target) -> None:
        self.target = target
        self._connection: C | None = None
        self._opening = asyncio.Lock()

    async def send(self, packet: Packet) -> Answer:
        used: C | None = None
        try:
            async with asyncio.timeout(self.target.timeout), _not_cancelled_by_others():
                used = await self._held()
                return await self.put(used, packet)
        except HttpFault as error:
            raise SinkFault(error.message) from error
        except TimeoutError as error:
            await self._give_up(used)
            raise SinkFault(faults.timed_out(self.target.timeout).message) from error
        except self.FAULTS as error:
            await self._give_up(used)
            raise SinkFault(self.sentence(error)) from error

    async def close(self) -> None:
        await self._give_up(self._connection)

    @abstractmethod
    async def open(self) -> C:
        """A new connection, ready for `put`."""

    @abstractmethod
    async def put(self, connection: C, packet: Packet) -> Answer:
        """Hand over one packet and wait until the broker has taken it."""

    @abstractmethod
    async def shut(self, connection: C) -> None: ...

    def sentence(self, error: Exception) -> str:
        """For people."""
        return faults.unreachable(str(error) or type(error).__name__).message

    async def _held(self) -> C:
        async with self._opening:
            if self._connection is None:
                self._connection = await self.open()
            return self._connection

    async def _give_up(self, used: C | None) -> None:
        if used is None or used is not self._connection:
            return  # somebody else did already
        self._connection = None
        with contextlib.suppress(TimeoutError, *self.FAULTS):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.shut(used)
