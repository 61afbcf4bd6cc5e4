"""The filing form: what it asks, and what it says about a wrong entry."""

import pytest

from openbeian.dossier.form import FIELDS, FORM, check_facts, flatten
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
        "number",
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
        assert (len(field.choices) >= 2) == (field.kind in {"choice", "choices"}), field.id


def test_a_good_form_has_no_problem():
    assert problems_of() == []


def test_every_required_entry_is_missed_when_it_is_empty():
    for field in FIELDS.values():
        empty = problems_of(**{field.id.replace(".", "__"): ""})
        assert empty == ([(field.id, True)] if field.required else []), field.id


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
