"""What is wrong with a configuration, and what to do about it: `manage.py doctor`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"  # works, but not as one would want it in production
    PROBLEM = "problem"  # does not work, or loses something


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`text` says what was found, `remedy` what to do; a remedy is empty when all is well."""

    verdict: Verdict
    text: str
    remedy: str = ""


Examination = Callable[[], Iterator[Diagnosis]]


def fine(text: str) -> Diagnosis:
    return Diagnosis(Verdict.OK, text)


def warning(text: str, remedy: str) -> Diagnosis:
    return Diagnosis(Verdict.WARNING, text, remedy)


def problem(text: str, remedy: str) -> Diagnosis:
    return Diagnosis(Verdict.PROBLEM, text, remedy)
