"""What is odd about a list as a whole: its sequence, its repeated rows, its repeated numbers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from openbeian.published.names import number_key, provider_key, service_key
from openbeian.published.oddities import LeftOut, Oddity
from openbeian.published.places import Series
from openbeian.published.rows import FIELDS, PublishedRow, Reading

__all__ = ["across_rows"]

_SHOWN_GAPS: Final = 10


def across_rows(reading: Reading) -> Reading:
    """Return a reading without rows repeated word for word, and with what only shows across its rows."""
    rows, repeated = _without_repeats(reading.rows)
    found: dict[int, list[Oddity]] = defaultdict(list)
    of_lists: list[Oddity] = []
    for indices in _sequences(rows).values():
        _look_at_sequence(rows, indices, found, of_lists)
    _look_at_numbers(rows, found)
    completed = tuple(
        replace(row, oddities=row.oddities + tuple(found[at])) if at in found else row
        for at, row in enumerate(rows)
    )
    of_rows = tuple(oddity for row in completed for oddity in row.oddities)
    return Reading(completed, reading.oddities + tuple(of_lists) + of_rows, reading.left_out + repeated)


def _without_repeats(rows: Iterable[PublishedRow]) -> tuple[list[PublishedRow], tuple[LeftOut, ...]]:
    seen: dict[tuple[object, ...], PublishedRow] = {}
    kept: list[PublishedRow] = []
    repeated: list[LeftOut] = []
    for row in rows:
        facts = (row.series, row.sequence, *(row.value(name) for name in FIELDS))
        first = seen.setdefault(facts, row)
        if first is row:
            kept.append(row)
        else:
            found = f"{row.service} = {first.source.place}"
            repeated.append(LeftOut(row.source.place, "repeated_row", found))
    return kept, tuple(repeated)


def _sequences(rows: Sequence[PublishedRow]) -> dict[tuple[Series, str], list[int]]:
    """Return which rows are numbered together: those of a sheet or table, and of all pages."""
    together: dict[tuple[Series, str], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        place = row.source.place
        if row.sequence is not None:
            together[row.series, "" if place.part == "page" else place.name].append(at)
    return together


def _look_at_sequence(
    rows: Sequence[PublishedRow],
    indices: Sequence[int],
    found: dict[int, list[Oddity]],
    of_lists: list[Oddity],
) -> None:
    first: dict[int, int] = {}
    highest = 0
    for at in indices:
        sequence, place = rows[at].sequence, rows[at].source.place
        assert sequence is not None
        earlier = first.setdefault(sequence, at)
        if earlier != at:
            there = str(rows[earlier].source.place)
            found[at].append(Oddity("repeated_sequence", place, str(sequence), there))
        elif sequence < highest:
            found[at].append(Oddity("out_of_order", place, str(sequence), str(highest)))
        highest = max(highest, sequence)
    lowest = min(first)
    list_place = rows[first[lowest]].source.place._replace(row=0)
    if lowest > 1:
        of_lists.append(Oddity("continues_earlier_list", list_place, str(lowest)))
    if gaps := _gaps(sorted(first)):
        of_lists.append(Oddity("sequence_gap", list_place, gaps))


def _gaps(sequences: Sequence[int]) -> str:
    """Return what lacks between the first and the last, as `15, 17–19`."""
    gaps = [
        f"{before + 1}" if after - before == 2 else f"{before + 1}–{after - 1}"  # noqa: PLR2004  one lacks
        for before, after in pairwise(sequences)
        if after - before > 1
    ]
    return ", ".join(gaps[:_SHOWN_GAPS]) + (", …" if len(gaps) > _SHOWN_GAPS else "")


def _look_at_numbers(rows: Sequence[PublishedRow], found: dict[int, list[Oddity]]) -> None:
    holders: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row.number:
            holders[number_key(row.number)].append(at)
    for indices in holders.values():
        if len(indices) > 1:
            for at, other, code in _contradictions(rows, indices):
                there = str(rows[other].source.place)
                found[at].append(Oddity(code, rows[at].source.place, rows[at].number, there))


def _contradictions(rows: Sequence[PublishedRow], indices: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Yield each holder of a number with the first one that it contradicts, and how."""
    first_by_entry: dict[tuple[Series, str, str], int] = {}
    for at in indices:
        row = rows[at]
        first_by_entry.setdefault((row.series, service_key(row.service), provider_key(row.provider)), at)
    if len(first_by_entry) == 1:
        return
    firsts = list(first_by_entry.items())
    for at in indices:
        row = rows[at]
        own = (row.series, service_key(row.service), provider_key(row.provider))
        (series, _, _), other = firsts[1] if firsts[0][0] == own else firsts[0]
        yield at, other, "repeated_number" if series is row.series else "number_in_both_series"
