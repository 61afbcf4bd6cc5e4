"""Organisations, people, keys."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from openbeian.core.account_rights import may_administer
from openbeian.core.errors import BadInputError, NotAllowedError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.models import ApiKey, Membership, Organisation, User
from openbeian.portal.accounts.queries import (
    acting_organisation,
    actor_of,
    find_api_key,
    holds,
    memberships_kept,
)
from openbeian.portal.audit.models import AuditEvent
from tests.portal.factories import AT, Cast

KINDS = OrganisationKind


def _create(by, **changes):
    values = {
        "kind": KINDS.PROVIDER,
        "name": "新单位",
        "uscc": "91440300MA5DEM0019",
        "jurisdiction": "GD",
        "by": by,
        "at": AT,
    }
    return actions.create_organisation(**(values | changes))


def test_an_administrator_enters_organisations_and_people(cast: Cast):
    organisation = _create(cast.administrator, kind=KINDS.PLATFORM, uscc="", jurisdiction="")
    person = actions.add_member(
        organisation, email="New@Example.com ", name="新人", roles=[], by=cast.administrator, at=AT
    )
    assert person.email == "new@example.com"
    assert not person.has_usable_password()
    assert AuditEvent.objects.filter(kind="member.added", by_id=cast.administrator.audit_id).exists()


@pytest.mark.parametrize("who", ["gd_preparer", "gd_decider", "auditor", "platform", "publisher"])
def test_nobody_but_an_administrator_manages_people(cast: Cast, who: str):
    by = getattr(cast, who)
    office = cast.organisations["gd_office"]
    membership = Membership.objects.get(user=cast.gd_decider)
    for act in (
        lambda: _create(by),
        lambda: actions.add_member(office, email="x@example.com", name="x", roles=[], by=by, at=AT),
        lambda: actions.end_membership(membership, by=by, at=AT),
    ):
        with pytest.raises(NotAllowedError):
            act()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"uscc": ""}, "18 characters"),
        ({"uscc": "91440101MA9DEM0017"}, "check character"),
        ({"jurisdiction": "XX"}, "no jurisdiction"),
        ({"jurisdiction": ""}, "no jurisdiction"),
        ({"kind": KINDS.NATIONAL, "uscc": "", "jurisdiction": "QQ"}, "no jurisdiction"),
        ({"uscc": "91440101MA9DEM0016"}, "already"),
        ({"name": "gd_provider 单位"}, "already"),
        ({"kind": KINDS.PROVINCIAL, "uscc": ""}, "already"),
    ],
)
def test_an_organisation_with_wrong_or_known_particulars_is_refused(cast: Cast, changes, says):
    if changes.get("name"):
        changes = {**changes, "kind": KINDS.PLATFORM, "uscc": "", "jurisdiction": ""}
    with pytest.raises(BadInputError, match=says):
        _create(actions.SYSTEM, **changes)


def test_the_database_itself_allows_one_office_a_province(cast: Cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(kind="provincial", name="另一家", jurisdiction="GD", created_at=AT)


def test_a_role_that_the_organisation_does_not_have_is_refused(cast: Cast):
    with pytest.raises(BadInputError, match="no decider"):
        actions.add_member(
            cast.organisations["gd_provider"],
            email="x@example.com",
            name="x",
            roles=[Role.DECIDER],
            by=actions.SYSTEM,
            at=AT,
        )


def test_somebody_known_keeps_name_and_gets_the_new_roles(cast: Cast):
    again = actions.add_member(
        cast.organisations["gd_office"],
        email="gd_decider@example.com",
        name="other",
        roles=[Role.REVIEWER],
        by=actions.SYSTEM,
        at=AT,
    )
    assert again == cast.gd_decider
    assert actor_of(again).memberships[0].roles == {Role.REVIEWER}


def test_whoever_left_may_do_nothing_any_more(cast: Cast):
    membership = Membership.objects.get(user=cast.gd_decider)
    actions.end_membership(membership, by=cast.administrator, at=AT)
    assert actor_of(cast.gd_decider).memberships == ()
    cast.gd_reviewer.is_active = False
    assert actor_of(cast.gd_reviewer).memberships == ()


def test_an_actor_is_known_by_organisation_kind_place_and_roles(cast: Cast):
    (membership,) = actor_of(cast.gd_reviewer).memberships
    assert membership.kind is KINDS.PROVINCIAL
    assert membership.jurisdiction == "GD"
    assert membership.roles == {Role.REVIEWER}
    assert holds(cast.publisher, KINDS.NATIONAL, Role.PUBLISHER)
    assert not holds(cast.publisher, KINDS.PROVINCIAL, Role.PUBLISHER)


@pytest.mark.parametrize(
    ("who", "kind", "acts_for"),
    [
        ("gd_preparer", KINDS.PROVIDER, "gd_provider"),
        ("zj_preparer", KINDS.PROVIDER, ""),
        ("gd_reviewer", KINDS.PROVINCIAL, "gd_office"),
        ("zj_reviewer", KINDS.PROVINCIAL, ""),
        ("publisher", KINDS.NATIONAL, "national_office"),
        ("publisher", KINDS.PROVINCIAL, ""),
    ],
)
def test_people_act_for_the_organisation_that_is_in_charge(cast: Cast, who, kind, acts_for):
    found = acting_organisation(
        getattr(cast, who), kind, provider_id=str(cast.organisations["gd_provider"].pk), jurisdiction="GD"
    )
    assert found == (str(cast.organisations[acts_for].pk) if acts_for else "")


def _key(cast: Cast, **changes):
    values = {
        "name": "ci",
        "scopes": ["read"],
        "valid_for": timedelta(days=30),
        "by": cast.gd_preparer,
        "at": AT,
    }
    return actions.issue_api_key(cast.organisations["gd_provider"], **(values | changes))


def test_a_key_is_found_by_its_secret_which_is_kept_nowhere(cast: Cast):
    key, secret = _key(cast)
    assert secret.startswith(key.prefix)
    assert find_api_key(secret, at=AT) == key
    assert secret not in str(ApiKey.objects.values_list())
    assert find_api_key(secret + "x", at=AT) is None


def test_a_key_ends_with_its_term_its_revocation_or_its_owners_leaving(cast: Cast):
    key, secret = _key(cast)
    assert find_api_key(secret, at=AT + timedelta(days=30)) is None
    actions.revoke_api_key(key, by=cast.gd_preparer, at=AT)
    assert find_api_key(secret, at=AT) is None

    second = _key(cast)[1]
    membership = Membership.objects.get(user=cast.gd_preparer)
    actions.end_membership(membership, by=cast.administrator, at=AT)
    assert find_api_key(second, at=AT) is None


def test_a_key_is_revoked_by_its_owner_or_an_administrator_only(cast: Cast):
    key, _secret = _key(cast)
    with pytest.raises(NotAllowedError):
        actions.revoke_api_key(key, by=cast.zj_preparer, at=AT)
    actions.revoke_api_key(key, by=cast.administrator, at=AT)
    key.refresh_from_db()
    assert key.revoked_at == AT


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"valid_for": timedelta(0)},
        {"valid_for": timedelta(days=400)},
    ],
)
def test_a_key_without_scope_or_with_too_long_a_life_is_refused(cast: Cast, changes):
    with pytest.raises(BadInputError):
        _key(cast, **changes)


def test_nobody_makes_keys_for_others(cast: Cast):
    with pytest.raises(NotAllowedError):
        _key(cast, by=cast.zj_preparer)


def test_a_superuser_reads_the_admin_pages_and_holds_no_role(db):
    person = User.objects.create_superuser("Root@Example.com", "根", "a-long-enough-1")
    assert person.is_staff
    assert person.is_superuser
    assert actor_of(person).memberships == ()
    assert (str(person), person.get_full_name(), person.get_short_name()) == ("根", "根", "根")


def test_the_first_administrator_is_entered_by_a_command_once(db, capsys):
    with pytest.raises(CommandError, match="A name is one line"):
        call_command("first_administrator", "root@example.com", "two\nlines")
    call_command("first_administrator", "root@example.com", "根")
    person = User.objects.get()
    assert person.check_password(capsys.readouterr().out.strip())
    assert may_administer(actor_of(person))
    with pytest.raises(CommandError, match="an operator already"):
        call_command("first_administrator", "other@example.com", "另")


def test_while_memberships_are_kept_each_person_is_asked_for_once_and_afterwards_anew(
    cast: Cast, django_assert_num_queries
):
    with django_assert_num_queries(2), memberships_kept():
        for _ in range(3):
            assert holds(cast.gd_decider, OrganisationKind.PROVINCIAL, Role.DECIDER)
            assert not holds(cast.gd_preparer, OrganisationKind.PROVINCIAL, Role.DECIDER)
    cast.gd_decider.memberships.update(ended_at=AT)
    assert not holds(cast.gd_decider, OrganisationKind.PROVINCIAL, Role.DECIDER)
