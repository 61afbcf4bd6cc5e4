"""A portal with something on every page, and the list of its pages: who opens what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.db.models import Model
from django.http import HttpResponse
from django.test import RequestFactory

from openbeian.clock import now
from openbeian.core.duties import DutyKind
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permits import PermitUse
from openbeian.core.petitions import PetitionKind
from openbeian.core.roles import Role
from openbeian.core.text import Text
from openbeian.portal.accounts.actions import SYSTEM, add_member, invite, issue_api_key
from openbeian.portal.accounts.links import link_of
from openbeian.portal.accounts.models import Invitation, User
from openbeian.portal.applications.models import Application
from openbeian.portal.bulletins import actions as bulletins
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.correspondence.actions import Upload, send_message
from openbeian.portal.duties.actions import report_duty, report_update
from openbeian.portal.duties.drawing import draw_ordered, order_reinspection
from openbeian.portal.duties.models import Reinspection
from openbeian.portal.duties.reckoning import keep_all
from openbeian.portal.filings import actions as filings
from openbeian.portal.filings.models import Filing, Measure, RegisterEntry, Round
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.filings.queries import confirmed_applications
from openbeian.portal.judging import actions as judging
from openbeian.portal.judging.models import JudgingTask
from openbeian.portal.judging.reading import run_items
from openbeian.portal.notices import actions as notices
from openbeian.portal.notices.delivering import expand, settle
from openbeian.portal.notices.models import Endpoint
from openbeian.portal.notices.sending import Outcome
from openbeian.portal.petitions import actions as petitions
from openbeian.portal.petitions.models import Petition
from openbeian.portal.register.actions import take_over
from openbeian.portal.register.list_actions import keep_list, read_brought
from openbeian.portal.register.models import BroughtList, ProblemReport
from openbeian.portal.register.report_actions import ANONYMOUS, report_problem
from openbeian.portal.register.reports import ProblemKind
from openbeian.portal.register.standing import known_entries, look_at
from openbeian.portal.retests import actions as retests
from openbeian.portal.retests.actions.runs import Asked
from openbeian.portal.retests.journal import Journal
from openbeian.portal.retests.models import HiddenBank, RetestRun
from openbeian.portal.sandbox import actions as sandbox
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sightings.actions import receive_report
from openbeian.portal.sightings.models import SightedService
from openbeian.portal.signing import load_signer
from openbeian.published import Place, PublishedRow, Reading, Series, Source, conflict_digest
from openbeian_gate.verify.report import GateDay, GateReport
from tests.portal.evidence import MODEL, evidence_file
from tests.portal.factories import AT, Cast, application_at, filing_at
from tests.portal.remembering import remembered
from tests.unit.assessment.support import make_bank

__all__ = ["Page", "World", "build_world", "html_of", "pages_of"]

_S = ApplicationStatus
_BOSS = "boss@example.com"
"""Who sees to the members of the province's office; in no test's cast but this one's."""
_SHOWN = (_S.DRAFT, _S.IN_REVIEW, _S.CORRECTION, _S.PROVINCIAL_DECISION, _S.CONFIRMED, _S.RETEST)


class Page(NamedTuple):
    """One page: its name, who opens it (nobody: `""`), and its address."""

    name: str
    who: str
    path: str


@dataclass
class World:
    """Everybody, an application at every interesting status, and three filings."""

    cast: Cast
    applications: dict[ApplicationStatus, Application]
    valid: Filing
    suspended: Filing
    pending: Filing
    published: RegisterEntry
    report: ProblemReport
    bulletin: Bulletin
    draft: Bulletin
    brought: BroughtList
    """A list that waits, with a conflict and an oddity, and that was taken over once."""
    permit: Permit
    """Asked for, and waiting for the province; another was granted."""
    sighted: SightedService
    bank: HiddenBank
    runs: tuple[RetestRun, RetestRun]
    """A re-test that is going on, and one that is done."""
    sample: JudgingTask
    webhook: Endpoint
    draw: Reinspection
    petition: Petition
    """An amendment that waits to be examined; another is being drawn up."""
    invitation: Invitation


class _Key(NamedTuple):
    """What a row is found by again."""

    model: type[Model]
    pk: Any


def build_world(cast: Cast) -> World:
    """Fill the portal by the real actions, and publish log and snapshot."""
    keys = remembered("world", lambda: _keys_of(_fill(cast)))
    cast.gd_preparer.refresh_from_db()
    cast.people["gd_members"] = User.objects.get(email=_BOSS)
    return World(cast, **_rows_of(keys))


def _keys_of(world: World) -> dict[str, Any]:
    told = {name: value for name, value in vars(world).items() if name != "cast"}
    return _each(told, Model, lambda row: _Key(type(row), row.pk))


def _rows_of(keys: dict[str, Any]) -> dict[str, Any]:
    return _each(keys, _Key, lambda key: key.model._base_manager.get(pk=key.pk))


def _each(where: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """Return a value with everything of a kind in it changed, in its tuples and dictionaries too."""
    if isinstance(where, kind):
        return change(where)
    if isinstance(where, dict):
        return {name: _each(value, kind, change) for name, value in where.items()}
    if isinstance(where, tuple):
        return tuple(_each(value, kind, change) for value in where)
    return where


def _fill(cast: Cast) -> World:
    valid = filing_at(cast, service__name="工匠工业助手", service__latin_name="GongJiang")
    suspended = filing_at(cast, service__name="航运通", service__latin_name="HangYunTong")
    pending = filing_at(cast, place="zj", service__name="青灯读写", service__latin_name="QingDeng")
    measure = _propose(suspended, cast)
    filings.countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    _propose(pending, cast)
    applications = {status: application_at(status, cast) for status in _SHOWN}
    filings.plan_round(
        series=9,
        name="第三次备案发证会",
        name_en="Third conference",
        held_on=date(2026, 12, 1),
        by=cast.publisher,
        at=AT,
    )
    waiting = list(confirmed_applications())
    filings.add_seats(Round.objects.get(series=9), applications=waiting, by=cast.publisher, at=AT)
    # With a password, `account` leads to changing it; without, to setting one.
    cast.gd_preparer.set_password("correct horse battery")
    cast.gd_preparer.save()
    draw = _with_duties(valid, cast)
    _write_to_each_other(applications[_S.IN_REVIEW], cast)
    publish_everything(open_for_publishing(), at=AT)
    draw_ordered(at=AT)
    report = report_problem(
        valid.register_entry,
        kind=ProblemKind.WRONG_FACTS,
        text="英文名称拼写有误，应为 Craftsman。",
        contact="reader@example.com",
        by=ANONYMOUS,
        at=AT,
    )
    published = published_elsewhere()
    bulletin = bulletins.draft(period="2026H2", by=cast.publisher, at=AT)
    bulletins.edit(bulletin, editor=Text("编者的话。", "A word of ours."), by=cast.publisher, at=AT)
    bulletin = bulletins.publish(bulletin, signer=load_signer(), by=cast.publisher, at=AT)
    draft = bulletins.draft(period="2026Q4", jurisdiction="GD", by=cast.publisher, at=AT)
    brought = brought_in(cast)
    granted = ask_permit(applications[_S.DRAFT], cast)
    sandbox.decide_permit(granted, grants=True, reason="风险可控。", by=cast.gd_decider, at=AT)
    sandbox.countersign_permit(granted, agree=True, by=cast.gd_countersigner, at=AT)
    return World(
        cast,
        applications,
        valid,
        suspended,
        pending,
        published,
        report,
        bulletin,
        draft,
        brought,
        permit=ask_permit(applications[_S.IN_REVIEW], cast),
        sighted=seen_by_a_gate(cast),
        **_retested(applications[_S.RETEST], cast),
        webhook=_told_by_webhook(cast),
        draw=draw,
        petition=_asked_to_amend(valid, suspended, cast),
        invitation=_invited(cast),
    )


def _invited(cast: Cast) -> Invitation:
    """Let an office have somebody who sees to its members, invite one more, and give a provider a key."""
    office = cast.organisations["gd_office"]
    boss = add_member(office, email=_BOSS, name="陈主任", roles=[Role.MEMBER_ADMINISTRATOR], by=SYSTEM, at=AT)
    issue_api_key(
        cast.organisations["gd_provider"],
        name="持续集成",
        scopes=["read", "write"],
        valid_for=timedelta(days=90),
        by=cast.gd_preparer,
        at=now(),
    )
    return invite(office, email="new@example.com", roles=[Role.TESTER], by=boss, at=now())


def _asked_to_amend(valid: Filing, suspended: Filing, cast: Cast) -> Petition:
    """Hand in an amendment of one filing, and leave one of another in its provider's hands."""
    by, made = cast.gd_preparer, []
    for filing in (suspended, valid):
        petition = petitions.draw_up(
            filing.application, kind=PetitionKind.AMENDMENT, grounds="业务调整。", by=by, at=AT
        )
        petitions.save_grounds(petition, grounds="业务调整。", happened_on=AT.date(), by=by, at=AT)
        changes = {"service.scope": "面向成年公众的工业问答；不含医疗。", "service.mode": ["web", "api"]}
        made.append(petitions.change_entries(petition, changes, by=by, at=AT))
    return petitions.hand_in(made[1], by=by, at=AT)


def _retested(application: Application, cast: Cast) -> dict[str, Any]:
    """Bring a hidden bank in, leave one re-test half-way and one done, and have its answers judged."""
    office = cast.organisations["gd_office"]
    bank = retests.add_bank(
        office,
        file_name="题库.jsonl",
        data=make_bank("generated_content").canonical,
        kind="generated_content",
        by=cast.gd_tester,
        at=AT,
    )
    asked = Asked(channel="guarded", model=MODEL, sample="demo", banks=[bank], key="k")
    going, done = (retests.ask_retest(application, asked, by=cast.gd_tester, at=AT) for _ in range(2))
    progress = {"done": 31, "total": 62, "errors": 1, "per_s": 4.2, "left_s": 410, "banks": {}}
    RetestRun.objects.filter(pk=going.pk).update(status="running", progress=progress)
    RetestRun.objects.filter(pk=done.pk).update(
        status="done",
        progress=progress | {"done": 62, "errors": 0},
        report=application.versions.get(number=application.version).report,
        ended_at=AT,
        commitment="ab" * 32,
        evidence_sha256="cd" * 32,
    )
    journal = Journal(done.pk)
    journal.read()
    journal.append(evidence_file()["evidence"].read_bytes())
    done.refresh_from_db()
    return {"bank": bank, "runs": (going, done), "sample": _judged(done, cast)}


def _judged(run: RetestRun, cast: Cast) -> JudgingTask:
    """Have two people judge the first three answers of a re-test, and disagree on one."""
    items = run_items(run, "generated_content", 20)
    kind, office = "generated_content", cast.organisations["gd_office"]
    sample = judging.create_task(
        office, title="复测回答抽检", kind=kind, items=items, run=run, by=cast.gd_tester, at=AT
    )
    for item in sample.items.all()[:3]:
        value = "conforms" if item.number > 1 else "does_not_conform"
        judging.give_verdict(item, value="conforms", by=cast.gd_reviewer, at=AT)
        judging.give_verdict(item, value=value, by=cast.gd_tester, at=AT)
    return sample


def _write_to_each_other(application: Application, cast: Cast) -> None:
    """Let provider and office exchange two messages, one with a file."""
    file = Upload("复测说明.txt", ["测试通道周三不可用。".encode()])
    send_message(
        application, text="测试通道周三停机维护，说明见附件。", files=[file], by=cast.gd_preparer, at=AT
    )
    send_message(application, text="收到，复测改在周四。", by=cast.gd_intake, at=AT)


def _with_duties(filing: Filing, cast: Cast) -> Reinspection:
    """Report a library and an important update, and order a draw among the province's filings."""
    report_duty(
        filing,
        kind=DutyKind.KEYWORDS,
        done_on=AT.date(),
        digest="3f" * 32,
        items=12_480,
        note="例行更新",
        by=cast.gd_preparer,
        at=AT,
    )
    report_update(
        filing,
        version="2.1",
        is_important=True,
        summary="更换底座模型。",
        updated_on=AT.date(),
        by=cast.gd_preparer,
        at=AT,
    )
    keep_all()
    return order_reinspection(
        jurisdiction="GD", size=1, reason="2026 年第四季度随机复查", by=cast.gd_reviewer, at=AT
    )


def _told_by_webhook(cast: Cast) -> Endpoint:
    """Enter an address to which one notice is on its way and another was tried in vain."""
    while expand(at=AT):
        pass
    endpoint = notices.add_endpoint(
        cast.organisations["gd_provider"],
        address="http://filing.example.cn/hooks/openbeian",
        note="内部审批系统",
        by=cast.gd_preparer,
        at=AT,
    )
    for outcome in (
        Outcome(succeeded=True, status=204, detail="HTTP 204", took_ms=38),
        Outcome(succeeded=False, status=503, detail="HTTP 503", took_ms=5012),
    ):
        notices.test_endpoint(endpoint, by=cast.gd_preparer, at=AT)
        expand(at=AT)
        settle(endpoint.deliveries.get(attempts=None), outcome, at=AT)
    return endpoint


def ask_permit(application: Application, cast: Cast) -> Permit:
    """Ask for a permit for two testers and a hundred trial users."""
    return sandbox.ask_permit(
        application,
        uses=[PermitUse.TRIAL, PermitUse.RESEARCH],
        testers=["tester-1", "tester-2"],
        trial_users=100,
        gates=4,
        begins_on=date(2026, 11, 23),
        ends_on=date(2027, 1, 31),
        purpose="内测对话质量。",
        by=cast.gd_preparer,
        at=AT,
    )


def seen_by_a_gate(cast: Cast) -> SightedService:
    """Let a gate report a service that nobody has filed."""
    today = AT.date()
    days = [
        GateDay(today - n * timedelta(days=1), {"not_filed": 3 + n}, {"ab" * 16: 3 + n}, 0) for n in range(4)
    ]
    report = GateReport("cd" * 16, "store-1", AT, days, {}, [], 0, 0)
    receive_report(
        report.to_bytes(), organisation=cast.organisations["platform_house"], by=cast.platform, at=AT
    )
    return SightedService.objects.get()


def published_elsewhere() -> RegisterEntry:
    """Take over a service that a published list names, without number or day."""
    source = Source("generative-ai-services.xlsx", "0" * 64, Place("generative-ai-services.xlsx", 118))
    row = PublishedRow(Series.FILING, "某某大模型", source, "北京某某科技有限公司", jurisdiction="BJ")
    take_over(Reading((row,)), name=source.name, by=SYSTEM, at=AT)
    return RegisterEntry.objects.get(filing=None)


def brought_in(cast: Cast) -> BroughtList:
    """Bring in a list of which one row contradicts a published entry, and take the rest over."""
    brought = keep_list(
        name="公布名单.csv", data=_LIST.encode(), series=Series.FILING, by=cast.publisher, at=AT
    )
    take_over(read_brought(brought), name=brought.name, brought=brought, by=cast.publisher, at=AT)
    return brought


_LIST = """序号,属地,模型名称,备案单位,备案编号,备案时间
1,北京,某某大模型,北京某某科技有限公司,Beijing-MouMou-202601010001,2026/1/1
2,上海,甲行大模型,上海甲行科技有限公司,Shanghai-JiaHang-202601010001,2026/1/1
3,上海,甲行大模型,上海甲行科技有限公司,Shanghai-JiaHang-202601010002,2026/1/1
5,广东,,深圳某某科技有限公司,,
"""


def _propose(filing: Filing, cast: Cast) -> Measure:
    return filings.propose_measure(
        filing,
        kind="suspend",
        cause="更换模型后未评估。",
        reason_code="other",
        by=cast.national_decider,
        at=AT,
    )


def pages_of(world: World) -> list[Page]:
    """Return every page of the portal that answers with 200."""
    return [
        *_public(world),
        *_of_provider(world),
        *_of_province(world),
        *_of_nation(world),
        *_of_accounts(world),
    ]


def _public(world: World) -> list[Page]:
    number = world.valid.number
    return [
        Page("front", "", "/"),
        Page("entries", "", "/register/"),
        Page("nothing found", "", "/register/?q=zzzz"),
        Page("entry", "", f"/register/{number}/"),
        Page("suspended entry", "", f"/register/{world.suspended.number}/"),
        Page("models that others call", "", "/register/models/"),
        Page("statistics", "", "/statistics/"),
        Page("open data", "", "/data/"),
        Page("definitions", "", "/statistics/definitions/"),
        Page("published entry", "", f"/register/{world.published.key}/"),
        Page("bulletins", "", "/bulletins/"),
        Page("bulletin", "", f"/bulletins/{world.bulletin.slug}/"),
        Page("look-up", "", f"/check/?q={number}"),
        Page("route", "", "/route/"),
        Page("route found", "", f"/route/?public=yes&origin=called&base={number}"),
        Page("route of a name", "", "/route/?public=yes&origin=called&base=工匠"),
        Page("look-up of nothing", "", "/check/?q=Nope"),
        Page("certificate", "", f"/certificates/{number}/"),
        Page("report a problem", "", f"/register/{number}/report/"),
        Page("report made", "", f"/reported/{world.report.reference}/"),
        Page("permits", "", "/sandbox/"),
        Page("log", "", "/log/"),
        Page("keys", "", "/log/keys/"),
        Page("log entry", "", "/log/entries/3/"),
        Page("login", "", "/accounts/login/"),
        Page("forgotten password", "", "/accounts/password/reset/"),
        Page("letter on its way", "", "/accounts/password/reset/done/"),
        Page("dead link", "", "/accounts/password/reset/key/1-x/"),
        Page("new password holds", "", "/accounts/password/reset/key/done/"),
        Page("invitation", "", urlsplit(link_of(world.invitation, RequestFactory().get("/"))).path),
    ]


def _of_provider(world: World) -> list[Page]:
    draft, returned = (world.applications[s].reference for s in (_S.DRAFT, _S.CORRECTION))
    paths = {
        "work": "/work/",
        "applications": "/applications/",
        "start": "/applications/new/",
        "draft": f"/applications/{draft}/",
        "returned": f"/applications/{returned}/",
        "section": f"/applications/{draft}/form/service/",
        "files": f"/applications/{draft}/files/",
        "check": f"/applications/{draft}/check/",
        "begin with a dossier": "/applications/new/dossier/",
        "replace a dossier": f"/applications/{draft}/files/dossier/",
        "dry run": "/applications/dry-run/",
        "withdraw": f"/applications/{draft}/withdraw/",
        "account": "/account/",
        "ask for a permit": "/sandbox/ask/",
        "ask for a change": f"/petitions/about/{world.valid.application.reference}/",
        "draw a petition up": f"/petitions/{world.petition.reference[:-1]}1/",
        "change an entry": f"/petitions/{world.petition.reference[:-1]}1/entry/?field=service.scope",
        "notices": "/notices/",
        "duties": "/duties/",
        "duties of a filing": f"/duties/{world.valid.number}/",
        "report a duty": f"/duties/{world.valid.number}/report/",
        "report an update": f"/duties/{world.valid.number}/update/",
        "add a webhook": "/notices/webhooks/new/",
        "webhook": f"/notices/webhooks/{world.webhook.pk}/",
        "second factor": "/accounts/2fa/",
        "security keys": "/accounts/2fa/webauthn/",
        "confirm who it is": "/accounts/reauthenticate/?next=/account/",
        "sign out": "/accounts/logout/",
        "new key": "/account/keys/new/",
        "password": "/accounts/password/change/",
    }
    without_password = Page("first password", "zj_preparer", "/accounts/password/set/")
    return [*(Page(name, "gd_preparer", path) for name, path in paths.items()), without_password]


def _of_province(world: World) -> list[Page]:
    in_review, decision, retest = (
        world.applications[s].reference for s in (_S.IN_REVIEW, _S.PROVINCIAL_DECISION, _S.RETEST)
    )
    return [
        Page("queue", "gd_reviewer", "/review/?all=1"),
        Page("review", "gd_reviewer", f"/review/{in_review}/"),
        Page("requirements", "gd_reviewer", f"/review/{in_review}/requirements/"),
        Page("requirement", "gd_reviewer", f"/review/{in_review}/requirements/A18/"),
        Page("return", "gd_reviewer", f"/review/{in_review}/return/"),
        Page("petitions", "gd_reviewer", "/petitions/"),
        Page("petition", "gd_reviewer", f"/petitions/{world.petition.reference}/"),
        Page("recommend", "gd_reviewer", f"/review/{in_review}/recommend/"),
        Page("decide", "gd_decider", f"/review/{decision}/decide/"),
        Page("what hangs on a model", "gd_decider", f"/filings/{world.suspended.number}/hanging/"),
        Page("decide on a permit", "gd_decider", f"/sandbox/desk/{world.permit.pk}/"),
        Page("re-test", "gd_tester", f"/review/{retest}/retest/"),
        *_of_tester(world, retest),
        Page("messages", "gd_intake", "/messages/"),
        Page("all duties", "gd_intake", "/duties/?show=all"),
        Page("order a draw", "gd_intake", "/duties/draws/new/"),
        Page("draws", "gd_intake", "/duties/draws/"),
        Page("draw", "gd_intake", f"/duties/draws/{world.draw.pk}/"),
        Page("conversation", "gd_intake", f"/messages/{in_review}/"),
    ]


def _of_tester(world: World, retest: str) -> list[Page]:
    going, done = world.runs
    paths = {
        "ask for a re-test": f"/retests/of/{retest}/",
        "re-tests": "/retests/",
        "hidden banks": "/retests/banks/",
        "hidden bank": f"/retests/banks/{world.bank.pk}/?questions=1",
        "re-test going on": f"/retests/{going.pk}/",
        "re-test done": f"/retests/{done.pk}/",
        "answers of a re-test": f"/retests/{done.pk}/answers/",
        "have people judge": f"/judging/retest/{done.pk}/",
        "samples": "/judging/",
        "new sample": "/judging/new/",
        "sample": f"/judging/{world.sample.pk}/",
        "judge": f"/judging/{world.sample.pk}/judge/",
    }
    return [Page(name, "gd_tester", path) for name, path in paths.items()]


def _of_nation(world: World) -> list[Page]:
    return [
        Page("reports", "publisher", "/reports/?all=1"),
        Page("answer a report", "publisher", f"/reports/{world.report.reference}/"),
        Page("rounds", "publisher", "/rounds/"),
        Page("plan a round", "publisher", "/rounds/new/"),
        Page("planned round", "publisher", "/rounds/9/"),
        Page("published round", "publisher", "/rounds/1/"),
        Page("draft a bulletin", "publisher", "/bulletins/new/"),
        Page("edit a bulletin", "publisher", f"/bulletins/{world.draft.slug}/edit/"),
        Page("seat list", "publisher", "/rounds/9/seats/"),
        Page("list", "publisher", f"/lists/{world.brought.pk}/"),
        Page("conflict", "publisher", f"/lists/{world.brought.pk}/conflicts/{_conflict_of(world)}/"),
        Page("taken list", "publisher", f"/lists/taken/{world.brought.takings.get().pk}/"),
        Page("sightings", "publisher", "/sightings/?service=svc-001"),
        Page("sighting", "publisher", f"/sightings/{world.sighted.hash}/"),
        Page("classes", "publisher", "/classes/"),
        Page("filings", "national_countersigner", "/filings/"),
        Page("countersign a measure", "national_countersigner", f"/filings/{world.pending.number}/"),
        Page("propose a measure", "national_decider", f"/filings/{world.valid.number}/"),
    ]


def _of_accounts(world: World) -> list[Page]:
    office = f"/organisations/{world.cast.organisations['gd_office'].pk}/"
    place = world.cast.gd_tester.memberships.get()
    return [
        Page("organisation", "gd_members", office),
        Page("invite", "gd_members", f"{office}invite/"),
        Page("roles", "gd_members", f"{office}members/{place.pk}/roles/"),
        Page("organisations", "administrator", "/organisations/"),
        Page("enter an organisation", "administrator", "/organisations/new/"),
        Page("people", "administrator", "/people/"),
        Page("person", "administrator", f"/people/{world.cast.gd_tester.pk}/"),
        Page("audit trail", "auditor", "/audit/"),
    ]


def _conflict_of(world: World) -> str:
    standing = look_at(read_brought(world.brought), known_entries(read_brought(world.brought)))
    return conflict_digest(standing.preview.conflicting[0])


def html_of(answer: HttpResponse) -> str:
    """Return the page in an answer."""
    return answer.content.decode()
