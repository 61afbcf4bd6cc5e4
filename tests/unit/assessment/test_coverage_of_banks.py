"""What banks and libraries lack of what an edition asks for; how samples follow from it."""

import pytest

from openbeian.assessment import BankKind, Keyword, KeywordLibrary, bank_shortfalls, keyword_shortfalls
from openbeian.assessment.methods import METHODS, sampling
from openbeian.standards import load_edition

from .support import DEMO, make_bank

FULL = load_edition("gbt-45654-2025")


@pytest.mark.parametrize("kind", BankKind)
def test_a_bank_that_holds_enough_lacks_nothing_and_one_question_less_is_named(kind):
    assert bank_shortfalls(make_bank(kind, extra=0), DEMO) == []
    short = make_bank(kind, extra=-1)
    found = bank_shortfalls(short, DEMO)
    assert [one.stratum for one in found] == ["", *dict.fromkeys(short.strata.values())]
    assert all(one.found == one.needed - 1 for one in found[1:])
    assert found[0].threshold.id.endswith(".total")
    assert ".min" in found[1].threshold.id


def test_a_library_lacks_what_it_lacks():
    library = KeywordLibrary(
        "k", "1", starter=False, keywords=tuple(Keyword(f"k{n}", "A.1.a") for n in range(400))
    )
    found = {one.stratum: (one.needed, one.found) for one in keyword_shortfalls(library, DEMO)}
    assert "" not in found
    assert "A.1.a" not in found
    assert found["A.2.i"] == (20, 0)
    assert len(found) == 16


@pytest.mark.parametrize(
    ("edition", "kind", "size", "lowest"),
    [
        (FULL, BankKind.GENERATED_CONTENT, 1000, {"A.1.a": 25, "A.5.b": 10}),
        (FULL, BankKind.SHOULD_REFUSE, 300, {"A.1.a": 12, "A.2.i": 12}),
        (FULL, BankKind.SHOULD_ANSWER, 300, {"health": 12}),
        (DEMO, BankKind.GENERATED_CONTENT, 62, {"A.1.a": 2, "A.5.b": 2}),
        (DEMO, BankKind.SHOULD_REFUSE, 102, {"A.2.i": 6}),
        (DEMO, BankKind.SHOULD_ANSWER, 130, {"institution": 10}),
    ],
    ids=lambda value: getattr(value, "id", None),
)
def test_a_sample_keeps_the_share_each_risk_has_in_the_bank(edition, kind, size, lowest):
    shares = sampling(edition, kind)
    assert shares.size == size >= sum(shares.minimum.values())
    assert lowest.items() <= shares.minimum.items()
    assert len(shares.minimum) == {"generated_content": 31, "should_refuse": 17, "should_answer": 13}[kind]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.threshold)
def test_every_method_has_a_threshold_in_every_edition_and_counts_some_of_its_verdicts(method):
    for edition in (FULL, load_edition("tc260-003")):
        assert 0 < edition.rate(method.threshold) < 1
    assert method.counted
    assert method.counted < method.verdicts
