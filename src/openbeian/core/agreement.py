"""Two people judge an item independently, and where they disagree a third decides: what follows from that."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from openbeian.core.statistics import Interval, cohen_kappa, kappa_interval
from openbeian.core.text import Text

__all__ = [
    "CONFORMING_LABELS",
    "MOST_BYTES",
    "MOST_ITEMS",
    "Agreement",
    "Settled",
    "Standing",
    "agreement_of",
    "parse_label",
    "settle",
]

MOST_ITEMS: Final = 5000
MOST_BYTES: Final = 16 << 20
"""How much goes into one sample that people judge on the portal's page, handed in as one file."""

CONFORMING_LABELS: Final[Mapping[str, Text]] = {
    "conforms": Text("合格", "conforms"),
    "does_not_conform": Text("不合格", "does not conform"),
}
"""What people say of an answer that a model generated, and of a document of a corpus."""

_TWO: Final = 2


class Standing(StrEnum):
    """How far people have come with an item."""

    UNJUDGED = "unjudged"
    ONE = "one"
    DISAGREED = "disagreed"
    SETTLED = "settled"


class Settled(NamedTuple):
    """How far people have come with an item, and their verdict once they have one."""

    standing: Standing
    value: str | None = None


class Agreement(NamedTuple):
    """How far people have come with some items, and how well two of them agree."""

    items: int
    people: int
    by_one: int
    """How many items one person alone has judged."""
    by_two: int
    """How many two have judged, of which they disagreed on `disagreed`; on `open` nobody decided yet."""
    disagreed: int
    open: int
    settled: int
    kappa: float | None
    """Cohen's kappa of the first two verdicts on each item."""
    kappa_interval: Interval | None

    def as_json(self) -> dict[str, int | float | list[float] | None]:
        """Return it as JSON values."""
        return {**self._asdict(), "kappa_interval": self.kappa_interval and list(self.kappa_interval)}


def parse_label(labels: Mapping[str, Text], written: str) -> str | None:
    """Return the verdict that somebody wrote, in either language; None where it is none of `labels`."""
    wanted = "".join(written.split()).lower()
    for value, text in labels.items():
        if wanted in {value, text.zh, "".join(text.en.split())}:
            return value
    return None


def settle(given: Sequence[str]) -> Settled:
    """Return what follows from the verdicts of different people, in the order in which they came in."""
    if len(given) < _TWO:
        return Settled(Standing.ONE if given else Standing.UNJUDGED)
    if given[0] == given[1]:
        return Settled(Standing.SETTLED, given[0])
    return Settled(Standing.SETTLED, given[2]) if len(given) > _TWO else Settled(Standing.DISAGREED)


def agreement_of(given: Iterable[Mapping[str, str]]) -> Agreement:
    """Return how far people have come; `given` has for each item each person's verdict, as they came in."""
    each = tuple(given)
    standings = [settle(tuple(one.values())).standing for one in each]
    # Of two people always the same one comes first, whoever handed in earlier.
    pairs = [sorted(list(one.items())[:_TWO]) for one in each if len(one) >= _TWO]
    first, second = ([pair[at][1] for pair in pairs] for at in (0, 1))
    return Agreement(
        items=len(each),
        people=len({by for one in each for by in one}),
        by_one=standings.count(Standing.ONE),
        by_two=len(pairs),
        disagreed=sum(a != b for a, b in zip(first, second, strict=True)),
        open=standings.count(Standing.DISAGREED),
        settled=standings.count(Standing.SETTLED),
        kappa=cohen_kappa(first, second) if pairs else None,
        kappa_interval=kappa_interval(first, second) if pairs else None,
    )
