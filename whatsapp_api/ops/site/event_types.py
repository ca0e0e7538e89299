"""The table of event types that the site puts above their descriptions."""

import re

HEADING = "\n## Types\n"


def completed(text: str) -> str:
    """The document with the table, when it is the one that describes the types."""
    return text.replace(HEADING, f"{HEADING}\n{table(text)}\n", 1) if HEADING in text else text


def table(text: str) -> str:
    """Every type there is, with the first sentence of its description."""
    from whatsapp_api.events.models import LIVE_ONLY, EventType

    rows = ["| type | kept in the log | |", "|---|---|---|"]
    for kind in EventType:
        anchor = kind.value.replace(".", "")
        kept = "no, live only" if kind in LIVE_ONLY else "yes"
        rows.append(f"| [`{kind.value}`](#{anchor}) | {kept} | {_sentence(text, kind.value)} |")
    return "\n".join(rows)


def _sentence(text: str, kind: str) -> str:
    """Some types share one description, below the last of them."""
    found = re.search(rf"^### `{re.escape(kind)}`\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    words = " ".join(found[1].split()).removeprefix("Live only. ") if found else ""
    return re.split(r"(?<=[.:]) ", words, maxsplit=1)[0].rstrip(":").replace("|", "\\|")
