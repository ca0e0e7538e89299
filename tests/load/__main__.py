"""`make loadtest [ARGS="--sessions 50 --sends 10 --seconds 300"]`: any load on a platform, and a report with charts.

`--soak` is the mixed traffic of half an hour; `--url` loads a platform that runs already, with a sandbox.
"""

import asyncio
import contextlib
import sys
import tempfile
from pathlib import Path

import httpx

from tests.bench.sessions import hosts
from tests.load.accounts import linked
from tests.load.options import Options, parse
from tests.load.receiver import Receiver
from tests.load.record import Record
from tests.load.report import write
from tests.load.sampler import Sampler
from tests.load.target import Target, target
from tests.load.traffic import Traffic

REST_SECONDS = 180.0


def run(options: Options) -> int:
    """1 when something did not arrive."""
    record, ended = Record(), "Ended as asked."
    with (
        tempfile.TemporaryDirectory(prefix="wa-load-", ignore_cleanup_errors=True) as folder,
        target(options, Path(folder)) as it,
    ):
        try:
            asyncio.run(load(it, options, record))
        except KeyboardInterrupt:
            ended = "Interrupted before its end."
    page = write(options, record, ended)
    print(f"{page}\n{options.out / 'report.json'}\n{options.out / 'chart.svg'}")
    totals = record.totals()
    print(f"{totals['counts']} errors {totals['errors']} missing {totals['missing']}")
    return 1 if any(totals["missing"].values()) else 0


async def load(it: Target, options: Options, record: Record) -> None:
    limits = httpx.Limits(max_connections=100)
    receiver = Receiver(record)
    async with (
        httpx.AsyncClient(base_url=f"{it.url}/api/v1", headers=it.key_header, timeout=30, limits=limits) as api,
        httpx.AsyncClient(base_url=f"{it.sandbox_url}/control", timeout=30, limits=limits) as sandbox,
    ):
        await receiver.start(options.receiver_host)
        hooks = [f"http://{options.receiver_host}:{receiver.port}/{number}" for number in range(options.webhooks)]
        print(f"Linking {options.sessions} sessions ...", flush=True)
        async with linked(api, sandbox, options, hooks) as cast:
            await at_rest(it, options.sessions)
            record.begin()
            print(f"Traffic for {options.seconds:.0f} s ...", flush=True)
            ended = asyncio.Event()
            sampler = asyncio.create_task(Sampler(it, record, options.every).run(ended))
            try:
                await Traffic(it, options, cast, api, sandbox, record).run()
            finally:
                ended.set()
                await sampler
                receiver.stop()


async def at_rest(it: Target, sessions: int) -> None:
    """Sessions leave the hosts that they were linked in, one each, for shared ones: that is no traffic yet."""
    if it.platform is None:
        return
    print("Waiting until sessions share their hosts ...", flush=True)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(REST_SECONDS):
            while len(hosts(it.platform)) > sessions // 10 + 2:
                await asyncio.sleep(1)


if __name__ == "__main__":
    sys.exit(run(parse()))
