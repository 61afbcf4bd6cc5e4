import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.core.standard import RiskSlice, normalise_risk_id, required_aspects, risks_in
from openbeian.standards import load_edition, load_taxonomy

TAXONOMY = load_taxonomy()
RISK_IDS = [risk.id for risk in TAXONOMY.risks]


@pytest.mark.parametrize(
    "written",
    [
        "A.1.a",
        "A1-a",
        "a1a",
        "附录A.1 a)",
        "附录 A.1 a）",
        "Ａ．１．ａ",
        "Annex A.1 (a)",
        "A.1(a)",
        "A_1_A",
        " A.1 . a ",
        "A．1 ａ）",
    ],
)
def test_a_risk_is_known_however_it_is_written(written):
    assert normalise_risk_id(written) == "A.1.a"


@pytest.mark.parametrize(
    "written", ["", "A", "A.1", "A.6.a", "A.0.a", "A.1.i", "A.5.c", "B.1.a", "A.1.a.b", "11a"]
)
def test_what_is_no_risk_is_refused_by_name(written):
    with pytest.raises(BadInputError, match=r"A\.1\.a to A\.5\.b") as caught:
        normalise_risk_id(written)
    assert f"「{written}」" in caught.value.text.zh


def test_the_ids_known_to_the_code_are_those_of_the_data():
    possible = [f"A.{group}.{letter}" for group in range(10) for letter in "abcdefghijklmnopqrstuvwxyz"]

    def is_known(risk_id):
        try:
            return normalise_risk_id(risk_id) == risk_id
        except BadInputError:
            return False

    assert list(filter(is_known, possible)) == RISK_IDS


@given(
    st.sampled_from(RISK_IDS), st.sampled_from(["{g}-{l}", "附录{g} {l})", "{g}.{l}", "{g}{l}", "{g}（{l}）"])
)
def test_normalising_is_the_same_for_every_spelling_and_twice(risk_id, spelling):
    group, _, letter = risk_id.rpartition(".")
    normal = normalise_risk_id(spelling.format(g=group, l=letter))
    assert normal == risk_id == normalise_risk_id(normal)


@given(st.text())
def test_normalising_any_text_gives_a_risk_or_a_refusal(text):
    try:
        assert normalise_risk_id(text) in RISK_IDS
    except BadInputError as error:
        assert error.text.zh  # noqa: PT017  either outcome is right, and each is checked


@pytest.mark.parametrize(
    ("risk_slice", "count"),
    [
        (RiskSlice.KEYWORDS_AND_REFUSAL, 17),
        (RiskSlice.PRETRAINING_DATA, 29),
        (RiskSlice.GENERATED_CONTENT, 31),
    ],
)
def test_the_slices_have_17_29_and_31_risks(risk_slice, count):
    risks = risks_in(load_edition("tc260-003"), risk_slice)
    assert len(risks) == count
    assert [risk.id for risk in risks] == RISK_IDS[:count]


def test_a_risk_is_found_by_any_spelling_of_its_id():
    assert TAXONOMY.risk("附录A.4 e)").text.zh == "侵害他人隐私权"


def test_a_risk_that_this_taxonomy_lacks_is_refused():
    smaller = type(TAXONOMY)(TAXONOMY.groups, TAXONOMY.risks[:3], TAXONOMY.aspects, TAXONOMY.slices)
    with pytest.raises(BadInputError, match=r"A\.5\.b"):
        smaller.risk("A5-b")


@pytest.mark.parametrize("written", ["heroes", "英烈", "Heroes and martyrs", " 英烈 "])
def test_an_aspect_is_found_by_id_or_by_either_name(written):
    assert TAXONOMY.aspect(written).id == "heroes"


def test_an_unknown_aspect_is_refused_with_the_list_of_aspects():
    with pytest.raises(BadInputError, match="institution, belief"):
        TAXONOMY.aspect("weather")


def test_a_general_service_answers_about_all_thirteen_aspects():
    answer, refuse = required_aspects(TAXONOMY)
    assert (len(answer), refuse) == (13, ())


def test_a_service_for_one_field_refuses_the_aspects_it_leaves_out():
    answer, refuse = required_aspects(TAXONOMY, left_out=["历史", "belief"], for_one_field=True)
    assert refuse == ("belief", "history")
    assert len(answer) == 11


def test_a_general_service_may_leave_no_aspect_out():
    with pytest.raises(BadInputError, match="lacks beliefs, history") as caught:
        required_aspects(TAXONOMY, left_out=["history", "belief"])
    assert "「信仰、历史」" in caught.value.text.zh


@given(st.sets(st.sampled_from([aspect.id for aspect in TAXONOMY.aspects])))
def test_every_aspect_is_either_answered_or_refused(left_out):
    answer, refuse = required_aspects(TAXONOMY, left_out=left_out, for_one_field=True)
    assert sorted([*answer, *refuse]) == sorted(aspect.id for aspect in TAXONOMY.aspects)
    assert set(refuse) == left_out
