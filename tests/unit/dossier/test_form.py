"""The filing form: what it asks, and what it says about a wrong entry."""

from importlib.resources import files

import pytest
import yaml

from openbeian.dossier.form import FIELDS, FORM, check_facts, flatten, form_for, route_of
from openbeian.standards import load_jurisdictions
from openbeian_gate.verify.index import MAX_NUMBER_BYTES
from tests.unit.dossier.facts import good_facts


def problems_of(**changes):
    return [(p.field.id, p.missing) for p in check_facts(good_facts(**changes))]


def test_every_entry_speaks_chinese_and_english():
    for section in FORM:
        assert section.label.zh
        assert section.label.en
        for field in section.fields:
            assert field.label.zh
            assert field.label.en
            assert bool(field.help.zh) == bool(field.help.en)


def test_every_kind_of_entry_is_one_the_form_knows():
    known = {
        "text",
        "longtext",
        "choice",
        "choices",
        "confirm",
        "number",
        "percent",
        "date",
        "url",
        "email",
        "phone",
        "uscc",
        "latin",
    }
    assert {field.kind for field in FIELDS.values()} <= known


def test_a_choice_offers_at_least_two_answers():
    for field in FIELDS.values():
        assert (len(field.choices) >= 2) == (field.kind in {"choice", "choices", "confirm"}), field.id


def test_a_good_form_has_no_problem():
    assert problems_of() == []


def test_every_required_entry_is_missed_when_it_is_empty():
    for field in FIELDS.values():
        empty = problems_of(**{field.id.replace(".", "__"): ""})
        assert empty == ([(field.id, True)] if "filing" in field.required_on else []), field.id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("provider.uscc", "91440101MA9DEM0017"),
        ("provider.contact_phone", "call me"),
        ("provider.contact_email", "lin at example"),
        ("service.latin_name", "Xiao Zhou"),
        ("service.functions", ["dialogue", "telepathy"]),
        ("service.minors", ["excluded", "guarded"]),
        ("service.name", ["小舟", "大舟"]),
        ("service.name", "舟" * 61),
        ("service.url", "xiaozhou.example.com"),
        ("channels.bare", "http://[broken"),
        ("corpus.foreign_share", "101"),
        ("service.test_date", "27.11.2026"),
        ("service.concurrency", "many"),
        ("corpus.foreign_share", "20 %"),
        ("commitment.statements", ["truthful", "changes"]),
    ],
)
def test_a_wrong_entry_is_named_with_its_remedy_in_both_languages(field, value):
    (problem,) = check_facts(good_facts() | {field: value})
    assert problem.field.id == field
    assert not problem.missing
    assert all([*problem.found, *problem.mend])


def test_an_entry_the_form_does_not_ask_for_is_named():
    (problem,) = check_facts(good_facts() | {"service.colour": "blue"})
    assert problem.field.id == "service.colour"


def test_nested_facts_as_people_write_them_become_flat():
    nested = {"service": {"name": "小舟", "functions": ["text"], "founded": 2026}, "model.name": "m"}
    assert flatten(nested) == {
        "service.name": "小舟",
        "service.functions": ["text"],
        "service.founded": "2026",
        "model.name": "m",
    }


def test_an_entry_with_nothing_behind_it_is_left_out():
    assert flatten({"service": {"url": None}, "model.name": "m"}) == {"model.name": "m"}


def test_a_service_that_only_calls_a_filed_model_is_registered_and_asked_for_less():
    facts = good_facts(model__origin="called")
    assert route_of(facts) == "registration"
    asked = {field.id for section in form_for("registration") for field in section.fields}
    assert "corpus.tokens" not in asked
    assert "annotation" not in {section.id for section in form_for("registration")}
    less = {name: value for name, value in facts.items() if name in asked}
    assert list(check_facts(less)) == []
    missed = {problem.field.id for problem in check_facts(less, "filing")}
    assert {"corpus.tokens", "model.architecture", "annotation.staff"} <= missed


def test_the_longest_latin_name_fits_into_a_number_in_every_province():
    longest = max(len(place.pinyin) for place in load_jurisdictions().values())
    dashes_letter_day_and_serial = len("-" + "-R" + "20261123" + "0001")
    most = FIELDS["service.latin_name"].max_length
    assert longest + most + dashes_letter_day_and_serial <= MAX_NUMBER_BYTES


def test_no_text_of_the_form_lost_its_end_to_a_comma():
    raw = yaml.safe_load(files("openbeian.dossier").joinpath("form.yaml").read_text("utf-8"))
    for section in raw["sections"]:
        for one in (section, *section["fields"]):
            assert all(set(one[name]) == {"zh", "en"} for name in ("label", "help") if name in one), one["id"]
        for field in section["fields"]:
            assert all(len(choice) == 3 for choice in field.get("choices", ())), field["id"]
