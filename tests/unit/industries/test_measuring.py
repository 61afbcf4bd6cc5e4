"""The figures of docs/reference/industry-classification.md, computed anew."""

import hashlib
import re
from pathlib import Path

import pytest

from openbeian.core.statistics import wilson
from openbeian.industries import Industry, classify, load_rules
from openbeian.industries.measuring import (
    SETS,
    confusions,
    judge,
    labelled_names,
    share,
    without_providers,
)

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/industry-classification.md"


def test_at_least_two_hundred_names_are_labelled_and_each_stands_once():
    own = [*labelled_names("dev"), *labelled_names("held_out")]
    assert len(own) >= 200
    entries = [(name.service_name, name.provider_name) for name in own]
    assert len(set(entries)) == len(entries)
    others = {name.service_name for name in labelled_names("third_party")}
    assert not others & {name.service_name for name in own}


@pytest.mark.parametrize(("half", "bit"), [("dev", 0), ("held_out", 1)])
def test_the_half_of_a_name_follows_from_its_provider(half, bit):
    for name in labelled_names(half):
        unit = name.provider_name or name.service_name
        assert hashlib.sha256(unit.encode()).digest()[0] & 1 == bit


def test_names_held_out_are_classified_right_at_least_as_often_as_is_asked_for():
    names = labelled_names("held_out")
    right = sum(classify(name.service_name, name.provider_name).industry is name.industry for name in names)
    assert right / len(names) >= 0.85


@pytest.mark.parametrize("which", SETS)
def test_the_page_says_what_is_found_by_counting_again(which):
    names, rules = labelled_names(which), load_rules()
    row = next(
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{which}`：")
    )
    printed = re.findall(r"(\d+) / (\d+) = ([\d.]+)% \(([\d.]+)%–([\d.]+)%\)", row)
    for judged, (right, of, *percents) in zip(
        (judge(rules, names), judge(without_providers(rules), names)), printed[:2], strict=True
    ):
        hits = sum(each.found.industry is each.labelled.industry for each in judged)
        assert (int(right), int(of)) == (hits, len(names))
        low, high = wilson(hits, len(names))
        assert percents == [f"{value * 100:.1f}" for value in (hits / len(names), low, high)]


def test_confusions_count_every_wrong_name_and_nothing_else():
    judged = judge(load_rules(), labelled_names("third_party"))
    found = confusions(judged)
    assert sum(count for *_, count in found) == len(judged) - share([e.industry_right for e in judged]).right
    assert all(labelled is not said for labelled, said, _ in found)
    assert all(isinstance(said, Industry) for _, said, _ in found)
    assert [count for *_, count in found] == sorted((count for *_, count in found), reverse=True)
