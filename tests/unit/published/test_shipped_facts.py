"""The facts that ship: true to their own rules, each with its source, and loaded without contradiction."""

import re

from openbeian.published import (
    Reading,
    Series,
    load_counts,
    load_fact_sources,
    load_published,
    load_published_rows,
    load_qualities,
    load_totals,
    merge,
)
from openbeian.standards import load_jurisdictions


def test_every_row_and_figure_names_its_source():
    sources = load_fact_sources()
    assert {row.source.name for row in load_published_rows()} <= sources.keys()
    assert all(source.text.zh and source.text.en for source in sources.values())
    assert {total.quality for total in load_totals()} == load_qualities().keys()


def test_entries_are_each_there_once_and_reading_the_rows_again_changes_nothing():
    entries = load_published()
    assert len(entries) == 65
    again = merge(entries, Reading(load_published_rows()))
    assert (again.new, again.changed, again.conflicting) == ((), (), ())


def test_a_number_seen_elsewhere_completes_an_entry_and_keeps_its_own_source():
    by_name = {row.service: row for row in load_published()}
    known = by_name["通义千问大模型"]
    assert known.number == "Zhejiang-TongYiQianWen-20230901"
    assert known.jurisdiction == "ZJ"
    assert (known.source.name, known.source_of("number").name) == ("book", "code")
    assert by_name["九天自然语言交互大模型"].number == "ZhongYangQiYe-JiuTian-20240123"
    assert by_name["九天自然语言交互大模型"].jurisdiction == "SA"


def test_both_series_are_there_and_names_that_are_not_verbatim_are_marked():
    series = {row.series for row in load_published()}
    assert series == set(Series)
    marked = [row for row in load_published() for odd in row.oddities if odd.code == "not_verbatim"]
    assert len(marked) == 11


def test_totals_that_disagree_stay_two_sources():
    guangdong = [total for total in load_totals() if total.scope == "GD" and total.on.startswith("2025")]
    assert [(total.total, total.source.id) for total in guangdong] == [(39, "sina_hk"), (45, "csdn")]


def test_totals_are_dated_and_of_known_places_and_counts_add_up():
    places = {"CN", *load_jurisdictions()}
    for total in load_totals():
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", total.on)
        assert total.scope in places
        assert total.added is None or total.added <= total.total
    counts = load_counts()
    assert {count.jurisdiction for count in counts} <= places
    assert sum(count.entries for count in counts) == counts[0].last - counts[0].first + 1 == 423
