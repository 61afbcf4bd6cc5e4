"""Bulletins in the portal: who may draft and publish them, and that what is published never changes."""

import json
import re
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from openbeian.bulletins import check, to_json
from openbeian.cli.app import app
from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.permissions import MissingRoleError
from openbeian.core.roles import Role
from openbeian.core.text import Text
from openbeian.portal import server
from openbeian.portal.accounts.actions import SYSTEM, add_member
from openbeian.portal.accounts.models import User
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.bulletins import actions
from openbeian.portal.bulletins.counting import read_register, scope_of
from openbeian.portal.bulletins.models import Bulletin, PublishedForGoodError
from openbeian.portal.bulletins.queries import document_of, jurisdictions_of
from openbeian.portal.filings.models import RegisterEntry, Round
from openbeian.portal.log.models import Entry
from openbeian.portal.signing import load_signer
from openbeian.terminal.console import error_console, out
from openbeian.trust.bulletins import sign_bulletin
from tests.portal.bulletin_register import DAY, add_entries
from tests.portal.factories import AT, Cast
from tests.simulators.llm import Reply
from tests.unit.bulletins.sample import bulletin_of_round


@pytest.fixture
def gd_publisher(cast: Cast) -> User:
    """Enter a publisher of Guangdong's office."""
    return add_member(
        cast.organisations["gd_office"],
        email="gd_publisher@example.com",
        name="gd_publisher",
        roles=[Role.PUBLISHER],
        by=SYSTEM,
        at=AT,
    )


@pytest.fixture
def held(cast: Cast) -> Round:
    """Publish a round of three services, all of Guangdong."""
    add_entries("GD", 6)
    add_entries("BJ", 9)
    return _round(cast, 3, "GD")


def _round(cast: Cast, series: int, *places: str) -> Round:
    made = Round.objects.create(
        series=series,
        name=f"第{series}批",
        held_on=DAY,
        planned_by=cast.publisher,
        planned_at=AT,
        published_at=AT,
    )
    for n, place in enumerate(places * 3 if len(places) == 1 else places):
        RegisterEntry.objects.create(
            key=f"round-{series}-{n}",
            number=f"{place}-New{n}",
            route="filing",
            jurisdiction=place,
            service_name=f"新服务{n}",
            provider_name=f"新单位{n}",
            issued_on=DAY,
            listed_on=DAY,
            round=made,
            industry="manufacturing",
        )
    return made


def _publish(bulletin: Bulletin, by: User) -> Bulletin:
    return actions.publish(bulletin, signer=load_signer(), by=by, at=AT)


def test_a_round_of_one_place_has_its_bulletin_for_that_place(cast: Cast, held: Round, gd_publisher: User):
    made = actions.draft(round_=held, by=gd_publisher, at=AT)
    assert (made.slug, made.jurisdiction, made.period) == ("round-3-gd", "GD", "")
    document = document_of(made)
    assert document.figures["on_file"].value == 9
    assert document.title == Text("第3批：备案公报", "第3批: filing bulletin")
    assert len(document.certified) == 3
    assert {one.outcome for one in check(document, read_register())} == {"found"}
    country = actions.draft(round_=_round(cast, 4, "GD", "BJ"), by=cast.publisher, at=AT)
    assert (country.slug, country.jurisdiction) == ("round-4", "")


def test_a_period_is_counted_up_to_today(cast: Cast, held: Round):
    made = actions.draft(period="2026h2", by=cast.publisher, at=AT)
    assert (made.slug, made.period) == ("2026h2", "2026H2")
    assert document_of(made).as_of == DAY
    past = actions.draft(period="2026Q1", jurisdiction="GD", by=cast.publisher, at=AT)
    assert document_of(past).as_of.isoformat() == "2026-03-31"
    with pytest.raises(NotNowError, match="has not begun"):
        actions.draft(period="2027", by=cast.publisher, at=AT)


def test_only_publishers_issue_bulletins_and_a_province_only_its_own(
    cast: Cast, held: Round, gd_publisher: User
):
    for who in (cast.gd_decider, cast.gd_preparer, cast.auditor, cast.national_decider):
        with pytest.raises(MissingRoleError, match="Only a publisher"):
            actions.draft(round_=held, by=who, at=AT)
    for scope in ({"period": "2026"}, {"period": "2026", "jurisdiction": "BJ"}):
        with pytest.raises(MissingRoleError):
            actions.draft(**scope, by=gd_publisher, at=AT)
    made = actions.draft(period="2026", by=cast.publisher, at=AT)
    for action in (
        lambda: actions.rewrite(made, by=gd_publisher, at=AT),
        lambda: actions.edit(made, editor=Text("", ""), by=gd_publisher, at=AT),
        lambda: _publish(made, gd_publisher),
        lambda: actions.discard(made, by=gd_publisher, at=AT),
    ):
        with pytest.raises(MissingRoleError):
            action()
    assert jurisdictions_of(gd_publisher) == ["GD"]
    assert jurisdictions_of(cast.publisher)[:2] == ["", "BJ"]
    assert jurisdictions_of(cast.gd_decider) == []


def test_a_scope_is_a_published_round_or_a_period(cast: Cast):
    planned = Round.objects.create(
        series=1, name="第1批", held_on=DAY, planned_by=cast.publisher, planned_at=AT
    )
    with pytest.raises(NotNowError, match="not published yet"):
        actions.draft(round_=planned, by=cast.publisher, at=AT)
    with pytest.raises(BadInputError, match="one of the two"):
        scope_of()
    with pytest.raises(BadInputError, match="There is no jurisdiction XX"):
        scope_of(period="2026", jurisdiction="XX")


def test_publishing_signs_logs_and_ends_all_change(cast: Cast, held: Round, gd_publisher: User):
    made = actions.draft(round_=held, by=gd_publisher, at=AT)
    made = actions.edit(made, editor=Text(" 一句话。 ", ""), by=gd_publisher, at=AT)
    assert document_of(made).editor == Text("一句话。", "")
    done = _publish(made, gd_publisher)
    assert done.published_by == gd_publisher
    assert len(done.signatures) == 1
    logged = json.loads(Entry.objects.get(kind="bulletin.published").body)
    assert (logged["subject"], logged["facts"]["round"], logged["facts"]["jurisdiction"]) == (
        "round-3-gd",
        3,
        "GD",
    )
    kinds = list(AuditEvent.objects.filter(kind__startswith="bulletin.").values_list("kind", flat=True))
    assert kinds == ["bulletin.drafted", "bulletin.edited", "bulletin.published"]
    for change in (
        lambda: _publish(done, gd_publisher),
        lambda: actions.edit(done, editor=Text("改", "changed"), by=gd_publisher, at=AT),
        lambda: actions.rewrite(done, by=gd_publisher, at=AT),
        lambda: actions.discard(done, by=gd_publisher, at=AT),
    ):
        with pytest.raises(NotNowError, match="published and never changes"):
            change()
    done.document = {}
    with pytest.raises(PublishedForGoodError):
        done.save()
    with pytest.raises(PublishedForGoodError):
        done.delete()


def test_a_draft_the_register_has_overtaken_is_counted_anew_first(cast: Cast, held: Round):
    made = actions.draft(round_=held, by=cast.publisher, at=AT)
    actions.edit(made, editor=Text("留着。", "Kept."), by=cast.publisher, at=AT)
    RegisterEntry.objects.filter(round=held).first().delete()
    with pytest.raises(NotNowError, match="count them anew first"):
        _publish(made, cast.publisher)
    made = actions.rewrite(made, by=cast.publisher, at=AT + timedelta(hours=1))
    assert document_of(made).figures["on_file"].value == 8
    assert document_of(made).editor == Text("留着。", "Kept.")
    assert _publish(made, cast.publisher).is_published


def test_there_is_one_bulletin_of_a_scope_and_then_its_corrections(cast: Cast, held: Round):
    made = actions.draft(round_=held, by=cast.publisher, at=AT)
    with pytest.raises(NotNowError, match="There is a bulletin round-3-gd already"):
        actions.draft(round_=held, by=cast.publisher, at=AT)
    with pytest.raises(NotNowError, match="is not published, or corrected already"):
        actions.draft(corrects=made, by=cast.publisher, at=AT)
    made = _publish(made, cast.publisher)
    second = _publish(actions.draft(corrects=made, by=cast.publisher, at=AT), cast.publisher)
    assert (second.slug, second.corrects, document_of(second).corrects) == (
        "round-3-gd-2",
        made,
        "round-3-gd",
    )
    with pytest.raises(NotNowError, match="or the newest one"):
        actions.draft(corrects=made, by=cast.publisher, at=AT)
    third = actions.draft(corrects=second, by=cast.publisher, at=AT)
    assert third.slug == "round-3-gd-3"
    actions.discard(third, by=cast.publisher, at=AT)
    assert Bulletin.objects.count() == 2
    assert str(second) == "round-3-gd-2"


@pytest.fixture
def beian(monkeypatch, tmp_path):
    """Return a caller of `beian bulletin`, on the test's own database and day."""
    # The test's own database is ready; setting up another would leave its transaction.
    monkeypatch.setattr(server, "prepare", lambda: None)
    monkeypatch.setenv("BEIAN_LANG", "en")
    for console in (out, error_console):
        monkeypatch.setattr(console, "_width", 1000)
    on_the_day = ("--out", str(tmp_path / "out"), "--on", "2026-11-23")

    def call(command: str, *options: str):
        more = on_the_day if command == "build" else ()
        return CliRunner().invoke(app, ["bulletin", command, *options, *more])

    return call


def test_the_command_writes_what_the_portal_would_publish(cast: Cast, held: Round, tmp_path, beian, llm):
    def answer(question: str, _number: int) -> Reply:
        words = question.rpartition("\n\n")[2]
        if "在册备案 9 项" in words:
            return Reply(words.replace("9", "10"))
        return Reply(words.replace("本批", "在本批中，")) if "新发证" in words else Reply(fault="500")

    options = ("--round", "3", "--lang", "zh")
    model = ("--polish-with", llm(answer).url, "--polish-model", "simulated")
    done = beian("build", *options, *model, "--json")
    assert done.exit_code == 0, done.output
    html = (tmp_path / "out" / "round-3-gd.zh.html").read_text(encoding="utf-8")
    assert "在本批中，广东新发证 3 项" in re.sub(r"</?a[^>]*>", "", html)
    reasons = {one["sentence"]: one["reason"] for one in json.loads(done.stdout)["unpolished"]}
    assert "“9” was dropped" in reasons["截至 2026-11-23，广东在册备案 9 项。"]
    assert "本批广东新发证 3 项，属于 3 家提供者。" not in reasons
    names = [name.rsplit("/", 1)[-1] for name in json.loads(done.stdout)["files"]]
    kinds = {"round-3-gd.zh.html", "round-3-gd.zh.pdf", "round-3-gd.zh.docx", "round-3-gd-ranking.csv"}
    assert {"round-3-gd.json", *kinds} <= set(names)
    assert sorted(names) == sorted(path.name for path in (tmp_path / "out").iterdir())
    done = beian("build", *options)
    assert (done.exit_code, "overwrite with --force" in done.stderr) == (2, True)
    done = beian("build", *options, *model, "--force")
    assert "round-3-gd.zh.pdf" in done.stdout
    assert "Kept as it was:" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--round", "9"), "There is no round 9"),
        (("--period", "2026", "--polish-with", "http://127.0.0.1:1/v1"), "go together"),
        (("--period", "2026", "--lang", "fr"), "must be zh, en or both"),
        ((), "one of the two"),
        (("--period", "2026", "--jurisdiction", "Mars"), "No jurisdiction is called"),
    ],
)
def test_what_the_command_cannot_build_is_said(cast: Cast, beian, options, said):
    done = beian("build", *options)
    assert (done.exit_code, said in done.stderr) == (2, True), done.output


def test_a_file_that_is_not_there_is_said(tmp_path, beian):
    document = tmp_path / "bulletin.json"
    document.write_bytes(sign_bulletin(to_json(bulletin_of_round())))
    for file in (tmp_path / "no", document):
        done = beian("check", str(file), "--register", str(tmp_path / "no"))
        assert (done.exit_code, "can't be read" in done.stderr) == (2, True)
