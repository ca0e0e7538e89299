"""Finding links in texts."""

import pytest

from messaging.links import first_link, is_link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("See https://example.org.", "https://example.org"),
        ("(https://example.org/a?b=c#d)", "https://example.org/a?b=c#d"),
        ("*HTTP://Example.org/*, then https://b.org", "HTTP://Example.org/"),
        ("https://en.wikipedia.org/wiki/Link_(film)!", "https://en.wikipedia.org/wiki/Link_(film)"),
        ("https:// https://. https://ok.example/ñ", "https://ok.example/ñ"),
        ("example.org ftp://example.org mailto:a@b.c", ""),
        ("", ""),
    ],
)
def test_the_first_link_of_a_text(text: str, link: str) -> None:
    assert first_link(text) == link


def test_what_is_a_link() -> None:
    assert is_link("https://example.org/a")
    for text in ("example.org", "https://", "https://.", "https://a b", "javascript:alert(1)", "see https://a.org"):
        assert not is_link(text)


def test_an_endless_link_is_none() -> None:
    assert first_link("https://a" + ")" * 60_000 + " https://b.org") == "https://b.org"
