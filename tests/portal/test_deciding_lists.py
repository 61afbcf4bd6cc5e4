"""Conflicts of lists: decided by a person, applied once, remembered; nothing is decided for anybody."""

import pytest

from openbeian.core.errors import BadInputError, CouldNotRunError, NotAllowedError, NotNowError
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.applications.storage import path_of
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.actions import take_over
from openbeian.portal.register.list_actions import (
    Choice,
    decide_conflict,
    find_conflict,
    keep_list,
    read_brought,
)
from openbeian.portal.register.models import BroughtList, RowDecision, TakenList
from openbeian.portal.register.standing import known_entries, look_at
from openbeian.published import Series, Verdict, conflict_digest, row_digest
from tests.portal.factories import AT, Cast

HEADS = "序号,属地,模型名称,备案单位,备案编号\n"
FIRST = "1,广东,小知,深圳小知科技有限公司,Guangdong-XiaoZhi-202604020001\n"
OTHER_NUMBER = "1,广东,小知,深圳小知科技有限公司,Guangdong-XiaoZhi-202604020002\n"
KEEP, TAKE, OWN = Verdict


def bring(text: str, by: object = SYSTEM, name: str = "名单.csv") -> BroughtList:
    return keep_list(name=name, data=text.encode(), series=Series.FILING, by=by, at=AT)


def taken(brought: BroughtList, by: object = SYSTEM):
    return take_over(read_brought(brought), name=brought.name, brought=brought, by=by, at=AT)


def decide(brought: BroughtList, cast: Cast, *verdicts: Verdict, reason: str = "已核对。", entry=None, n=0):
    conflict = look_at(read_brought(brought), known_entries(read_brought(brought))).preview.conflicting[n]
    choices = {
        row_digest(row): Choice(verdict, entry.pk if entry and verdict is TAKE else None)
        for row, verdict in zip(conflict.rows, verdicts, strict=False)
    }
    return decide_conflict(
        brought, conflict_digest(conflict), choices=choices, reason=reason, by=cast.publisher, at=AT
    )


@pytest.fixture
def entry(cast: Cast) -> RegisterEntry:
    """Take a list over, and return its one entry."""
    taken(bring(HEADS + FIRST, name="旧.csv"))
    return RegisterEntry.objects.get()


def test_an_undecided_conflict_changes_nothing(entry):
    done = taken(bring(HEADS + OTHER_NUMBER))
    assert (done.taken.conflicting, done.taken.changed, done.taken.new) == (1, 0, 0)
    assert RegisterEntry.objects.get().number == entry.number


def test_what_stands_is_kept_and_not_asked_about_again(cast: Cast, entry):
    brought = bring(HEADS + OTHER_NUMBER)
    decide(brought, cast, KEEP)
    assert look_at(read_brought(brought), known_entries(read_brought(brought))).settled
    done = taken(brought, by=cast.publisher)
    assert (done.taken.conflicting, done.taken.decided, done.taken.changed) == (0, 1, 0)
    again = taken(bring("某公告,,,,\n" + HEADS + OTHER_NUMBER, name="又一份.csv"))
    assert (again.taken.conflicting, again.taken.decided) == (0, 1)
    decision = RowDecision.objects.get()
    assert (decision.decided_by, decision.reason, decision.applied_in) == (
        *(cast.publisher, "已核对。"),
        done.taken,
    )
    assert AuditEvent.objects.get(kind="register.conflict_decided").by_name == cast.publisher.name


def test_the_row_of_the_list_is_taken_once_with_its_source(cast: Cast, entry):
    brought = bring(HEADS + OTHER_NUMBER)
    decide(brought, cast, TAKE, entry=entry)
    done = taken(brought)
    entry.refresh_from_db()
    assert entry.number == "Guangdong-XiaoZhi-202604020002"
    assert entry.sources["fields"]["number"]["list"] == "名单.csv"
    (change,) = done.taken.changes.all()
    assert change.fields == [
        {
            "field": "number",
            "before": "Guangdong-XiaoZhi-202604020001",
            "after": "Guangdong-XiaoZhi-202604020002",
        }
    ]
    # The first list now contradicts the entry: that is another conflict, and a person's again.
    assert taken(BroughtList.objects.get(name="旧.csv")).taken.conflicting == 1
    assert taken(brought).taken.changed == 0


def test_another_service_gets_an_entry_of_its_own_even_with_the_same_number(cast: Cast, entry):
    brought = bring(HEADS + FIRST.replace("小知", "山海"))
    decide(brought, cast, OWN)
    done = taken(brought)
    assert done.taken.new == 1
    other = RegisterEntry.objects.exclude(pk=entry.pk).get()
    assert (other.service_name, other.number) == ("山海", entry.number)
    assert other.key.startswith("published-")
    assert RowDecision.objects.get().entry == other
    again = taken(brought)
    assert (again.taken.new, again.taken.conflicting, again.taken.decided) == (0, 0, 1)
    assert str(done.taken.changes.get()) == f"名单.csv · {other.key}"


def test_rows_that_disagree_with_each_other_are_decided_row_by_row(cast: Cast):
    brought = bring(HEADS + FIRST + OTHER_NUMBER.replace("1,广东", "2,广东"))
    with pytest.raises(BadInputError, match="choose one for every row"):
        decide(brought, cast, OWN)
    decide(brought, cast, OWN, KEEP)
    assert str(RowDecision.objects.first()).startswith("own ")
    taken(brought)
    assert RegisterEntry.objects.get().number == "Guangdong-XiaoZhi-202604020001"
    # The rest of the conflict is gone, and what was decided is remembered.
    done = taken(brought)
    assert (done.taken.conflicting, done.taken.decided, done.taken.new) == (0, 2, 0)


def test_a_decision_on_something_else_than_now_stands_is_not_applied(cast: Cast, entry):
    brought = bring(HEADS + OTHER_NUMBER)
    decide(brought, cast, KEEP)
    digest = RowDecision.objects.get().conflict_sha256
    taken(bring(HEADS.replace("\n", ",备案时间\n") + FIRST.replace("\n", ",2026/4/2\n"), name="补.csv"))
    standing = look_at(read_brought(brought), known_entries(read_brought(brought)))
    assert (len(standing.preview.conflicting), standing.settled) == (1, ())
    assert find_conflict(brought, digest, known_entries(read_brought(brought))) is None
    with pytest.raises(NotNowError, match="not what you saw"):
        decide_conflict(brought, digest, choices={}, reason="x", by=cast.publisher, at=AT)
    decide(brought, cast, TAKE, entry=entry)
    assert taken(brought).taken.changed == 1


def test_a_decision_needs_a_reason_a_possible_choice_and_a_publisher(cast: Cast, entry):
    brought = bring(HEADS + OTHER_NUMBER)
    with pytest.raises(BadInputError, match="Say why"):
        decide(brought, cast, KEEP, reason=" ")
    with pytest.raises(BadInputError, match="choose one"):
        decide(brought, cast, TAKE)
    conflict = look_at(read_brought(brought), known_entries(read_brought(brought))).preview.conflicting[0]
    with pytest.raises(NotAllowedError):
        decide_conflict(brought, conflict_digest(conflict), choices={}, reason="x", by=cast.gd_decider, at=AT)
    with pytest.raises(NotAllowedError):
        bring(HEADS + FIRST, by=cast.auditor)


def test_a_registration_with_a_filings_number_is_kept_apart_or_left_out(cast: Cast, entry):
    brought = keep_list(
        name="登记.csv", data=(HEADS + FIRST).encode(), series=Series.REGISTRATION, by=SYSTEM, at=AT
    )
    with pytest.raises(BadInputError, match="choose one"):
        decide(brought, cast, TAKE, entry=entry)
    decide(brought, cast, OWN)
    taken(brought)
    assert sorted(RegisterEntry.objects.values_list("route", flat=True)) == ["filing", "registration"]


def test_the_same_file_is_kept_once_and_its_loss_is_said(cast: Cast):
    text = HEADS + FIRST.replace("小知", "仅此一份")
    brought = bring(text, by=cast.publisher)
    assert bring(text, name="别名.csv") == brought
    assert (brought.brought_by, str(brought)) == (cast.publisher, "名单.csv")
    assert path_of(brought.sha256).read_bytes() == text.encode()
    path_of(brought.sha256).unlink()
    with pytest.raises(CouldNotRunError, match="bring it in again"):
        read_brought(brought)


def test_a_row_taken_twice_in_one_conflict_rewrites_the_entry_once(cast: Cast, entry):
    brought = bring(
        HEADS.replace("\n", ",备案时间\n")
        + OTHER_NUMBER.replace("\n", ",2026/4/2\n")
        + OTHER_NUMBER.replace("1,广东", "2,广东").replace("\n", ",\n")
    )
    decide(brought, cast, TAKE, TAKE, entry=entry)
    done = taken(brought)
    assert (done.taken.changed, done.taken.decided) == (1, 2)
    assert TakenList.objects.first() == done.taken
