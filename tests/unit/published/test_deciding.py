"""What a person's decision does to an entry, and how rows and conflicts are known again."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.published import (
    FIELDS,
    Place,
    PublishedRow,
    Reading,
    Series,
    Source,
    Verdict,
    conflict_digest,
    facts_of_row,
    merge,
    row_digest,
    verdicts_for,
    with_row,
)
from openbeian.published.agreeing import holds_all

OLD, NEW = Source("旧名单", "0" * 64, Place("old.csv", 2)), Source("新名单", "1" * 64, Place("new.csv", 3))
_names = st.sampled_from(["", "甲科技有限公司", "乙科技有限公司", "丙科技有限责任公司"])
_rows = st.builds(
    PublishedRow,
    series=st.just(Series.FILING),
    service=st.sampled_from(["小知", "小 知", "大知"]),
    source=st.sampled_from([OLD, NEW]),
    provider=_names,
    number=st.sampled_from(["", "Guangdong-XiaoZhi-202604020001", "Guangdong-XiaoZhi-202604020002"]),
    filed_on=st.sampled_from([None, date(2026, 4, 2), date(2026, 5, 1)]),
    former_names=st.sampled_from([(), ("乙科技有限公司",), ("丁公司", "甲科技有限公司")]),
    base_model=st.sampled_from(["", "底座"]),
)


@given(known=_rows, row=_rows)
@settings(max_examples=60)
def test_an_entry_that_took_a_row_says_what_the_row_says_and_keeps_the_rest(known, row):
    after = with_row(known, row)
    assert holds_all(after, row)
    assert with_row(after, row) == after
    for field in FIELDS:
        if not row.value(field):
            assert after.value(field) == known.value(field)
        elif after.value(field) != known.value(field):
            assert after.source_of(field) == row.source


@given(row=_rows, other=_rows)
@settings(max_examples=60)
def test_a_row_is_known_by_what_it_states_and_nothing_else(row, other):
    assert row_digest(replace(row, source=OLD, sequence=1)) == row_digest(
        replace(row, source=NEW, sequence=2)
    )
    assert (row_digest(row) == row_digest(other)) == (facts_of_row(row) == facts_of_row(other))


def test_a_conflict_is_another_one_once_an_entry_has_changed():
    known = PublishedRow(Series.FILING, "小知", OLD, "甲科技有限公司", "Guangdong-XiaoZhi-202604020001")
    row = replace(known, number="Guangdong-XiaoZhi-202604020002", source=NEW)

    def conflict(entry):
        (found,) = merge([entry], Reading((row,))).conflicting
        return conflict_digest(found)

    assert conflict(known) == conflict(replace(known, source=NEW))
    assert conflict(known) != conflict(replace(known, filed_on=date(2026, 4, 2)))


def test_a_filing_is_never_rewritten_by_a_registration():
    filing = PublishedRow(Series.FILING, "小知", OLD)
    assert Verdict.TAKE in verdicts_for(filing, filing)
    assert Verdict.TAKE not in verdicts_for(replace(filing, series=Series.REGISTRATION), filing)
