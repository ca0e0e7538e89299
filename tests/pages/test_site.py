"""The web site of the documents: no dead link, no unknown anchor, and what is generated is what the program has."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.api.test_configuration_docs import documented
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.events.models import EventType
from whatsapp_api.ops.site import configuration, event_types, openapi, postman, rest, source

SHORTEST = 400
"""Letters of the shortest page that says something."""


@pytest.fixture(scope="module")
def description() -> openapi.Json:
    return openapi.document()


@pytest.fixture(scope="module")
def pages(description: openapi.Json, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that mkdocs reads."""
    target = tmp_path_factory.mktemp("source")
    source.assemble(target, description)
    return target


def test_it_builds_without_a_warning(tmp_path: Path) -> None:
    """mkdocs finds dead links and anchors, and pages that are in no menu."""
    if settings.ON_MONGODB:
        pytest.skip("the pages are the same on both databases")
    program = "import sys; from pathlib import Path; from whatsapp_api.ops.site.__main__ import *; "
    program += "prepare_django(Path(sys.argv[1]) / 'data'); sys.exit(build(Path(sys.argv[1]) / 'site'))"
    built = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    html = "".join(page.read_text() for page in (tmp_path / "site" / "html").glob("*.html"))
    elsewhere = re.findall(
        r'(?:<script[^>]* src|<link[^>]* rel="stylesheet" href|<img[^>]* src)="(https?:[^"]+)"', html
    )
    assert elsewhere == []


def test_no_page_is_an_empty_promise(pages: Path) -> None:
    short = {page.name: len(page.read_text()) for page in pages.glob("*.md") if len(page.read_text()) < SHORTEST}
    assert short == {}


def test_a_link_to_nothing_stays_one(tmp_path: Path) -> None:
    """Or mkdocs could not find it."""
    places = source.documents()
    moved = source._relinked("[a](api.md#x) [b](../README.md) [c](gone.md)", "docs/x.md", "x.md", places, tmp_path)
    assert moved == "[a](api.md#x) [b](index.md) [c](docs/gone.md)"


def test_the_reference_has_every_operation_and_schema(pages: Path, description: openapi.Json) -> None:
    text = "".join(page.read_text() for page in (pages / "rest").iterdir())
    for operation in openapi.operations(description):
        assert f"\n{operation.method.upper()} {operation.path}\n" in text
        assert f"{{ #{rest._anchor(operation)} }}" in text
    for name in description["components"]["schemas"]:
        assert f"\n## {name}\n" in text


def test_every_event_is_in_the_table() -> None:
    text = (REPOSITORY / "docs" / "events.md").read_text()
    rows = event_types.table(text).splitlines()[2:]
    assert len(rows) == len(EventType)
    assert [row for row in rows if row.count("|") < 4 or row.endswith("|  |")] == []


def test_the_postman_collection_is_current(description: openapi.Json) -> None:
    there = (REPOSITORY / "docs" / "postman.json").read_text()
    assert there == postman.collection(description), "run `make postman`"


def test_variables_of_the_collection_are_defined(description: openapi.Json) -> None:
    text = postman.collection(description)
    defined = {each["key"] for each in json.loads(text)["variable"]}
    assert set(re.findall(r"\{\{(\w+)\}\}", text.replace("{{variables}}", ""))) <= defined


def test_the_configuration_says_what_each_variable_accepts(pages: Path) -> None:
    text = (pages / "configuration.md").read_text()
    assert "| `LOGIN_LOCK_AFTER` **F** | whole number, 1 or more | `10` |" in text
    assert "| `SECOND_FACTOR` **F** | `optional`, `required` | `optional` |" in text
    assert "| `HOST` | text | `127.0.0.1` |" in text


@pytest.mark.parametrize("variable", configuration.variables().values(), ids=lambda variable: variable.name)
def test_a_default_is_the_one_that_is_documented(variable: configuration.Variable) -> None:
    written = documented()[variable.name]
    if isinstance(variable.default, bool):
        assert written.startswith(f"`{int(variable.default)}`")
    elif variable.default and isinstance(variable.default, int | str):
        assert written.startswith(f"`{variable.default}`"), written
