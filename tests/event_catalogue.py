"""`make catalogue`: writes whatsapp_api/events/catalogue.json, which the API serves, from docs/events.md."""

import json
import re
from typing import Any

from whatsapp_api.core.paths import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "events.md"
CATALOGUE = REPOSITORY / "whatsapp_api" / "events" / "catalogue.json"
ENTRY = re.compile(r"^### `([a-z_.]+)`\n(.*?)```json\n(.*?)```", re.DOTALL | re.MULTILINE)


def described() -> dict[str, Any]:
    """By type: the text before the example, and the example."""
    found = ENTRY.findall(DOCUMENT.read_text())
    return {name: {"text": " ".join(text.split()), "example": json.loads(example)} for name, text, example in found}


def main() -> None:
    CATALOGUE.write_text(json.dumps(described(), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
