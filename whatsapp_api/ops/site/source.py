"""Puts the pages of the site together: README, docs/ and the generated reference, with links that work there.

In the repository the documents link each other as files, so that they read well on any forge. Here each link to
another document is turned to its page, and one to a file outside of docs/ to a copy of it.
"""

import posixpath
import re
import shutil
from pathlib import Path

from whatsapp_api.core.paths import REPOSITORY

from . import configuration, event_types, postman, rest
from .openapi import Json

# Documents outside of docs/, by their place in the site.
ELSEWHERE = {
    "README.md": "index.md",
    "SECURITY.md": "reporting.md",
    "sessions_app/sandbox/README.md": "sandbox.md",
}
SKIPPED = {"mkdocs.yml", "requirements.txt"}
LINK = re.compile(r"(?<!\\)(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
FENCE = re.compile(r"^(```.*?^```$)", re.DOTALL | re.MULTILINE)
NOT_RUN = re.compile(r"^<!-- not run: (.*?) -->$", re.MULTILINE)
FILES = "files"


def assemble(target: Path, description: Json) -> None:
    """Everything that mkdocs reads, into an empty directory."""
    places = documents()
    for origin, place in places.items():
        _write(target / place, _page(origin, place, places, target))
    for picture in (REPOSITORY / "docs" / "images").iterdir():
        _copy(picture, target / "images" / picture.name)
    for name, text in rest.pages(description).items():
        _write(target / "rest" / name, text)
    _write(target / FILES / "postman.json", postman.collection(description))


def documents() -> dict[str, str]:
    """Place in the repository -> place in the site."""
    docs = REPOSITORY / "docs"
    pages = [path.relative_to(docs).as_posix() for path in docs.rglob("*.md") if path.name != "README.md"]
    return {f"docs/{page}": page for page in sorted(pages)} | ELSEWHERE


def _page(origin: str, place: str, places: dict[str, str], target: Path) -> str:
    text = (REPOSITORY / origin).read_text()
    text = event_types.completed(configuration.completed(text)) if origin.startswith("docs/") else text
    text = NOT_RUN.sub(r"<small>Not run by the tests: \1.</small>\n", text)
    pieces = FENCE.split(text)
    pieces[::2] = [_relinked(piece, origin, place, places, target) for piece in pieces[::2]]
    return "".join(pieces)


def _relinked(text: str, origin: str, place: str, places: dict[str, str], target: Path) -> str:
    def moved(match: re.Match[str]) -> str:
        if ":" in match[2]:
            return match[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), match[2]))
        there = posixpath.relpath(_place(path, places, target), posixpath.dirname(place) or ".")
        return f"{match[1]}{there}{match[3] or ''}{match[4]}"

    return LINK.sub(moved, text)


def _place(path: str, places: dict[str, str], target: Path) -> str:
    """Where the site has what the repository has at `path`; copied there when it is no document."""
    if path in places:
        return places[path]
    if path.startswith("docs/images/"):
        return path.removeprefix("docs/")
    found = REPOSITORY / path
    if found.is_dir():
        return _listing(found, target)
    if not found.is_file():
        return path  # mkdocs refuses it, and names the page
    _copy(found, target / FILES / path)
    return f"{FILES}/{path}"


def _listing(folder: Path, target: Path) -> str:
    """A page that leads to each file of a folder."""
    name = folder.relative_to(REPOSITORY).as_posix()
    pages = [path for path in sorted(folder.iterdir()) if path.suffix == ".md"]
    if name.startswith("docs/"):
        place = f"{name.removeprefix('docs/')}/index.md"
        lines = [f"- [{_title(path)}]({path.name})" for path in pages]
    else:
        place = f"{FILES}/{name}/index.md"
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
        for path in files:
            _copy(path, target / FILES / name / path.relative_to(folder))
        lines = [f"- [{path.relative_to(folder)}]({path.relative_to(folder)})" for path in files]
    title = {"docs/adr": "Decisions"}.get(name, f"`{name}`")
    _write(target / place, "\n".join([f"# {title}", "", *lines, ""]))
    return place


def _title(page: Path) -> str:
    return page.read_text().split("\n", 1)[0].removeprefix("# ")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _copy(origin: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(origin, target)
