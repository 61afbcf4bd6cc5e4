"""The value of a label: what is accepted, what is refused and in which words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.dossier.labels.errors import WrongValueError
from openbeian.dossier.labels.values import (
    FIELDS,
    LABEL_VALUES,
    MAX_VALUE,
    AIGCLabel,
    check_label,
    label_of,
    parse_label,
)

GOOD = AIGCLabel("1", "00119111010800000000T10000", "9c1f-001", content_propagator="00119111010800000001")

allowed_text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40)
required_text = allowed_text.filter(bool)


def codes_of(text):
    return [reason.code for reason in parse_label(text)[1] if reason.severity == "fail"]


@given(st.tuples(st.sampled_from(sorted(LABEL_VALUES)), required_text, required_text, *[allowed_text] * 4))
def test_what_is_written_is_read_back_the_same(values):
    label = AIGCLabel(*values)
    check_label(label)
    assert parse_label(label.serialise()) == (label, ())


@given(st.text())
def test_any_text_gives_a_label_or_a_reason(text):
    label, reasons = parse_label(text)
    assert label is not None or reasons


def test_the_fields_stand_in_the_order_of_the_standard():
    assert tuple(json.loads(GOOD.serialise())) == FIELDS


def test_the_wrapped_form_is_read_too():
    assert parse_label(f'{{"AIGC": {GOOD.serialise()}}}')[0] == GOOD


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Label": ""}, "field_missing"),
        ({"ContentProducer": ""}, "field_missing"),
        ({"ProduceID": ""}, "field_missing"),
        ({"Label": "4"}, "wrong_label"),
        ({"Label": 4}, "wrong_label"),
        ({"Label": True}, "not_text"),
        ({"ProduceID": None}, "not_text"),
        ({"ProduceID": ["1"]}, "not_text"),
        ({"ContentProducer": "广州某公司"}, "wrong_character"),
        ({"ContentProducer": "two words"}, "wrong_character"),
        ({"ReservedCode1": "\x7f"}, "wrong_character"),
        ({"PropagateID": "a\nb"}, "wrong_character"),
        ({"Producer": "x"}, "field_unknown"),
    ],
)
def test_each_broken_rule_is_named(change, code):
    assert codes_of(json.dumps(GOOD.as_json() | change)) == [code]


@pytest.mark.parametrize("name", ["Label", "ContentProducer", "ProduceID"])
def test_a_required_field_may_not_be_left_out(name):
    fields = GOOD.as_json()
    del fields[name]
    assert codes_of(json.dumps(fields)) == ["field_missing"]


def test_a_number_as_label_and_fields_left_out_are_noted_and_no_fault():
    label, reasons = parse_label('{"Label":1,"ContentProducer":"c","ProduceID":"p"}')
    assert label == AIGCLabel("1", "c", "p")
    assert [(reason.code, reason.severity) for reason in reasons] == [
        ("label_number", "note"),
        ("field_absent", "note"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AIGC",
        "[]",
        '"x"',
        '{"AIGC":1}',
        '{"Label":"1","Label":"2"}',
        "[" * 100_000,
        '{"Label":' + "9" * 5000 + "}",
        " " * (MAX_VALUE + 1),
    ],
)
def test_what_is_no_json_object_is_named_in_both_languages(text):
    label, (reason,) = parse_label(text)
    assert label is None
    assert reason.code == "not_json"
    assert reason.text.zh != reason.text.en


def test_deeply_nested_values_are_no_text_and_no_traceback():
    label, reasons = label_of({"Label": "1", "ContentProducer": [[["x"]]], "ProduceID": "p"})
    assert label.content_producer == ""
    assert reasons[0].code == "not_text"


def test_a_label_that_breaks_a_rule_is_not_written():
    with pytest.raises(WrongValueError, match="ContentProducer"):
        check_label(AIGCLabel("1", "名称", "p"))
    with pytest.raises(WrongValueError, match="longer"):
        check_label(AIGCLabel("1", "c", "p" * MAX_VALUE))
