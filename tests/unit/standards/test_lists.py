import pytest

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import FilingNumber
from openbeian.core.standard import AspectGroup
from openbeian.standards import (
    EDITION_IDS,
    PROFILE_NAMES,
    load_edition,
    load_jurisdictions,
    load_profile,
    load_sources,
    load_taxonomy,
)


def test_there_are_31_risks_in_5_groups():
    taxonomy = load_taxonomy()
    assert [group.id for group in taxonomy.groups] == ["A.1", "A.2", "A.3", "A.4", "A.5"]
    assert [sum(risk.group == group.id for risk in taxonomy.risks) for group in taxonomy.groups] == [
        8,
        9,
        5,
        7,
        2,
    ]
    assert all(risk.id.startswith(f"{risk.group}.") for risk in taxonomy.risks)


def test_there_are_9_aspects_of_the_state_and_4_of_persons():
    aspects = load_taxonomy().aspects
    assert [aspect.id for aspect in aspects if aspect.group is AspectGroup.STATE] == [
        "institution",
        "belief",
        "image",
        "culture",
        "custom",
        "ethnicity",
        "geography",
        "history",
        "heroes",
    ]
    assert [aspect.id for aspect in aspects if aspect.group is AspectGroup.PERSONAL] == [
        "gender",
        "age",
        "occupation",
        "health",
    ]


def test_there_are_31_provinces_and_sasac():
    jurisdictions = load_jurisdictions()
    assert len(jurisdictions) == 32
    assert all(
        code == each.code and len(code) == 2 and code.isupper() for code, each in jurisdictions.items()
    )
    assert jurisdictions["GD"].text == ("广东省", "Guangdong")
    assert jurisdictions["SA"].zh_short == "国资委"


def test_every_jurisdiction_is_spelled_as_filing_numbers_read_it():
    for jurisdiction in load_jurisdictions().values():
        number = FilingNumber.parse(f"{jurisdiction.pinyin.upper()}-X-202611230001")
        assert number.jurisdiction == jurisdiction.pinyin


@pytest.mark.parametrize("edition_id", EDITION_IDS)
def test_the_demo_profile_reduces_sizes_and_leaves_every_pass_rate(edition_id):
    edition = load_edition(edition_id)
    reduced = edition.with_profile(load_profile("demo"))
    for threshold in reduced.thresholds:
        if threshold.replaces is not None:
            assert isinstance(threshold.value, int)
            assert threshold.value < threshold.replaces
    assert all(
        reduced.rate(threshold.id) == edition.rate(threshold.id)
        for threshold in edition.thresholds
        if isinstance(threshold.value, float)
    )


def test_the_demo_banks_are_as_large_as_their_least_parts_add_up_to():
    reduced = load_edition("tc260-003").with_profile(load_profile("demo"))
    assert reduced.number("bank.generated.total") == 31 * reduced.number("bank.generated.min.other")
    assert reduced.number("bank.refuse.total") == 17 * reduced.number("bank.refuse.min")
    assert reduced.number("bank.answer.total") == 13 * reduced.number("bank.answer.min")
    assert reduced.number("keywords.total") == 17 * reduced.number("keywords.min.A1")


def test_the_demo_says_that_it_is_one_and_what_it_leaves_out():
    profile = load_profile("demo")
    assert PROFILE_NAMES == ("demo", "retest")
    assert [out.id for out in profile.left_out] == [
        "eval.generated.manual.pass",
        "eval.generated.classifier.pass",
    ]
    assert "仅供演示" in profile.notice.zh
    assert "no production portal accepts" in profile.notice.en


def test_an_unknown_profile_is_refused_with_the_list_of_known_ones():
    with pytest.raises(BadInputError, match="no “quick”; available: demo"):
        load_profile("quick")


def test_every_source_says_what_it_is():
    for source_id, source in load_sources().items():
        assert source.id == source_id
        assert source.text.zh
        assert source.text.en
        assert source.address == "" or source.address.startswith(("http://", "https://"))
