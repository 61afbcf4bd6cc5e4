"""What gates refused, as it may be public."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.register_counts import FEWEST_COUNTED
from openbeian.core.sighting_counts import (
    FEWEST_PLATFORMS,
    REASON_LABELS,
    refusals_by_reason,
    refusals_shown,
)
from openbeian_gate.refusals import REFUSALS

answers = st.dictionaries(
    st.sampled_from(["admitted", "admitted_by_permit", "new_code", *REFUSALS]), st.integers(0, 50)
)


def test_every_refusal_of_the_gate_has_a_reason_here():
    assert refusals_by_reason(dict.fromkeys(REFUSALS, 1))["other"] == 0


@given(answers)
def test_reasons_add_up_to_the_refusals(counts):
    refused = {code: count for code, count in counts.items() if not code.startswith("admitted")}
    assert sum(refusals_by_reason(counts).values()) == sum(refused.values())


@given(answers)
def test_small_counts_are_kept_back_and_never_one_alone(counts):
    shown = refusals_shown(counts, platforms=FEWEST_PLATFORMS)
    assert list(shown) == list(REASON_LABELS)
    hidden = [reason for reason, count in shown.items() if count is None]
    nonzero = [reason for reason, count in refusals_by_reason(counts).items() if count]
    assert not [count for count in shown.values() if count and count < FEWEST_COUNTED]
    assert len(hidden) != 1 or len(nonzero) == 1


@pytest.mark.parametrize("platforms", range(FEWEST_PLATFORMS))
def test_what_too_few_platforms_report_is_kept_back_whole(platforms):
    assert set(refusals_shown({"not_filed": 100}, platforms=platforms).values()) == {None}
