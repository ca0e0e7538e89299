"""Made-up conversations: some words are in every third message, most in hardly any, as in any language."""

import random
from collections.abc import Iterator
from itertools import accumulate

SYLLABLES = [c + v for c in "bcdfghklmnprstvz" for v in "aeiou"]
VOCABULARY = 20_000


def word(number: int) -> str:
    """The word of a rank; 0 is the most frequent."""
    syllables = []
    number += len(SYLLABLES)
    while number:
        number, digit = divmod(number, len(SYLLABLES))
        syllables.append(SYLLABLES[digit])
    return "".join(syllables)


def texts(seed: int) -> Iterator[str]:
    """Endless: 1 to 15 words each."""
    source = random.Random(seed)
    words = [word(number) for number in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 1) for rank in range(VOCABULARY)))
    while True:
        yield " ".join(source.choices(words, cum_weights=weights, k=source.randint(1, 15)))
