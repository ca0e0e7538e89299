"""Faults at full size: 30 sessions with traffic on three workers, and what each fault cost. `make bench-faults`."""

import os
import sys

import pytest

FULL_SIZE = {
    "CLUSTER_SESSIONS": "30",
    "CLUSTER_LEASE": "10",
    "CLUSTER_AWAY": "60",
    "CLUSTER_STRETCH": "1",
    "CLUSTER_PER_SECOND": "8",
}


class Table:
    """Prints what the tests measured, and which of them missed a limit, lost or doubled something."""

    def __init__(self) -> None:
        self._rows: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        name = report.nodeid.partition("::test_")[2].replace("_", " ")
        figures = next((str(value) for key, value in report.user_properties if key == "figures"), "-")
        self._rows.append(f"| {name} | {figures} | {report.outcome} |")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        heads = ["| what happens | what became of the sessions and their messages | |", "|---|---|---|"]
        for row in ["", *heads, *self._rows]:
            terminalreporter.write_line(row)


def main() -> int:
    """Limits: 3 s when a worker dies, 2 s when it is told to stop, else lease + 5 s. Variables that are set win."""
    os.environ.update(FULL_SIZE | {name: os.environ[name] for name in FULL_SIZE if name in os.environ})
    return int(pytest.main(["-n0", "-q", "tests/e2e/cluster", *sys.argv[1:]], plugins=[Table()]))


if __name__ == "__main__":
    sys.exit(main())
