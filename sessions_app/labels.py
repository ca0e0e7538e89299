"""Labels of a session. They lie in one text column, `|vip|sales|`, because both databases can search that alike."""

from collections.abc import Iterable

MOST = 20
LONGEST = 40
MARK = "|"
COLUMN = MOST * (LONGEST + 1) + 1


class BadLabels(ValueError):
    """Its text says what is wrong with them."""


def labels_clean(labels: Iterable[str]) -> list[str]:
    """Trimmed, in lower case, each once, in the order given. Lower case: SQLite searches without regard to it."""
    found = list(dict.fromkeys(label_clean(label) for label in labels))
    if len(found) > MOST:
        raise BadLabels(f"At most {MOST} labels.")
    return found


def label_clean(label: str) -> str:
    cleaned = label.strip().lower()
    if not cleaned or len(cleaned) > LONGEST:
        raise BadLabels(f"A label has 1 to {LONGEST} characters.")
    if any(character in "|," or not character.isprintable() for character in cleaned):
        raise BadLabels("A label has no commas, bars or control characters.")
    return cleaned


def labels_join(labels: Iterable[str]) -> str:
    """As the column keeps them."""
    text = MARK.join(labels)
    return f"{MARK}{text}{MARK}" if text else ""


def labels_split(column: str) -> list[str]:
    return [label for label in column.split(MARK) if label]


def label_pattern(label: str) -> str:
    """What the column of a session with this label contains."""
    return f"{MARK}{label.strip().lower()}{MARK}"
