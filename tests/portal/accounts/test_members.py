"""Inviting people, changing roles, ending memberships, closing accounts: who may, and what stays true."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction

from openbeian.core.account_rights import LastAdministratorError
from openbeian.core.errors import BadInputError, DomainError, NotAllowedError, NotNowError
from openbeian.core.permissions import NotIndependentError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.models import (
    Invitation,
    Membership,
    Organisation,
    SignedInSession,
    SignInFailure,
    User,
)
from openbeian.portal.accounts.queries import actor_of, managed_by, people_for, readable_by
from openbeian.portal.audit.models import AuditEvent
from tests.portal.factories import AT, Cast

WEEK = timedelta(days=7)
PASSWORD = "correct horse battery"


def _administrator(cast: Cast, of: str, name: str = "boss", roles=(Role.MEMBER_ADMINISTRATOR,)) -> User:
    return actions.add_member(
        cast.organisations[of],
        email=f"{name}@example.com",
        name=name,
        roles=roles,
        by=actions.SYSTEM,
        at=AT,
    )


def _place(user: User) -> Membership:
    return user.memberships.get()


def _kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("kind", flat=True))


def test_an_invitation_enters_a_new_person_with_its_roles(cast: Cast):
    boss, office = _administrator(cast, "gd_office"), cast.organisations["gd_office"]
    offered = actions.invite(office, email=" New@Example.com ", roles=[Role.REVIEWER], by=boss, at=AT)
    person = actions.enter_invited(offered, name="新人", password=PASSWORD, by=actions.SYSTEM, at=AT)
    assert (person.email, person.name) == ("new@example.com", "新人")
    assert person.check_password(PASSWORD)
    assert actor_of(person).memberships[0].roles == {Role.REVIEWER}
    offered.refresh_from_db()
    assert offered.accepted_by == person
    assert _kinds()[-4:] == ["invitation.made", "person.entered", "member.added", "invitation.accepted"]


def test_somebody_known_accepts_signed_in_and_nobody_in_their_place(cast: Cast):
    boss, office = _administrator(cast, "gd_office"), cast.organisations["gd_office"]
    offered = actions.invite(office, email="zj_tester@example.com", roles=[Role.TESTER], by=boss, at=AT)
    with pytest.raises(NotAllowedError, match="another address"):
        actions.accept_invitation(offered, by=cast.zj_reviewer, at=AT)
    with pytest.raises(NotNowError, match="has an account"):
        actions.enter_invited(offered, name="x", password=PASSWORD, by=actions.SYSTEM, at=AT)
    actions.accept_invitation(offered, by=cast.zj_tester, at=AT)
    assert {m.jurisdiction for m in actor_of(cast.zj_tester).memberships} == {"ZJ", "GD"}
    with pytest.raises(NotNowError, match="accepted or taken back"):
        actions.accept_invitation(offered, by=cast.zj_tester, at=AT)


def test_an_invitation_ends_after_a_week_by_revocation_or_with_a_new_one(cast: Cast):
    boss, office = _administrator(cast, "gd_office"), cast.organisations["gd_office"]

    def invite() -> Invitation:
        return actions.invite(office, email="n@example.com", roles=[Role.TESTER], by=boss, at=AT)

    def enter(offered: Invitation, at=AT) -> None:
        offered.refresh_from_db()
        actions.enter_invited(offered, name="n", password=PASSWORD, by=actions.SYSTEM, at=at)

    first, second = invite(), invite()
    with pytest.raises(NotNowError):
        enter(first)
    with pytest.raises(NotNowError, match="has expired"):
        enter(second, at=AT + WEEK)
    actions.revoke_invitation(second, by=boss, at=AT)
    second.refresh_from_db()
    with pytest.raises(NotNowError):
        actions.revoke_invitation(second, by=boss, at=AT)
    with pytest.raises(NotNowError):
        enter(second)
    assert not User.objects.filter(email="n@example.com").exists()


@pytest.mark.parametrize(
    ("email", "roles", "says"),
    [
        ("no address", [Role.REVIEWER], "no e-mail address"),
        ("n@example.com", [Role.PREPARER], "has no preparer"),
        ("gd_reviewer@example.com", [Role.REVIEWER], "is a member already"),
        ("gd_preparer@example.com", [Role.REVIEWER], "belong to nothing else"),
        ("auditor@example.com", [Role.REVIEWER], "belong to nothing else"),
    ],
)
def test_an_invitation_that_could_not_be_taken_is_not_made(cast: Cast, email, roles, says):
    boss = _administrator(cast, "gd_office")
    with pytest.raises(BadInputError, match=says):
        actions.invite(cast.organisations["gd_office"], email=email, roles=roles, by=boss, at=AT)


def test_roles_are_changed_by_another_administrator_never_ones_own_in_an_office(cast: Cast):
    boss, other = _administrator(cast, "gd_office"), _administrator(cast, "gd_office", "other")
    with pytest.raises(NotIndependentError, match="give yourself a role"):
        actions.change_roles(_place(boss), roles=[Role.MEMBER_ADMINISTRATOR, Role.DECIDER], by=boss, at=AT)
    actions.change_roles(_place(boss), roles=[Role.DECIDER], by=other, at=AT)
    assert actor_of(boss).memberships[0].roles == {Role.DECIDER}
    event = AuditEvent.objects.latest("id")
    assert event.detail["before"] == ["member_administrator"]
    assert event.organisation_id == str(cast.organisations["gd_office"].pk)


def test_the_last_administrator_stays(cast: Cast):
    boss = _administrator(cast, "gd_provider", roles=[Role.MEMBER_ADMINISTRATOR, Role.PREPARER])
    for act in (
        lambda: actions.change_roles(_place(boss), roles=[Role.PREPARER], by=boss, at=AT),
        lambda: actions.end_membership(_place(boss), by=cast.administrator, at=AT),
        lambda: actions.close_account(boss, by=cast.administrator, at=AT),
        lambda: actions.end_membership(_place(cast.administrator), by=cast.administrator, at=AT),
        lambda: actions.add_member(
            cast.organisations["gd_provider"], email=boss.email, name="x", roles=[], by=actions.SYSTEM, at=AT
        ),
    ):
        with pytest.raises(LastAdministratorError), transaction.atomic():
            act()
    other = _administrator(cast, "gd_provider", "other")
    actions.end_membership(_place(boss), by=other, at=AT)
    assert actor_of(boss).memberships == ()


def test_whoever_leaves_takes_their_keys_and_invitations_along(cast: Cast):
    boss, house = _administrator(cast, "gd_provider"), cast.organisations["gd_provider"]
    _administrator(cast, "gd_provider", "other")
    key, _secret = actions.issue_api_key(house, name="ci", scopes=["read"], valid_for=WEEK, by=boss, at=AT)
    offered = actions.invite(house, email="n@example.com", roles=[], by=boss, at=AT)
    actions.end_membership(_place(boss), by=cast.administrator, at=AT)
    key.refresh_from_db()
    offered.refresh_from_db()
    assert key.revoked_at == offered.revoked_at == AT


def test_a_closed_account_has_no_sessions_keys_or_rights_until_it_is_opened(cast: Cast):
    boss = cast.administrator
    person = cast.gd_preparer
    key, _secret = actions.issue_api_key(
        cast.organisations["gd_provider"], name="ci", scopes=["read"], valid_for=WEEK, by=person, at=AT
    )
    SignedInSession.objects.create(user=person, session_key="abc", created_at=AT, seen_at=AT)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    actions.reset_second_factor(person, by=boss, at=AT)
    actions.close_account(person, by=boss, at=AT)
    key.refresh_from_db()
    assert key.revoked_at == AT
    assert actor_of(person).memberships == ()
    assert not SignedInSession.objects.exists()
    assert not Authenticator.objects.exists()
    actions.open_account(person, by=boss, at=AT)
    assert actor_of(person).memberships
    for act in (actions.close_account, actions.reset_second_factor):
        with pytest.raises(BadInputError, match="your own"):
            act(boss, by=boss, at=AT)


def test_a_session_is_ended_by_its_person_or_an_administrator(cast: Cast):
    def session(key: str) -> SignedInSession:
        return SignedInSession.objects.create(
            user=cast.gd_preparer, session_key=key, created_at=AT, seen_at=AT
        )

    with pytest.raises(NotAllowedError):
        actions.end_session(session("a"), by=cast.gd_reviewer, at=AT)
    with pytest.raises(NotAllowedError):
        actions.end_sessions(cast.gd_preparer, by=cast.gd_reviewer, at=AT)
    actions.end_session(session("b"), by=cast.administrator, at=AT)
    actions.end_sessions(cast.gd_preparer, by=cast.gd_preparer, but="a", at=AT)
    assert [one.session_key for one in SignedInSession.objects.all()] == ["a"]


def test_a_name_is_one_line(cast: Cast):
    house = cast.organisations["gd_provider"]
    for name in ("", "  ", "x" * 61, "two\nlines", "nul\0", "line\u2028break"):
        with pytest.raises(BadInputError, match="A name is one line"):
            actions.issue_api_key(
                house, name=name, scopes=["read"], valid_for=WEEK, by=cast.gd_preparer, at=AT
            )


def test_the_operator_has_no_keys(cast: Cast):
    with pytest.raises(BadInputError, match="uses no keys"):
        actions.issue_api_key(
            cast.organisations["administrator_house"],
            name="x",
            scopes=["read"],
            valid_for=WEEK,
            by=cast.administrator,
            at=AT,
        )


class _Nobody:
    audit_id = "machine"
    audit_name = "machine"


def test_a_machine_that_is_nobody_manages_nothing(cast: Cast):
    with pytest.raises(NotAllowedError, match="signed in"):
        actions.end_membership(_place(cast.gd_preparer), by=_Nobody(), at=AT)


ACTIONS = {
    "enter an organisation": lambda c, by: actions.create_organisation(
        kind=OrganisationKind.PLATFORM, name="新平台", by=by, at=AT
    ),
    "add a member": lambda c, by: actions.add_member(
        c.organisations["gd_office"], email="n@example.com", name="n", roles=[Role.TESTER], by=by, at=AT
    ),
    "invite": lambda c, by: actions.invite(
        c.organisations["gd_office"], email="n@example.com", roles=[Role.TESTER], by=by, at=AT
    ),
    "change roles": lambda c, by: actions.change_roles(
        _place(c.gd_tester), roles=[Role.REVIEWER], by=by, at=AT
    ),
    "end a membership": lambda c, by: actions.end_membership(_place(c.gd_tester), by=by, at=AT),
    "close an account": lambda c, by: actions.close_account(c.gd_tester, by=by, at=AT),
    "open an account": lambda c, by: actions.open_account(c.gd_tester, by=by, at=AT),
    "reset a factor": lambda c, by: actions.reset_second_factor(c.gd_tester, by=by, at=AT),
}
FOR_MEMBERS = {"invite", "change roles", "end a membership"}


def test_who_manages_people_is_a_table_over_every_person_and_action(cast: Cast):
    _administrator(cast, "gd_office")
    _administrator(cast, "zj_office", "zj_boss")
    _administrator(cast, "gd_provider", "gd_provider_boss")
    everybody = User.objects.order_by("id")
    for name, act in ACTIONS.items():
        allowed = set()
        for person in everybody:
            try:
                with transaction.atomic():
                    act(cast, person)
                    transaction.set_rollback(True)
            except NotAllowedError:
                continue
            allowed.add(person.name)
        expected = {"administrator", "boss"} if name in FOR_MEMBERS else {"administrator"}
        assert allowed == expected, name


def test_what_one_may_see_of_organisations_and_people(cast: Cast):
    boss = _administrator(cast, "gd_office")
    every = set(Organisation.objects.all())
    for person, readable, managed in (
        (boss, {cast.organisations["gd_office"]}, {cast.organisations["gd_office"]}),
        (cast.gd_tester, {cast.organisations["gd_office"]}, set()),
        (cast.administrator, every, every),
        (cast.auditor, every, set()),
    ):
        assert set(readable_by(person)) == readable
        assert set(managed_by(person)) == managed
        assert people_for(person).exists() == (readable == every)


def test_every_refusal_is_a_sentence_in_both_languages(cast: Cast):
    for act in ACTIONS.values():
        with pytest.raises(DomainError) as refused:
            act(cast, cast.gd_preparer)
        assert refused.value.text.en.endswith(".")
        assert refused.value.text.zh.endswith("。")


def test_rows_are_named_by_what_they_are(cast: Cast):
    rows = {
        "n@example.com": Invitation(organisation=cast.organisations["gd_office"], email="n@example.com"),
        "gd_tester": SignedInSession(user=cast.gd_tester, created_at=AT),
        "abababab": SignInFailure(account="ab" * 32, at=AT),
    }
    assert all(name in str(row) for name, row in rows.items())


def test_a_key_that_has_ended_is_not_ended_again(cast: Cast):
    key, _secret = actions.issue_api_key(
        cast.organisations["gd_provider"],
        name="ci",
        scopes=["read"],
        valid_for=WEEK,
        by=cast.gd_preparer,
        at=AT,
    )
    actions.revoke_api_key(key, by=cast.gd_preparer, at=AT)
    actions.revoke_api_key(key, by=cast.gd_preparer, at=AT + WEEK)
    key.refresh_from_db()
    assert key.revoked_at == AT
    assert _kinds().count("api_key.revoked") == 1


def test_the_portal_itself_changes_roles_too(cast: Cast):
    actions.change_roles(_place(cast.gd_tester), roles=[Role.REVIEWER], by=actions.SYSTEM, at=AT)
    assert actor_of(cast.gd_tester).memberships[0].roles == {Role.REVIEWER}
