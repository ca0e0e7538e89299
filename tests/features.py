"""`python -m tests.features` writes docs/features.md: what each provider can do, and which tests show it.

A test says what it shows by `@pytest.mark.feature("send.poll", "receive.poll_vote")`: `send.` or `receive.` and a kind
of message, or the name of another capability. The sandbox runs the very engine that talks to WhatsApp, so a test on
it counts for both; that it passed, the suite says.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sessions_app.engine.provider import Provider
from sessions_app.engine.registry import SANDBOX, WHATSAPP

ROOT = Path(__file__).parents[1]
PROVIDERS = (WHATSAPP, SANDBOX)
PAGE = ROOT / "docs" / "features.md"
INTRO = """# Features

What can be sent and received, by kind of message, and what else can be asked for.

- tested: an end-to-end test on the real engine against the sandbox shows it; a simulated phone decrypts what was sent.
- yes: the provider can do it.
- 501: it cannot, and the API says so.

Written by `make features` from the providers' capabilities and the tests' marks.
"""


def shown() -> dict[str, list[str]]:
    """Feature -> the tests that show it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for function, features in _marked(ast.parse(path.read_text())):
            for feature in features:
                found[feature].append(f"{path.relative_to(ROOT)}::{function}")
    return dict(found)


def _marked(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            calls = (each for each in node.decorator_list if isinstance(each, ast.Call))
            marks = [each for each in calls if ast.unparse(each.func) == "pytest.mark.feature"]
            for mark in marks:
                yield node.name, [str(ast.literal_eval(argument)) for argument in mark.args]


def page() -> str:
    """The whole document."""
    tests, known = shown(), list(_known())
    messages = sorted({name.partition(".")[2] for name in {*tests, *known} if name.startswith(("send.", "receive."))})
    others = sorted(name for name in {*tests, *known} if not name.startswith(("send.", "receive.")))
    columns = [f"{direction} · {each.name}" for direction in ("send", "receive") for each in PROVIDERS]
    rows = [
        [f"`{kind}`", *(_cell(each, f"{way}.{kind}", tests) for way in ("send", "receive") for each in PROVIDERS)]
        for kind in messages
    ]
    more = [[f"`{name}`", *(_cell(each, name, tests) for each in PROVIDERS)] for name in others]
    other_columns = ["", *(each.name for each in PROVIDERS)]
    parts = (INTRO, "## Messages\n", _table(["", *columns], rows))
    return "\n".join([*parts, "\n## Other requests\n", _table(other_columns, more), ""])


def _known() -> Iterator[str]:
    for provider in PROVIDERS:
        yield from provider.capabilities


def _cell(provider: Provider, feature: str, tests: dict[str, list[str]]) -> str:
    way, _, kind = feature.partition(".")
    if feature in tests:
        return "tested"
    if feature in provider.capabilities:
        return "yes"
    return "501" if way == "send" and f"receive.{kind}" not in tests else ""


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page())
