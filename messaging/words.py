"""Words that a message or a chat is found by: the same on every database, whatever the script or the accents."""

import re
import unicodedata
import uuid
from typing import Any

from django.db import models

from whatsapp_api.accounts.bodies.keys import seals

LONGEST = 40  # characters of a word that count
MOST = 400  # different words of one text
WORD = re.compile(r"[^\W_]+")
# Scripts that put no spaces between words: every character is one.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def words_of(text: str) -> list[str]:
    """Its different words in lower case without accents, in order of appearance."""
    plain = unicodedata.normalize("NFKD", text[:100_000]).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    words = WORD.findall(UNSPACED.sub(lambda match: f" {match[0]} ", plain))
    return list(dict.fromkeys(word[:LONGEST] for word in words))[:MOST]


def message_words(workspace_id: uuid.UUID, text: str) -> list[str]:
    """What a message is found by; nothing where its text is sealed, since the words would give it away."""
    return [] if seals(workspace_id) else words_of(text)


class WordsField(models.JSONField):
    """A list of the words of another field of the row, made anew with every save of it.

    `update(text=...)` has to set it too, as every column that follows from another.
    """

    def __init__(self, *args: Any, source: str = "text", **options: Any) -> None:
        self.source = source
        super().__init__(*args, **{"default": list, "editable": False, **options})

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, {**options, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> list[str]:
        text = getattr(model_instance, self.source)
        words = message_words(model_instance.workspace_id, text)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, words)
        return words
