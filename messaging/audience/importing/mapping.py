"""Which column is what: by column number `phone`, `name`, `tags`, `time_zone`, `attribute:<name>` or `ignore`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from messaging.audience.attributes import BadAttributes, attribute_name, attributes_check, is_name
from messaging.audience.numbers import BadAddress, BadPhone, jid_of
from sessions_app.labels import BadLabels, labels_clean

FIXED = ("phone", "name", "tags", "time_zone", "ignore")
ATTRIBUTE = "attribute:"
# Headings in the languages of those who export tables; the rest become attributes.
KNOWN = {
    "phone": "phone phone_number telephone telephone_number tel mobile cell number whatsapp msisdn jid telefono "
    "teléfono móvil movil celular numero número telefon handy rufnummer nummer téléphone",
    "name": "name full_name nombre nom vollständiger_name",
    "tags": "tags tag labels etiquetas",
    "time_zone": "time_zone timezone zona_horaria zeitzone",
}


class BadMapping(ValueError):
    """Its text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table, ready to be stored."""

    jid: str
    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    time_zone: str = ""


class BadRow(ValueError):
    """Its text says what is wrong with the row."""


def mapping_guess(columns: Sequence[str]) -> dict[str, str]:
    """A first proposal, from the headings."""
    proposal: dict[str, str] = {}
    for number, heading in enumerate(columns):
        name = attribute_name(heading)
        fixed = next((target for target, words in KNOWN.items() if name in words.split()), "")
        if fixed and fixed not in proposal.values():
            proposal[str(number)] = fixed
        else:
            proposal[str(number)] = f"{ATTRIBUTE}{name}" if is_name(name) else "ignore"
    return proposal


def mapping_check(mapping: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    """Raises BadMapping unless exactly one column is the phone, and no two columns are the same thing."""
    for number, target in mapping.items():
        if not number.isdecimal() or int(number) >= len(columns):
            raise BadMapping(f"There is no column {number}; there are 0 to {len(columns) - 1}.")
        if target not in FIXED and not (target.startswith(ATTRIBUTE) and is_name(target.removeprefix(ATTRIBUTE))):
            raise BadMapping(f"{target!r} is none of {', '.join(FIXED)} or attribute:<name>.")
    used = [target for target in mapping.values() if target != "ignore"]
    if doubles := sorted({target for target in used if used.count(target) > 1}):
        raise BadMapping(f"Several columns are mapped to {doubles[0]}.")
    if "phone" not in used:
        raise BadMapping("Say which column holds the phone number.")
    return dict(mapping)


def row_read(row: Sequence[str], mapping: Mapping[str, str], country: str) -> Entry:
    """Raises BadRow."""
    values = {target: row[int(number)] for number, target in mapping.items() if int(number) < len(row)}
    if not values.get("phone"):
        raise BadRow("There is no phone number.")
    try:
        jid = jid_of(values["phone"], country)
        tags = labels_clean(tag for tag in values.get("tags", "").replace(";", ",").split(",") if tag.strip())
        attributes = attributes_check(
            {target.removeprefix(ATTRIBUTE): value for target, value in values.items() if target.startswith(ATTRIBUTE)}
        )
    except (BadAddress, BadPhone, BadLabels, BadAttributes) as error:
        raise BadRow(str(error)) from error
    zone = values.get("time_zone", "")
    if zone and zone not in available_timezones():
        raise BadRow(f"{zone[:60]!r} is not a time zone; write one such as Europe/Madrid.")
    return Entry(jid, values.get("name", "")[:200], attributes, tuple(tags), zone)
