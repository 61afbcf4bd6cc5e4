"""The decision: what is admitted and refused, by the age of the snapshot."""

from datetime import timedelta

import pytest

from openbeian_gate.policy import Admission, Freshness, decide, freshness
from openbeian_gate.refusals import (
    REFUSALS,
    CancelledError,
    ExpiredError,
    NotFiledError,
    PermitUncountedError,
    RefusalError,
    RegistryUnavailableError,
    RevokedError,
    SuspendedError,
)
from openbeian_gate.verify.snapshot import parse_snapshot, verify_snapshot

SECOND = timedelta(seconds=1)
TTL = timedelta(minutes=15)
GRACE = timedelta(hours=24)


@pytest.fixture
def snapshot(vector, keys):
    return verify_snapshot(parse_snapshot(vector("snapshot-7.json")), keys)


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (timedelta(0), Freshness.FRESH),
        (TTL, Freshness.FRESH),
        (TTL + SECOND, Freshness.STALE),
        (GRACE, Freshness.STALE),
        (GRACE + SECOND, Freshness.EXPIRED),
        (-timedelta(minutes=5), Freshness.FRESH),
        (-timedelta(minutes=5) - SECOND, Freshness.EXPIRED),
    ],
)
def test_a_snapshot_ages_by_what_it_says_itself(snapshot, at, age, state):
    assert freshness(snapshot, at + age) is state


@pytest.mark.parametrize("subject", ["svc-001", "GD-20261123-0001"])
@pytest.mark.parametrize("age", [timedelta(0), TTL, GRACE])
def test_a_valid_service_is_admitted_fresh_and_stale_by_id_or_number(snapshot, at, subject, age):
    admission = decide(snapshot, subject, at + age)
    assert admission == Admission(subject, "GD-20261123-0001", 7, freshness(snapshot, at + age))


@pytest.mark.parametrize("age", [timedelta(0), GRACE])
@pytest.mark.parametrize(
    ("subject", "reason"),
    [("svc-002", SuspendedError), ("svc-003", RevokedError), ("svc-004", ExpiredError)],
)
def test_what_does_not_stand_is_refused_with_its_reason_fresh_and_stale(snapshot, at, subject, reason, age):
    with pytest.raises(reason) as refusal:
        decide(snapshot, subject, at + age)
    assert refusal.value.status == 403


@pytest.mark.parametrize("subject", ["svc-999", "", "x" * 10_000, "svc-001 ", "SVC-001", "\udcff"])
def test_what_is_not_on_file_is_refused(snapshot, at, subject):
    with pytest.raises(NotFiledError):
        decide(snapshot, subject, at)


def test_a_stale_snapshot_cannot_say_that_a_service_is_not_filed(snapshot, at):
    with pytest.raises(RegistryUnavailableError) as refusal:
        decide(snapshot, "svc-999", at + TTL + SECOND)
    assert refusal.value.status == 503


@pytest.mark.parametrize("subject", ["svc-001", "svc-003", "svc-999"])
def test_past_the_grace_everything_is_refused_with_503(snapshot, at, subject):
    with pytest.raises(RegistryUnavailableError):
        decide(snapshot, subject, at + GRACE + SECOND)


def test_the_first_start_without_a_snapshot_is_closed(at):
    assert freshness(None, at) is Freshness.NONE
    with pytest.raises(RegistryUnavailableError):
        decide(None, "svc-001", at)


def test_a_clock_set_back_does_not_keep_a_snapshot_fresh_for_ever(snapshot, at):
    with pytest.raises(RegistryUnavailableError):
        decide(snapshot, "svc-001", at - timedelta(days=365))


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_every_refusal_explains_itself_in_both_languages(refusal):
    problem = refusal("svc-001").problem()
    assert problem["type"] == f"urn:openbeian:refusal:{refusal.code}"
    assert problem["detail"] == str(refusal("svc-001"))
    unable = refusal in (RegistryUnavailableError, PermitUncountedError)
    assert problem["status"] == (503 if unable else 403)
    assert all(problem[name] for name in ("title", "detail", "code", "title_zh", "detail_zh"))
    assert "svc-001" in problem["detail"]
    assert "svc-001" in problem["detail_zh"]


def test_the_codes_of_refusals_are_stable():
    assert list(REFUSALS) == [
        "not_filed",
        "suspended",
        "revoked",
        "cancelled",
        "expired",
        "registry_unavailable",
        "permit_ended",
        "permit_not_begun",
        "use_not_permitted",
        "not_a_tester",
        "permit_full",
        "permit_uncounted",
    ]
    assert issubclass(CancelledError, RefusalError)
