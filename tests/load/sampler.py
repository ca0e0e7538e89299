"""Every few seconds: memory and open files of the processes, ages of queues, health."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

from tests.load.record import Record, Sample
from tests.load.target import Target

MEGABYTE = 1024 * 1024
HOST = "sessions_app.engine.host"
FIGURES = {
    "wa_outbox_oldest_seconds": "outbox oldest s",
    "wa_webhook_oldest_seconds": "webhooks oldest s",
    "wa_host_resident_bytes": "hosts RSS",
    "wa_worker_resident_bytes": "sessions RSS",
    "wa_host_open_fds": "hosts fds",
    "wa_worker_open_fds": "sessions fds",
}


class Sampler:
    """Of our own processes by asking the kernel; of others what `/metrics` tells, with the right of a superuser."""

    def __init__(self, target: Target, record: Record, every: float) -> None:
        self._target, self._record, self._every = target, record, every
        self._http = httpx.AsyncClient(timeout=30, headers={"Authorization": f"Bearer {target.token}"})

    async def run(self, ended: asyncio.Event) -> None:
        """Until then, and once more: of a short run on a slow machine too there is something to show."""
        async with self._http:
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._every):
                        await ended.wait()
                figures = await self._metrics()
                if self._target.platform:
                    figures |= await asyncio.to_thread(self._processes)
                self._record.sample(figures)

    async def _metrics(self) -> Sample:
        found: Sample = defaultdict(float)
        try:
            answer = await self._http.get(f"{self._target.url}/metrics")
        except httpx.HTTPError:
            return {}
        if answer.status_code != 200:
            return {}
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                if name := FIGURES.get(sample.name):
                    found[name] += sample.value / (MEGABYTE if name.endswith("RSS") else 1)
                elif sample.name == "wa_sessions" and sample.labels.get("state") == "CONNECTED":
                    found["sessions connected"] += sample.value
        return dict(found)

    def _processes(self) -> Sample:
        found: Sample = defaultdict(float)
        for role, process in self._family():
            with contextlib.suppress(psutil.Error):
                found[f"{role} RSS"] += process.memory_info().rss / MEGABYTE
                found[f"{role} fds"] += process.num_fds()
                found[f"{role} processes"] += 1
        return dict(found)

    def _family(self) -> Iterator[tuple[str, psutil.Process]]:
        assert self._target.platform is not None
        for name, told in self._target.platform.processes().items():
            role = name.partition(".")[0]
            if role == "sandbox" or not told["pid"]:
                continue
            with contextlib.suppress(psutil.Error):
                top = psutil.Process(told["pid"])
                for process in [top, *top.children(recursive=True)]:
                    yield ("hosts" if HOST in " ".join(process.cmdline()) else role), process
