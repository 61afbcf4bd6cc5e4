"""Who manages people and keys, who needs a second factor, how much of the trail one reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.account_rights import (
    NEEDS_SECOND_FACTOR,
    SCOPE_LABELS,
    SCOPES_OF,
    LastAdministratorError,
    Reach,
    Scope,
    check_goes_together,
    check_leaves_administrator,
    check_may_administer,
    check_may_give,
    check_may_manage_members,
    is_only_auditor,
    may_administer,
    may_manage_members,
    may_use_key,
    needs_second_factor,
    reach_of,
)
from openbeian.core.errors import BadInputError
from openbeian.core.permissions import Actor, Membership, MissingRoleError, NotIndependentError
from openbeian.core.roles import GIVEN_ROLES, ROLES_OF, OrganisationKind, Role

K = OrganisationKind
ADMINISTRATORS = {Role.ADMINISTRATOR, Role.MEMBER_ADMINISTRATOR}
EVERYBODY = [(kind, role) for kind in K for role in [*sorted(GIVEN_ROLES[kind]), None]]


def actor(kind, *roles, of="house", called="user:1"):
    return Actor(called, (Membership(of, kind, None, frozenset(roles)),))


def with_role(kind, role):
    return actor(kind, *([role] if role else []))


@pytest.mark.parametrize(("kind", "role"), EVERYBODY)
def test_who_may_what_with_accounts_is_a_table(kind, role):
    one = with_role(kind, role)
    is_system = (kind, role) == (K.OPERATOR, Role.ADMINISTRATOR)
    assert may_administer(one) == is_system
    assert may_manage_members(one, "house") == (is_system or role is Role.MEMBER_ADMINISTRATOR)
    assert may_manage_members(one, "elsewhere") == is_system
    assert needs_second_factor(one) == (kind not in {K.PROVIDER, K.PLATFORM})
    assert is_only_auditor(one) == (kind is K.AUDITOR)
    expected = {
        (K.AUDITOR, Role.AUDITOR): Reach.EVERYTHING,
        (K.OPERATOR, Role.ADMINISTRATOR): Reach.ACCOUNTS,
    }.get((kind, role), Reach.OWN_MEMBERS if role is Role.MEMBER_ADMINISTRATOR else Reach.NOTHING)
    assert reach_of(one) is expected


def test_whoever_may_not_is_told_who_may():
    check_may_administer(actor(K.OPERATOR, Role.ADMINISTRATOR))
    check_may_manage_members(actor(K.PROVIDER, Role.MEMBER_ADMINISTRATOR), "house")
    with pytest.raises(MissingRoleError, match="Only a system administrator"):
        check_may_administer(actor(K.PROVIDER, Role.MEMBER_ADMINISTRATOR))
    with pytest.raises(MissingRoleError, match="administrator of that organisation's members"):
        check_may_manage_members(actor(K.PROVIDER, Role.MEMBER_ADMINISTRATOR), "elsewhere")


def test_somebody_without_any_membership_may_nothing():
    nobody = Actor("user:1", ())
    assert not is_only_auditor(nobody)
    assert not needs_second_factor(nobody)
    assert reach_of(nobody) is Reach.NOTHING


@pytest.mark.parametrize("kind", K)
def test_in_an_office_nobody_gives_themselves_a_role(kind):
    admin = actor(kind, Role.MEMBER_ADMINISTRATOR, called="user:7")
    mine, more = {Role.MEMBER_ADMINISTRATOR}, {Role.MEMBER_ADMINISTRATOR, Role.DECIDER}
    check_may_give(admin, kind, to="user:8", present=set(), wanted=more)
    check_may_give(admin, kind, to="user:7", present=more, wanted=mine)
    if kind in NEEDS_SECOND_FACTOR:
        with pytest.raises(NotIndependentError, match="ask another administrator"):
            check_may_give(admin, kind, to="user:7", present=mine, wanted=more)
    else:
        check_may_give(admin, kind, to="user:7", present=mine, wanted=more)


rolesets = st.lists(st.frozensets(st.sampled_from(Role), max_size=3), max_size=4)


@given(st.sampled_from(K), rolesets, rolesets)
def test_an_organisation_with_an_administrator_keeps_one(kind, present, then):
    had, has = (any(one & ADMINISTRATORS for one in some) for some in (present, then))
    if had and not has:
        with pytest.raises(LastAdministratorError, match="appoint another one first"):
            check_leaves_administrator(kind, present, then=then)
    else:
        check_leaves_administrator(kind, present, then=then)


@pytest.mark.parametrize(
    ("has", "joins", "goes"),
    [
        (K.PROVIDER, K.PROVIDER, True),
        (K.PROVINCIAL, K.NATIONAL, True),
        (K.PROVIDER, K.PLATFORM, True),
        (K.PROVINCIAL, K.PROVIDER, False),
        (K.PROVIDER, K.NATIONAL, False),
        (K.AUDITOR, K.AUDITOR, True),
        (K.AUDITOR, K.PROVINCIAL, False),
        (K.PLATFORM, K.AUDITOR, False),
        (K.OPERATOR, K.PROVIDER, False),
        (K.NATIONAL, K.OPERATOR, False),
    ],
)
def test_auditors_and_administrators_stand_alone_and_nobody_on_both_sides(has, joins, goes):
    if goes:
        check_goes_together([has], joins)
    else:
        with pytest.raises(BadInputError, match="belong to nothing else"):
            check_goes_together([has], joins)


@pytest.mark.parametrize("kind", K)
@pytest.mark.parametrize("scope", Scope)
def test_a_key_is_good_for_its_scopes_as_far_as_its_organisation_goes(kind, scope):
    assert may_use_key(kind, [scope.value], scope) == (scope in SCOPES_OF[kind])
    assert not may_use_key(kind, [other.value for other in Scope if other is not scope], scope)
    assert SCOPE_LABELS[scope].en


def test_every_kind_can_be_administered_but_the_auditor_who_changes_nothing():
    assert {kind for kind in K if not GIVEN_ROLES[kind] & ADMINISTRATORS} == {K.AUDITOR}
    assert all(Role.MEMBER_ADMINISTRATOR not in roles for roles in ROLES_OF.values())
