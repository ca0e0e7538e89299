"""docs/features.md says what the providers can do and what the tests show."""

from tests.features import PAGE, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "run `make features`"
