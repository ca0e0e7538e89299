"""Before anything leaves: does every recipient have what the message needs?"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, overload

from rest_framework.exceptions import ValidationError

from messaging.audience.models import Addressee
from messaging.audience.services import suppressed_among
from messaging.kinds import Unfit
from messaging.payloads import phone_of
from messaging.templating.render import variables_of
from sessions_app.models import Session
from whatsapp_api.core.errors import flatten

from .content import lacking, said, values_of, variant_of, wanted
from .engine.expanding import homes_of, page_of, sources_of
from .linking import link_check
from .models import Broadcast

PAGE = 1000
LISTED = 100


@dataclass(slots=True)
class Report:
    """`recipients` are different people, suppressed ones included; lists hold the first hundred."""

    recipients: int = 0
    duplicates: int = 0
    suppressed: int = 0
    suppressed_first: list[dict[str, Any]] = field(default_factory=list)
    first_contacts: int = 0
    incomplete: int = 0
    lacking: list[dict[str, Any]] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return bool(self.recipients) and not self.incomplete and not self.problems

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Progress = Callable[[int], bool]


@overload
def broadcast_check(broadcast: Broadcast) -> Report: ...
@overload
def broadcast_check(broadcast: Broadcast, progress: Progress) -> Report | None: ...
def broadcast_check(broadcast: Broadcast, progress: Progress | None = None) -> Report | None:
    """Walks through the whole audience, without keeping it in memory. `progress`, told how many it has seen, may
    answer that nobody wants to know any more; then there is no report."""
    report = Report(problems=content_problems(broadcast))
    if problem := _session_problem(broadcast):
        report.problems["sessions"] = [problem]
    seen = 0
    for page, met in _pages(broadcast):
        seen += met
        report.duplicates += met - len(page)
        _look(report, broadcast, page)
        if progress and not progress(seen):
            return None
    if not report.recipients:
        report.problems["audience"] = ["Nobody is in it. Choose a list, a segment, contacts or everybody."]
    return report


def _pages(broadcast: Broadcast) -> Iterator[tuple[list[Addressee], int]]:
    """Pages of the audience and how many were met; whoever is in several of its parts comes once."""
    sources = sources_of(broadcast.audience)
    seen: set[Any] = set()
    for source in sources:
        after = None
        while True:
            rows, after = page_of(broadcast.workspace_id, source, after, PAGE)
            yield [row for row in rows if row.pk not in seen], len(rows)
            if len(sources) > 1:
                seen.update(row.pk for row in rows)
            if after is None:
                break


def _look(report: Report, broadcast: Broadcast, page: list[Addressee]) -> None:
    suppressed = suppressed_among(broadcast.workspace_id, [row.jid for row in page])
    rows = [row for row in page if row.jid not in suppressed]
    report.recipients += len(page)
    report.suppressed += len(page) - len(rows)
    if room := LISTED - len(report.suppressed_first):
        report.suppressed_first += [_about(row) for row in page if row.jid in suppressed][:room]
    people = [row.jid for row in rows if not row.jid.endswith("@g.us")]
    report.first_contacts += len(people) - len(homes_of(broadcast, people).keys())
    if broadcast.variants and wanted(broadcast.variants):
        _look_for_variables(report, broadcast, rows)


def _look_for_variables(report: Report, broadcast: Broadcast, rows: list[Addressee]) -> None:
    for row in rows:
        variant = broadcast.variants[variant_of(broadcast.variants, broadcast.pk, row.jid)]
        if missing := lacking(variant, values_of(row)):
            report.incomplete += 1
            if len(report.lacking) < LISTED:
                report.lacking.append({**_about(row), "variables": missing})


def _about(row: Addressee) -> dict[str, Any]:
    return {"addressee": str(row.pk), "jid": row.jid, "phone": phone_of(row.jid), "name": row.name}


def content_problems(broadcast: Broadcast) -> dict[str, list[str]]:
    """What is wrong with the variants themselves, each variable standing for itself."""
    if not broadcast.variants:
        return {"variants": ["Write what the message says."]}
    problems = {}
    for number, variant in enumerate(broadcast.variants):
        try:
            text = said(variant, {name: name for name in variables_of(variant["content"])})
            link_check(variant)
            if text.media is not None and "id" not in text.media:
                raise ValidationError("Upload the file with POST /media first, and give its id.")
        except ValidationError as error:
            found = flatten(error.detail)
            problems[f"variants.{number}"] = [f"{name}: {text}" for name, texts in found.items() for text in texts][:5]
        except Unfit as error:
            problems[f"variants.{number}"] = [f"{error.field}: {error.text}"]
    return problems


def _session_problem(broadcast: Broadcast) -> str:
    sessions = Session.objects.filter(workspace_id=broadcast.workspace_id, pk__in=broadcast.session_ids)
    if not sessions:
        return "Choose at least one session that sends."
    unpaired = [session.name for session in sessions if not session.is_paired]
    return f"No account is linked to {unpaired[0]}." if unpaired else ""
