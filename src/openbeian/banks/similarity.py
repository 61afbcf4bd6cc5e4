"""How alike two questions are: the share of character trigrams they have in common.

Comparing every pair would take minutes for thousands of questions. Two sets can only share a large part of
their members when they share one of their few rarest, so only such pairs are compared; none is missed.
"""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["SimilarPair", "find_similar_pairs", "jaccard", "trigrams"]


class SimilarPair(NamedTuple):
    """Two texts by their places in the given order, and how alike they are."""

    first: int
    second: int
    similarity: float


def trigrams(text: str) -> frozenset[str]:
    """Return the character trigrams of a text; case, width, spaces and punctuation don't count."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(character for character in folded if character.isalnum())
    return frozenset(plain[start : start + 3] for start in range(max(1, len(plain) - 2)))


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the size of the common part over the size of both together."""
    common = len(first & second)
    return common / (len(first) + len(second) - common)


def find_similar_pairs(texts: Sequence[str], *, above: float) -> Iterator[SimilarPair]:
    """Yield every pair of texts whose similarity is greater than `above` (which is more than 0)."""
    sets = [trigrams(text) for text in texts]
    frequency = Counter(gram for grams in sets for gram in grams)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for second, grams in enumerate(sets):
        rarest = sorted(grams, key=lambda gram: (frequency[gram], gram))
        prefix = rarest[: len(grams) - math.ceil(above * len(grams)) + 1]
        candidates = {first for gram in prefix for first in places[gram]}
        for first in sorted(candidates):
            similarity = jaccard(sets[first], grams)
            if similarity > above:
                yield SimilarPair(first, second, similarity)
        for gram in prefix:
            places[gram].append(second)
