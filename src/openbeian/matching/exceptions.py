"""Contexts in which a term is no hit: `枪` within `水枪`, say."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from openbeian.matching.passages import Indices, Matches

__all__ = ["Exceptions"]


class Exceptions:
    """The contexts of all terms, numbered behind the terms."""

    def __init__(self, by_term: Mapping[str, Sequence[str]], terms: Sequence[str]) -> None:
        """Number the contexts, folded, that `by_term` gives for folded terms."""
        numbers = {term: number for number, term in enumerate(terms)}
        owners: dict[str, list[int]] = {}
        for term, contexts in by_term.items():
            for context in contexts:
                owners.setdefault(context, []).append(numbers[term])
        self.contexts = list(owners)
        self._first = len(terms)
        self._terms = list(owners.values())

    def applied(self, found: Matches) -> Matches:
        """Return the hits of terms outside of their contexts, without the contexts."""
        if not self.contexts:
            return found
        kept = found.numbers < self._first
        for number in np.unique(found.numbers[~kept]).tolist():
            of_context = found.numbers == number
            starts, ends = np.sort(found.starts[of_context]), np.sort(found.ends[of_context])
            for term in self._terms[number - self._first]:
                hits = np.flatnonzero(found.numbers == term)
                kept[hits[_inside(found.starts[hits], found.ends[hits], starts, ends)]] = False
        return Matches(*(column[kept] for column in found))


def _inside(
    starts: Indices, ends: Indices, of_contexts: Indices, ends_of_contexts: Indices
) -> npt.NDArray[np.bool_]:
    """Say which stretches lie in one of the contexts; those have one length, so the last to begin decides."""
    last = np.searchsorted(of_contexts, starts, side="right") - 1
    found: npt.NDArray[np.bool_] = (last >= 0) & (ends <= ends_of_contexts[last])
    return found
