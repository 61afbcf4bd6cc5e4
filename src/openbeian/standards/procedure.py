"""The procedure as data: reasons by code, and legal terms."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from openbeian.core.reasons import Reason, ReasonUse
from openbeian.core.terms import DayKind, Term
from openbeian.standards.reading import DATA, Entry, read_file

__all__ = ["load_reasons", "load_terms"]


@lru_cache
def load_reasons(folder: Path = DATA) -> tuple[Reason, ...]:
    """Return the reasons in their order."""
    return tuple(
        Reason(
            entry.string("code"),
            entry.text("text"),
            frozenset(_use(entry, word) for word in entry.strings("uses")),
            entry.text("basis"),
        )
        for entry in read_file(folder / "reasons.yaml").entries("reasons")
    )


def _use(entry: Entry, word: str) -> ReasonUse:
    known = [one.value for one in ReasonUse]
    if word not in known:
        raise entry.error(
            f"「uses」中的「{word}」应为 {'、'.join(known)} 之一。",
            f"“{word}” in “uses” must be one of {', '.join(known)}.",
        )
    return ReasonUse(word)


@lru_cache
def load_terms(folder: Path = DATA) -> Mapping[str, Term]:
    """Return the terms by their ids."""
    terms = (_term(entry) for entry in read_file(folder / "terms.yaml").entries("terms"))
    return MappingProxyType({one.id: one for one in terms})


def _term(entry: Entry) -> Term:
    days = entry.value("days")
    if not isinstance(days, int) or days < 1:
        raise entry.error("「days」应为正整数。", "“days” must be a whole number from 1 on.")
    return Term(
        id=entry.string("id"),
        text=entry.text("text"),
        days=days,
        kind=entry.choice("kind", DayKind),
        since=entry.text("since"),
        basis=entry.text("basis"),
        is_own=entry.flag("own", default=False),
    )
