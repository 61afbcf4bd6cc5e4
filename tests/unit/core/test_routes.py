import pytest

from openbeian.core.routes import Origin, Outcome, find_route


@pytest.mark.parametrize(
    ("public", "origin", "base", "status", "outcome"),
    [
        (False, Origin.OWN, "", "", Outcome.NEITHER),
        (True, Origin.OWN, "", "", Outcome.FILING),
        (True, Origin.CALLED, "", "", Outcome.NOT_YET),
        (True, Origin.CALLED, "x", "", Outcome.NOT_YET),
        (True, Origin.CALLED, "x", "suspended", Outcome.NOT_YET),
        (True, Origin.CALLED, "x", "valid", Outcome.REGISTRATION),
        (True, Origin.FINE_TUNED, "x", "valid", Outcome.FILING),
        (True, Origin.FINE_TUNED, "x", "revoked", Outcome.NOT_YET),
    ],
)
def test_the_route_follows_from_three_answers(public, origin, base, status, outcome):
    advice = find_route(is_public=public, origin=origin, base_asked=base, base_status=status)
    assert advice.outcome is outcome
    assert all(advice.why)
    assert all(advice.next_step)
