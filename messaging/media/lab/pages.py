"""What a web page says of itself: the title, description and image that link previews show (Open Graph, or plain)."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

from .job import Job, Result

NAMES = {
    "title": ("og:title", "twitter:title"),
    "description": ("og:description", "twitter:description", "description"),
    "image": ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"),
}
LONGEST = {"title": 300, "description": 1000, "image": 2048}


def page(job: Job) -> Result:
    """`about`: {title, description, image}, those that there are; `options`: url, charset."""
    head = _Head()
    head.feed(_text(job))
    about = {name: _first(head.meta, keys)[: LONGEST[name]] for name, keys in NAMES.items()}
    about["title"] = about["title"] or _spaced(head.title)[: LONGEST["title"]]
    if about["image"]:
        about["image"] = urljoin(str(job.options.get("url", "")), about["image"])
    return Result(about={name: value for name, value in about.items() if value})


def _text(job: Job) -> str:
    data = Path(job.path).read_bytes()
    charset = str(job.options.get("charset") or "utf-8")
    try:
        return data.decode(charset, errors="replace")
    except LookupError:
        return data.decode(errors="replace")


def _first(meta: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := _spaced(meta.get(key, "")))), "")


def _spaced(text: str) -> str:
    return " ".join(text.split())


class _Head(HTMLParser):
    """Notes the first of each `<meta>`, and the first `<title>`."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.title = ""
        self._in_title = False
        self._titled = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self._in_title = not self._titled
        elif tag == "meta":
            given = {name: value or "" for name, value in attrs}
            name = (given.get("property") or given.get("name") or "").strip().lower()
            self.meta.setdefault(name, given.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._in_title:
            self._in_title, self._titled = False, True

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
