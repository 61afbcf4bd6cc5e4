"""Who keeps hidden banks, who re-tests, and who judges: every role in every kind of organisation."""

import pytest

from openbeian.core.facts import ApplicationFacts
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permissions import Actor, Membership
from openbeian.core.retest_rights import (
    NotAJudgeError,
    NoTesterError,
    check_judges_for,
    check_keeps_banks,
    check_may_retest,
    judges_for,
    keeps_banks,
    may_retest,
)
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role

K = OrganisationKind
CASE = ApplicationFacts(
    id="A-1",
    status=ApplicationStatus.RETEST,
    jurisdiction="GD",
    provider_id="7",
    profile="",
    open_corrections=0,
    version=1,
    prepared_by="user:9",
)


def actor(kind: OrganisationKind, role: Role | None, place: str | None = "GD", who: str = "user:1") -> Actor:
    roles = frozenset() if role is None else frozenset({role})
    return Actor(who, (Membership("5", kind, place, roles),))


EVERY = [(kind, role) for kind in K for role in (*sorted(ROLES_OF[kind]), None)]


@pytest.mark.parametrize(("kind", "role"), EVERY)
def test_only_an_office_s_tester_keeps_banks_and_re_tests(kind, role):
    one, is_tester = actor(kind, role), role is Role.TESTER
    assert keeps_banks(one, "5") is may_retest(one, CASE) is is_tester
    assert not keeps_banks(one, "6")
    for check in (lambda: check_keeps_banks(one, "5"), lambda: check_may_retest(one, CASE)):
        if is_tester:
            check()
        else:
            with pytest.raises(NoTesterError):
                check()


def test_a_tester_re_tests_in_their_own_province_and_never_what_they_prepared():
    assert not may_retest(actor(K.PROVINCIAL, Role.TESTER, "ZJ"), CASE)
    assert may_retest(actor(K.NATIONAL, Role.TESTER, None), CASE)
    assert not may_retest(actor(K.NATIONAL, Role.TESTER, None, "user:9"), CASE)


@pytest.mark.parametrize(("kind", "role"), EVERY)
def test_testers_and_reviewers_of_an_office_judge_and_everybody_of_a_provider(kind, role):
    one = actor(kind, role)
    is_judge = role in {Role.TESTER, Role.REVIEWER} or (kind is K.PROVIDER and role is not None)
    assert judges_for(one, "5") is is_judge
    assert not judges_for(one, "6")
    if is_judge:
        check_judges_for(one, "5")
    else:
        with pytest.raises(NotAJudgeError):
            check_judges_for(one, "5")
