"""Reading the whole register, a batch at a time: what a row is, and nothing of the files it goes into."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Final

from django.db.models import CharField
from django.db.models.functions import Cast

from openbeian.portal.filings.models import RegisterEntry

__all__ = ["Row", "Value", "count_rows", "read_batches"]

Value = str | int | None
Row = tuple[Value, ...]
"""The values of `FIELDS` in their order; days as text, 2026-11-23, instants too, in UTC with Z."""

_COLUMNS: Final = (
    *("key", "number", "route", "jurisdiction", "service_name", "service_latin", "model_name"),
    *("provider_name", "provider_name_en", "provider_uscc", "profile", "status", "since"),
    *("issued", "listed", "round__series", "industry", "service_type", "filing_id"),
)
_SINCE: Final = _COLUMNS.index("since")
_AT_ONCE: Final = 2_000


def count_rows() -> int:
    """Return how many entries there are."""
    return RegisterEntry.objects.count()


def read_batches() -> Iterator[list[Row]]:
    """Yield every entry, oldest first, a few thousand at a time.

    One query reads them all, so that they are the register as it stood at one moment; nothing is locked.
    Days are read as text: a million of them are quicker written than parsed and written again.
    """
    as_text = {
        name: Cast(column, CharField())
        for name, column in (("since", "status_since"), ("issued", "issued_on"), ("listed", "listed_on"))
    }
    found = RegisterEntry.objects.order_by("pk").annotate(**as_text).values_list(*_COLUMNS)
    rows = found.iterator(chunk_size=_AT_ONCE)
    while batch := list(islice(rows, _AT_ONCE)):
        yield [
            (
                *row[:_SINCE],
                _instant(row[_SINCE]),
                *row[_SINCE + 1 : -1],
                "published" if row[-1] is None else "filed",
            )
            for row in batch
        ]


@lru_cache(maxsize=4096)  # whole rounds share one moment
def _instant(written: str | None) -> str | None:
    """Return an instant, which either database keeps in UTC, as 2026-11-23T02:00:00Z."""
    if written is None:
        return None
    at = datetime.fromisoformat(written)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat().replace("+00:00", "Z")
