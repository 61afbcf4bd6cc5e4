import pickle
from dataclasses import replace
from fractions import Fraction

import pytest

from openbeian.core.errors import BadInputError
from openbeian.core.standard import LeftOut, Provenance
from openbeian.core.text import Text
from openbeian.standards import load_edition, load_profile

EDITION = load_edition("tc260-003")
DEMO = load_profile("demo")


def test_a_clause_is_found_by_its_id():
    assert EDITION.clause("8.3 b)").key == "bank.answer"


def test_an_unknown_clause_is_refused_with_the_name_of_the_edition():
    with pytest.raises(BadInputError, match=r"TC260-003 has no clause “10 z\)”"):
        EDITION.clause("10 z)")


def test_an_unknown_threshold_is_refused_with_the_name_of_the_edition():
    with pytest.raises(BadInputError, match=r"TC260-003 has no threshold “eval\.n”"):
        EDITION.threshold("eval.n")


def test_a_count_a_share_and_named_counts_are_read_as_what_they_are():
    assert EDITION.number("eval.generated.n") == 1000
    assert EDITION.rate("eval.refuse.rate") == Fraction(19, 20)
    assert EDITION.counts("measure.abuse") == {"consecutive": 3, "per_day": 5}


@pytest.mark.parametrize("read", [EDITION.number, EDITION.rate, EDITION.counts])
def test_a_criterion_in_words_is_no_number(read):
    with pytest.raises(TypeError, match=r"measure\.complaints"):
        read("measure.complaints")


@pytest.mark.parametrize(
    ("provenance", "unverified"), [("V2", False), ("V3", False), ("M", True), ("UNKNOWN", True)]
)
def test_what_is_recalled_or_not_found_is_unverified(provenance, unverified):
    threshold = replace(EDITION.thresholds[0], provenance=Provenance(provenance))
    clause = replace(EDITION.clauses[0], provenance=Provenance(provenance))
    assert threshold.is_unverified is clause.is_unverified is unverified


def test_an_edition_without_a_profile_is_full():
    assert EDITION.profile_name == "full"
    assert not EDITION.is_left_out("eval.generated.manual.pass")


def test_a_profile_replaces_values_and_remembers_the_standards_own():
    reduced = EDITION.with_profile(DEMO)
    threshold = reduced.threshold("eval.generated.n")
    assert (threshold.value, threshold.replaces) == (62, 1000)
    assert (reduced.profile_name, reduced.profile) == ("demo", DEMO)


def test_a_profile_leaves_everything_else_as_it_is():
    reduced = EDITION.with_profile(DEMO)
    untouched = [threshold for threshold in reduced.thresholds if threshold.id not in dict(DEMO.values)]
    assert all(threshold == EDITION.threshold(threshold.id) for threshold in untouched)
    assert replace(reduced, thresholds=EDITION.thresholds, profile=None) == EDITION


def test_what_a_profile_leaves_out_is_named():
    reduced = EDITION.with_profile(DEMO)
    assert reduced.is_left_out("eval.generated.manual.pass")
    assert not reduced.is_left_out("eval.generated.keyword.pass")


def test_a_profile_is_not_laid_over_another():
    with pytest.raises(BadInputError, match="already has the profile “demo”"):
        EDITION.with_profile(DEMO).with_profile(DEMO)


@pytest.mark.parametrize(
    "profile",
    [
        replace(DEMO, values=(("eval.x", 1),)),
        replace(DEMO, left_out=(LeftOut("eval.x", Text("无", "none")),)),
    ],
)
def test_a_profile_that_names_an_unknown_threshold_is_refused(profile):
    with pytest.raises(BadInputError, match=r"eval\.x"):
        EDITION.with_profile(profile)


def test_an_edition_is_a_value_that_travels_between_processes():
    reduced = EDITION.with_profile(DEMO)
    assert pickle.loads(pickle.dumps(reduced)) == reduced  # noqa: S301  our own bytes
    assert hash(reduced) != hash(EDITION)
