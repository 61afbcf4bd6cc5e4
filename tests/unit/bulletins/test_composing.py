"""What a bulletin says, and that it says nothing without a source."""

import re
from dataclasses import replace
from datetime import date

import pytest

from openbeian.bulletins import parse_period
from openbeian.bulletins.document import Bulletin
from openbeian.bulletins.words import described, industry_name, runs, said, shown
from openbeian.core.bulletin_figures import Standing
from openbeian.core.errors import BadInputError
from openbeian.core.register_counts import RegisterRow, Took
from openbeian.core.text import LANGUAGES
from tests.unit.bulletins.sample import bulletin_of_period, bulletin_of_round

SLOT = re.compile(r"\{(\w+)\}")


def told(bulletin: Bulletin, language: str = "en") -> list[str]:
    return [said(sentence, bulletin, language) for sentence in bulletin.sentences]


def test_a_round_says_total_new_ones_rank_shift_and_time():
    assert told(bulletin_of_round(), "zh")[:6] == [
        "截至 2026-04-03，广东在册备案 15 项。",
        "本批广东新发证 3 项，属于 3 家提供者。",
        "按在册数，广东在有备案的 4 个属地中列第 2 位，2 个属地并列。",
        "本批广东新增备案中，面向行业应用的占 100%（已判定 3 项中的 3 项），比此前的 40% 上升 60 个百分点。",
        "占比上升最多的是制造：此前占 0%，现占 66.7%。",
        "广东历来在本系统发证的 8 件，从首次提交到发证的中位数为 41.5 天。",
    ]
    english = told(bulletin_of_round())
    assert english[:3] == [
        "As of 2026-04-03, 15 filings stand on file in Guangdong.",
        "3 services of 3 providers were newly certified in Guangdong in this round.",
        "Guangdong ranks 2nd of 4 jurisdictions by what is on file; 2 share that rank.",
    ]
    assert "1 registration stands on file (0 new in this round)" in " ".join(english)


def test_a_period_of_the_whole_country_says_who_leads():
    english = told(bulletin_of_period())
    assert english[2] == "4 jurisdictions have filings; Beijing has the most, 20."
    assert "2 offices have cases enough" in english[5]
    assert "medians run from 41.5 to 55 days" in english[5]
    assert bulletin_of_period().title.zh == "全国 2026 年上半年生成式人工智能服务备案公报"
    in_one = bulletin_of_period("2026-04", jurisdiction="GD")
    assert in_one.title.en == "Filing of generative-AI services in Guangdong: bulletin for April 2026"


def test_shared_leads_falls_and_standstills_are_said_as_such():
    def standing(place: str, on: date, industry: str) -> Standing:
        return Standing(RegisterRow("filing", place, "valid", on, None, industry, "a"), on)

    old, new = date(2026, 1, 5), date(2026, 4, 2)
    falls = [standing("GD", old, "health"), standing("BJ", old, "health"), standing("GD", new, "general")]
    falls.append(standing("BJ", new, "health"))
    english = " ".join(told(bulletin_of_period("2026Q2", entries=falls, days={"GD": Took(5, 3.0)})))
    assert "down 50 points from 100% before" in english
    assert "Beijing and Guangdong have the most, 2 each." in english
    assert "The share of general use rose most: from 0% before to 50% now." in english
    assert "general use and health lead with 1 each" in english
    assert "1 office has cases enough to publish" in english
    same = [standing("GD", old, "health"), standing("GD", new, "health")]
    english = " ".join(told(bulletin_of_period("2026Q2", entries=same, days={})))
    assert "as before: 100%" in english
    assert "rose most" not in english
    assert "1 service of 1 provider was newly filed in China in the second quarter of 2026." in english
    assert "the time they took is kept back" in english
    first = bulletin_of_period("2026Q2", entries=[standing("GD", new, "health")], days={})
    assert "What is new belongs to 1 industry; health leads with 1." in " ".join(told(first))


def test_providers_that_no_list_names_are_not_counted_as_one():
    on = date(2026, 4, 2)
    unnamed = [Standing(RegisterRow("filing", "GD", "valid", on, None, "health", ""), on)] * 2
    english = told(bulletin_of_period("2026Q2", entries=unnamed, days={}))
    assert "2 services were newly filed in China in the second quarter of 2026." in english


def test_an_empty_register_has_a_bulletin_too():
    english = told(bulletin_of_period("2026Q1", entries=[], days={}))
    assert english[0] == "As of 2026-03-31, 0 filings stand on file in China."
    assert english[1] == "No filing was certified in China in the first quarter of 2026."
    assert "so no shares are compared" in english[-1]
    in_one = bulletin_of_period("2026Q1", jurisdiction="XZ")
    assert "Xizang has nothing on file and no rank." in told(in_one)
    assert in_one.charts[0].id == "ranking"  # nothing by month to draw


@pytest.mark.parametrize(
    "bulletin",
    [bulletin_of_round(), bulletin_of_period(), bulletin_of_period("2025")],
    ids=lambda one: one.slug,
)
def test_every_digit_is_a_figure_or_a_name_and_every_slot_has_a_source(bulletin: Bulletin):
    stated = set()
    for sentence in bulletin.sentences:
        for language in LANGUAGES:
            text = sentence.text.in_(language)
            assert not re.search(r"\d", text)
            assert {slot for slot in SLOT.findall(text) if slot not in sentence.names} == set(
                sentence.figures
            )
        stated |= set(sentence.figures)
    assert stated == set(bulletin.figures)
    for figure in bulletin.figures.values():
        assert figure.query.as_of <= bulletin.as_of
        for language in LANGUAGES:
            assert figure.query.as_of.isoformat() in described(figure.query, language)


def test_figures_are_marked_in_the_run_of_a_sentence():
    bulletin = bulletin_of_round()
    marked = [run for run in runs(bulletin.takeaways[0], bulletin.figures, "zh") if run.figure]
    assert [(run.text, run.figure) for run in marked] == [("15", "on_file")]
    median = bulletin_of_round().figures["median_days"]
    assert shown(median, "en") == "41.5"
    assert shown(replace(median, value=None), "en") == "kept back"
    assert industry_name("weaving") == ("weaving", "weaving")


@pytest.mark.parametrize(
    ("written", "since", "until", "english"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2026"),
        ("2026h2", "2026-07-01", "2026-12-31", "the second half of 2026"),
        (" 2026Q1 ", "2026-01-01", "2026-03-31", "the first quarter of 2026"),
        ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
    ],
)
def test_a_period_is_a_year_half_quarter_or_month(written, since, until, english):
    period = parse_period(written)
    assert (period.since.isoformat(), period.until.isoformat(), period.text.en) == (since, until, english)


@pytest.mark.parametrize("written", ["", "26Q1", "2026Q5", "2026-13", "2026 Q1", "Q1"])
def test_what_is_no_period_is_refused(written):
    with pytest.raises(BadInputError, match="is no period"):
        parse_period(written)


def test_what_is_compared_with_ends_the_day_before():
    assert bulletin_of_period("2026").scope.day_before == date(2025, 12, 31)
    assert bulletin_of_round().scope.day_before == date(2026, 4, 2)
