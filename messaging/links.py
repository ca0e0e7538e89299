"""Links in texts."""

import re

LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
LONGEST = 2048
# Punctuation after a link belongs to the sentence.
AFTER = ".,;:!?'\"*_~)]}»”’"
HOST = re.compile(r"https?://[^\s/?#]*[^\s/?#.:@]", re.IGNORECASE)


def first_link(text: str) -> str:
    """The first address of the web in a text, as it stands there; empty when there is none."""
    return next((link for found in LINK.findall(text) if len(found) <= LONGEST and is_link(link := _bare(found))), "")


def is_link(text: str) -> bool:
    """Is the whole text one address?"""
    return bool(LINK.fullmatch(text) and HOST.match(text))


def _bare(link: str) -> str:
    while link and link[-1] in AFTER:
        if link[-1] == ")" and link.count("(") >= link.count(")"):  # https://en.wikipedia.org/wiki/Link_(film)
            break
        link = link[:-1]
    return link
