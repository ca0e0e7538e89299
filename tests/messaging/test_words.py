"""Words, as search sees them."""

import pytest

from messaging.words import LONGEST, MOST, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("!?… 🎉", []),
        ("Hello, hello WORLD", ["hello", "world"]),
        ("Año CAFÉ straße", ["ano", "cafe", "strasse"]),
        ("order_no-42 a.b@c.com", ["order", "no", "42", "a", "b", "c", "com"]),
        ("Привет мир", ["привет", "мир"]),
        ("今日は good", ["今", "日", "は", "good"]),
        ("x" * 100, ["x" * LONGEST]),
    ],
)
def test_it_takes_a_text_apart(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_it_bounds_what_it_keeps_of_a_long_text() -> None:
    assert len(words_of(" ".join(str(number) for number in range(10_000)))) == MOST
