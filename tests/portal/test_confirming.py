"""Three signatories stand for what is handed in, each in person, and for nothing else than they read."""

import pytest

from openbeian.core.confirming import SIGNATORIES, NotConfirmedError
from openbeian.core.errors import NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.core.roles import Role
from openbeian.portal.accounts.actions import SYSTEM, add_member
from openbeian.portal.applications import actions
from openbeian.portal.applications.confirmations import content_of, signed_for
from openbeian.portal.applications.errors import ChangedMeanwhileError
from openbeian.portal.applications.models import Confirmation
from openbeian.portal.audit.queries import history_of
from tests.portal.factories import AT, Cast, application_at, confirm_all
from tests.portal.pages.world import html_of

HEAD, LAW = Role.ASSESSMENT_HEAD, Role.LAWFULNESS_HEAD


def signatory(cast: Cast, *roles: Role):
    name = "-".join(roles)
    return add_member(
        cast.organisations["gd_provider"], email=f"{name}@x.cn", name=name, roles=roles, by=SYSTEM, at=AT
    )


def test_any_change_asks_all_three_anew_and_a_return_does_not(cast: Cast):
    application = application_at(S.DRAFT, cast)
    actions.save_facts(application, {"service.users": "一千"}, by=cast.gd_preparer, at=AT)
    with pytest.raises(NotConfirmedError, match="legal representative, head of the assessment, head of the"):
        actions.submit(application, by=cast.gd_preparer, at=AT)
    law = signatory(cast, LAW)
    actions.confirm(application, post=LAW, by=law, at=AT)
    with pytest.raises(NotConfirmedError, match="by: legal representative, head of the assessment;"):
        actions.submit(application, by=cast.gd_preparer, at=AT)
    confirm_all(application, cast)
    assert Confirmation.objects.filter(content=content_of(application)).count() == 3
    version = actions.submit(application, by=cast.gd_preparer, at=AT).versions.get()
    assert [one.by for _, one in signed_for(version)] == [cast.gd_preparer, cast.gd_preparer, law]
    assert history_of(application).filter(kind="application.confirmed_by_signatory").count() == 6
    with pytest.raises(NotNowError):
        confirm_all(application, cast)


@pytest.mark.parametrize("who", ["zj_preparer", "gd_reviewer", "gd_decider", "auditor", "administrator"])
def test_nobody_else_confirms(cast: Cast, who: str):
    application = application_at(S.DRAFT, cast)
    for post in SIGNATORIES:
        with pytest.raises(NotAllowedError):
            actions.confirm(application, post=post, by=getattr(cast, who), at=AT)


def test_a_signatory_confirms_in_the_own_post_only_what_the_page_showed(cast: Cast, client):
    application = application_at(S.DRAFT, cast)
    head = signatory(cast, HEAD)
    with pytest.raises(NotAllowedError):
        actions.confirm(application, post=LAW, by=head, at=AT)
    actions.save_facts(application, {"service.users": "两千"}, by=cast.gd_preparer, at=AT)
    client.force_login(head)
    address = f"/applications/{application.reference}"
    shown = client.get(f"{address}/check/?lang=en")
    assert html_of(shown).count("Confirm in this post") == 1
    assert "Submit</button>" not in html_of(shown)
    read = {"post": "assessment_head", "content": shown.context["content"]}
    actions.save_facts(application, {"service.users": "三千"}, by=cast.gd_preparer, at=AT)
    for typed in (read, {"post": "assessment_head"}):
        assert client.post(f"{address}/confirm/", typed).status_code == 409
    with pytest.raises(ChangedMeanwhileError):
        actions.confirm(application, post=HEAD, content=read["content"], by=head, at=AT)
    assert client.post(f"{address}/confirm/", {"post": "decider"}).status_code == 404
    read["content"] = client.get(f"{address}/check/").context["content"]
    assert client.post(f"{address}/confirm/", read).status_code == 302
    assert client.post(f"{address}/confirm/", {**read, "post": "lawfulness_head"}).status_code == 403


def test_a_reviewer_sees_who_stands_for_the_version(cast: Cast, client):
    application = application_at(S.IN_REVIEW, cast)
    client.force_login(cast.gd_reviewer)
    page = html_of(client.get(f"/review/{application.reference}/?lang=en"))
    assert "Confirmed by the signatories" in page
