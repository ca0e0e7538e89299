"""Runs a replay: reads its range of the log page by page and delivers it like anything else."""

import uuid
from typing import TYPE_CHECKING, Any

from messaging.webhooks.models import Replay, ReplayState
from messaging.webhooks.patterns import wanted_by
from whatsapp_api.events.publish import envelope
from whatsapp_api.events.selectors import log

from .outcome import PENDING
from .store import rows_known
from .track import Track
from .work import work_of

if TYPE_CHECKING:
    from .lane import Lane

PAGE = 200


async def replay_events(lane: "Lane", replay_id: uuid.UUID) -> None:
    """From where it was left until its end, or until somebody cancels it."""
    reached = 0

    def position() -> int:
        return reached

    replay = await lane.database.durably(replay_running, replay_id)
    if replay is None:
        return
    reached = replay.position
    track = Track(position, replay_id=replay_id)
    lane.recorder.tracks.append(track)
    try:
        while replay is not None and reached < replay.upto:
            page, upto = await lane.database.durably(replay_page, lane.course.endpoint_id, replay, reached)
            for event, row in page:
                reached = event["sequence"]
                work = work_of(lane.course.endpoint_id, event)
                if row is not None:
                    row.step = 0
                    work.row = row
                await lane.take(work, track)
            reached = upto
            await lane.recorder.flush()
            replay = await lane.database.durably(replay_running, replay_id)
        while replay is not None and not track.is_idle:
            await lane.recorder.flushed.wait()
        await lane.recorder.flush()
    finally:
        lane.recorder.tracks.remove(track)


def replay_running(replay_id: uuid.UUID) -> Replay | None:
    return Replay.objects.filter(pk=replay_id, state=ReplayState.RUNNING).first()


def replay_page(endpoint_id: uuid.UUID, replay: Replay, after: int) -> tuple[list[tuple[dict[str, Any], Any]], int]:
    """The next events, each with its row if there is one, and how far the page reaches. What is pending is left out."""
    wanted = wanted_by(replay.patterns, replay.endpoint.session_id)
    rows = log(replay.endpoint.workspace_id, after, replay.upto, wanted)
    events = [envelope(row) for row in rows.filter(created_at__gte=replay.since, created_at__lt=replay.until)[:PAGE]]
    ids = [work_of(endpoint_id, event).id for event in events]
    known = rows_known(ids)
    page = [(event, known.get(pk)) for event, pk in zip(events, ids, strict=True)]
    upto = events[-1]["sequence"] if len(events) == PAGE else replay.upto
    return [(event, row) for event, row in page if row is None or row.state not in PENDING], upto
