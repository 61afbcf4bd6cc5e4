"""What changed between two keyword libraries."""

from collections import defaultdict
from typing import NamedTuple

from openbeian.assessment import Keyword, KeywordLibrary
from openbeian.matching import fold

__all__ = ["Difference", "Moved", "differences"]


class Moved(NamedTuple):
    """A term that stands under other risks than before."""

    term: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Difference(NamedTuple):
    """What changed from one library to another; terms are the same when they are folded alike."""

    added: tuple[Keyword, ...]
    removed: tuple[Keyword, ...]
    moved: tuple[Moved, ...]


def differences(before: KeywordLibrary, after: KeywordLibrary) -> Difference:
    """Return what changed between two libraries, each list in the order of its library."""
    risks_before, risks_after = _risks(before), _risks(after)
    written = {_folded(one): one.term for one in after.keywords}
    return Difference(
        tuple(one for one in after.keywords if _folded(one) not in risks_before),
        tuple(one for one in before.keywords if _folded(one) not in risks_after),
        tuple(
            Moved(written[term], tuple(sorted(risks)), tuple(sorted(risks_after[term])))
            for term, risks in risks_before.items()
            if term in risks_after and risks != risks_after[term]
        ),
    )


def _risks(library: KeywordLibrary) -> dict[str, set[str]]:
    risks: defaultdict[str, set[str]] = defaultdict(set)
    for keyword in library.keywords:
        risks[_folded(keyword)].add(keyword.risk)
    return risks


def _folded(keyword: Keyword) -> str:
    return fold(keyword.term).strip()
