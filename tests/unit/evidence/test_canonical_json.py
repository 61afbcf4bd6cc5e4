"""Canonical JSON written fast is canonical JSON, whatever the value."""

import math

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from openbeian.evidence.canonical import canonical_json

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(VALUES)
@example({"\U00010000": 1, "\ue000": 2})
@example([0.0, -0.0, 1.0, 1e-4, 0.001, 0.0010000000000000002, 999999999.5, 1e9, 1e21, 5e-324])
@example({"b": '\x00\x1f\x7f\u2028"\\/\b\t\n\f\r', "a": "汉字😀", "B": (True, None)})
def test_it_is_what_rfc_8785_wants(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@given(st.floats(1e-3, 1e9))
def test_numbers_are_written_as_rfc_8785_wants(number):
    assert canonical_json(-number) == rfc8785.dumps(-number)


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, -(2**53), "\ud800", {"a": object()}, {1: "a"}])
def test_what_has_no_canonical_form_is_refused_as_before(value):
    with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
        canonical_json(value)


def test_what_is_nested_too_deep_for_the_fast_way_goes_the_slow_way():
    value = []
    for _ in range(300):
        value = [value]
    assert canonical_json(value) == rfc8785.dumps(value)
