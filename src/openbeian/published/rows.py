"""What reading a list gives: rows, oddities, and what was left out."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.published.oddities import LeftOut, Oddity
from openbeian.published.places import Series, Source

__all__ = ["FIELDS", "FIELD_LABELS", "PublishedRow", "Reading", "fact_text"]

FIELDS: Final = (
    "jurisdiction",
    "service",
    "provider",
    "number",
    "filed_on",
    "uscc",
    "former_names",
    "base_model",
    "base_number",
)
"""The facts of an entry that lists are compared by. The sequence is a place in one list and no such fact."""


FIELD_LABELS: Final = {
    "jurisdiction": Text("属地", "jurisdiction"),
    "service": Text("名称", "name"),
    "provider": Text("单位", "provider"),
    "number": Text("编号", "number"),
    "filed_on": Text("日期", "date"),
    "uscc": Text("统一社会信用代码", "company code"),
    "former_names": Text("曾用名", "former names"),
    "base_model": Text("所调用模型", "model called"),
    "base_number": Text("所调用模型编号", "number of the model called"),
}
"""What these facts are called within a sentence."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One entry as a list publishes it; what the list doesn't say is empty.

    `jurisdiction` is a code of `openbeian.standards.load_jurisdictions`, `printed_place` what stands in the
    list. `taken` names the fields that come from another source than the row itself.
    """

    series: Series
    service: str
    source: Source
    provider: str = ""
    number: str = ""
    sequence: int | None = None
    jurisdiction: str = ""
    printed_place: str = ""
    filed_on: date | None = None
    uscc: str = ""
    former_names: tuple[str, ...] = ()
    base_model: str = ""
    base_number: str = ""
    oddities: tuple[Oddity, ...] = ()
    taken: tuple[tuple[str, Source], ...] = ()

    def value(self, field: str) -> str | date | tuple[str, ...] | None:
        """Return the fact called `field`, one of `FIELDS`."""
        value: str | date | tuple[str, ...] | None = getattr(self, field)
        return value

    def source_of(self, field: str) -> Source:
        """Return where a fact was read."""
        return dict(self.taken).get(field, self.source)

    def with_value(
        self, field: str, value: str | date | tuple[str, ...] | None, source: Source
    ) -> "PublishedRow":
        """Return the row with another fact, read at `source`."""
        taken = {**dict(self.taken), field: source}
        return replace(self, **{field: value, "taken": tuple(taken.items())})  # type: ignore[arg-type]


def fact_text(value: str | date | tuple[str, ...] | None) -> str:
    """Return a fact as text: days as 2026-11-23, names with a Chinese comma; empty if nothing is stated."""
    return "、".join(value) if isinstance(value, tuple) else str(value or "")


class Reading(NamedTuple):
    """What was read: rows in the order of the list, the oddities of list and rows, what was left out."""

    rows: tuple[PublishedRow, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
