"""vCard 3.0 (RFC 2426) as WhatsApp reads it: the parameter `waid` of TEL makes the button that opens a chat."""

import re
from collections.abc import Mapping
from typing import Any

ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": None})
LINE = re.compile(r"^(?:[\w-]+\.)?(?P<name>[A-Za-z-]+)(?P<parameters>(?:;[^:]*)?):(?P<value>.*)$")
WAID = re.compile(r"waid=(\d{5,15})", re.IGNORECASE)


def vcard(card: Mapping[str, Any]) -> str:
    """The card of `{name, phones: [{number, digits, type?}], organization?, email?, url?}`."""
    name = _text(card["name"])
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:;{name};;;", f"FN:{name}"]
    if organization := card.get("organization"):
        lines.append(f"ORG:{_text(organization)}")
    for number, phone in enumerate(card.get("phones", ()), start=1):
        lines.append(f"item{number}.TEL;waid={phone['digits']}:+{phone['digits']}")
        lines.append(f"item{number}.X-ABLabel:{_text(phone.get('type') or 'Mobile')}")
    lines += [f"{key}:{_text(card[field])}" for key, field in (("EMAIL", "email"), ("URL", "url")) if card.get(field)]
    return "\n".join([*lines, "END:VCARD"])


def vcard_name(written: str) -> str:
    """The formatted name, empty when there is none."""
    return next((_plain(value) for name, _, value in _lines(written) if name == "FN"), "")


def vcard_phones(written: str) -> list[dict[str, str]]:
    """`{number, jid}` of each number; jid empty when the card does not say that it is on WhatsApp."""
    phones = [(value, WAID.search(parameters)) for name, parameters, value in _lines(written) if name == "TEL"]
    return [
        {"number": _plain(value).strip(), "jid": f"{match[1]}@s.whatsapp.net" if match else ""}
        for value, match in phones
    ]


def _lines(written: str) -> list[tuple[str, str, str]]:
    unfolded = re.sub(r"\r?\n[ \t]", "", written)
    found = (LINE.match(line.strip()) for line in unfolded.splitlines())
    return [(match["name"].upper(), match["parameters"], match["value"]) for match in found if match]


def _text(value: str) -> str:
    return value.translate(ESCAPED)


def _plain(value: str) -> str:
    return re.sub(r"\\([\\,;nN])", lambda match: "\n" if match[1] in "nN" else match[1], value)
