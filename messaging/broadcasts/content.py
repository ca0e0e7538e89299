"""What one recipient reads: a variant of the broadcast, filled in with what is known of them."""

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from messaging.audience.models import Addressee
from messaging.kinds import Content, Kind
from messaging.models import Template
from messaging.payloads import phone_of
from messaging.templating.render import variables_of
from messaging.templating.services import template_body, template_kind

Variant = Mapping[str, Any]  # {name, weight, kind, content, defaults}
SPIN = re.compile(r"(?<!\{)\{([^{}|]*(?:\|[^{}|]*)+)\}(?!\})")


@dataclass(frozen=True, slots=True)
class Said:
    """`media`: what the request names as file; its summary is not in `content` yet."""

    kind: Kind
    content: Content
    media: Mapping[str, Any] | None

    @property
    def text(self) -> str:
        return self.kind.text(self.content)


def values_of(addressee: Addressee) -> dict[str, str]:
    """Variables: attributes that are not empty, `name` and `phone`."""
    known = {**addressee.attributes, "name": addressee.name, "phone": phone_of(addressee.jid)}
    return {name: value for name, value in known.items() if value}


def wanted(variants: Sequence[Variant]) -> set[str]:
    """Variables that somebody may lack: those without a default."""
    return {name for variant in variants for name in variables_of(variant["content"]) - set(variant["defaults"])}


def lacking(variant: Variant, values: Mapping[str, str]) -> list[str]:
    return sorted(variables_of(variant["content"]) - set(variant["defaults"]) - set(values))


def said(variant: Variant, values: Mapping[str, str], *, seed: str = "", footer: str = "", spin: bool = False) -> Said:
    """Raises ValidationError. `seed`: makes the choices of spintax, the same ones when it is rendered again."""
    fields = _spun(variant["content"], random.Random(seed)) if spin else variant["content"]  # noqa: S311
    template = Template(kind=variant["kind"], fields=fields, defaults=variant["defaults"])
    names = variables_of(fields)
    body = template_body(template, {name: value for name, value in values.items() if name in names})
    kind = template_kind(template)
    media = body.get("media") if kind.media else None
    return Said(kind, _with_footer(kind.content(body), footer), media)


def variant_of(variants: Sequence[Variant], broadcast_id: object, jid: str) -> int:
    """The same one however often it is asked: a share of all recipients by weight."""
    digest = hashlib.sha256(f"{broadcast_id}/{jid}".encode()).digest()
    point = int.from_bytes(digest[:6]) / 2**48 * sum(int(variant["weight"]) for variant in variants)
    for number, variant in enumerate(variants):
        point -= int(variant["weight"])
        if point < 0:
            return number
    return len(variants) - 1


def _with_footer(content: Content, footer: str) -> Content:
    name = "text" if "text" in content else "caption"
    if not footer or (name == "caption" and not content.get(name)):
        return content
    return {**content, name: f"{content[name]}\n\n{footer}"}


def _spun(part: Any, chance: random.Random) -> Any:
    if isinstance(part, str):
        return SPIN.sub(lambda found: chance.choice(found[1].split("|")), part)
    if isinstance(part, dict):
        return {name: _spun(value, chance) for name, value in part.items()}
    if isinstance(part, list):
        return [_spun(value, chance) for value in part]
    return part
