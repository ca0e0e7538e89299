"""A receiver that costs as little as possible, so that it is not what is measured.

    python -m tests.bench.webhooks.quick_receiver PORT LOG

Writes `<arrival> <body>` lines; while the file LOG.down exists it answers 503.
"""

import asyncio
import sys
import time
from pathlib import Path

import uvloop

from tests.webhooks.receiver import HOST, OK

UNAVAILABLE = b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"
LOOK_SECONDS = 0.2


class Door:
    """Whether it is closed, looked up now and then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.down = path.exists()

    async def watch(self) -> None:
        while True:
            self.down = self._path.exists()
            await asyncio.sleep(LOOK_SECONDS)


def protocol(log: object, door: Door) -> type[asyncio.Protocol]:
    class Quick(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport, self.data = transport, b""

        def data_received(self, data: bytes) -> None:
            self.data += data
            while (end := self.data.find(b"\r\n\r\n")) >= 0:
                head = self.data[:end].lower()
                length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                if len(self.data) < end + 4 + length:
                    return
                body, self.data = self.data[end + 4 : end + 4 + length], self.data[end + 4 + length :]
                if door.down:
                    self.transport.write(UNAVAILABLE)
                else:
                    log.write(b"%f %s\n" % (time.time(), body))
                    self.transport.write(OK)

    return Quick


async def main() -> None:
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    door = Door(path.with_suffix(".down"))
    with path.open("ab", buffering=0) as log:
        server = await asyncio.get_running_loop().create_server(protocol(log, door), HOST, port)
        await asyncio.gather(server.serve_forever(), door.watch())


if __name__ == "__main__":
    uvloop.run(main())
