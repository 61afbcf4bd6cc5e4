"""What an edition of the standard says of intervals and sizes, by the kind of duty."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from openbeian.core.duties import Cadence, DutyKind
from openbeian.standards import load_edition

__all__ = ["cadences_of", "minimum_of"]

_K = DutyKind
_MINIMA: Final[Mapping[DutyKind, str]] = {
    _K.KEYWORDS: "keywords.total",
    _K.BANK_GENERATED: "bank.generated.total",
    _K.BANK_REFUSE: "bank.refuse.total",
    _K.BANK_ANSWER: "bank.answer.total",
}


@lru_cache
def cadences_of(edition_id: str) -> Mapping[DutyKind, Cadence]:
    """Return the longest interval between two updates of the library and of each bank.

    Raises:
        BadInputError: There is no such edition.
    """
    edition = load_edition(edition_id)
    monthly = Cadence(months=edition.number("bank.update"))
    return {
        _K.KEYWORDS: Cadence(days=edition.number("keywords.update")),
        _K.BANK_GENERATED: monthly,
        _K.BANK_REFUSE: monthly,
        _K.BANK_ANSWER: monthly,
    }


@lru_cache
def minimum_of(edition_id: str, kind: DutyKind) -> int:
    """Return how many terms or questions there should be; 0 where the edition says nothing."""
    threshold = _MINIMA.get(kind)
    return 0 if threshold is None else load_edition(edition_id).number(threshold)
