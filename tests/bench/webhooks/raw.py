"""What the machine can do: POSTs of the same size in an httpx loop, one process, nothing stored.

python -m tests.bench.webhooks.raw URL COUNT CONCURRENCY
"""

import asyncio
import sys
import time

import httpx

TEXT = "x" * 300


async def main() -> None:
    url, count, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    left = iter(range(count))
    envelope = '{"id":"%s","event":"message","payload":{"number":%d,"text":"' + TEXT + '"}}'
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:

        async def post() -> None:
            for number in left:
                body = (envelope % ("0" * 200, number)).encode()
                await client.post(url, content=body, headers={"Content-Type": "application/json"})

        began = time.time()
        await asyncio.gather(*(post() for _ in range(concurrency)))
        print(count / (time.time() - began))


if __name__ == "__main__":
    asyncio.run(main())
