"""A re-test runs in the background on a real channel, survives being killed, and gives nothing away."""

import logging
import shutil
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from openbeian.clock import now
from openbeian.core.comparing import Outcome
from openbeian.core.errors import BadInputError, CouldNotRunError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.evidence import ChainReader, RecordKind
from openbeian.portal.applications.models import Retest
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.models import Entry
from openbeian.portal.retests import actions, jobs
from openbeian.portal.retests.actions import working
from openbeian.portal.retests.answers import read_answers
from openbeian.portal.retests.forms import AskForm
from openbeian.portal.retests.journal import Journal
from openbeian.portal.retests.models import HiddenBank, RetestRun, RunStatus
from openbeian.portal.retests.plans import plan_of
from openbeian.portal.retests.results import result_of
from openbeian.portal.retests.running import carry_out, workplace
from openbeian.portal.signing import publish_keys
from tests.portal.factories import AT, application_at
from tests.portal.retests.world import SECRET, Ordered, bring_in, carry_through
from tests.simulators.llm import Reply, every, plain

DRAWN = 62
"""As many questions the demo profile draws."""


def _everything_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def _committed(retest: Ordered, **changes: object) -> RetestRun:
    run = retest.ask(**{"key": "channel-secret"} | changes)
    jobs.work_on(run.pk)
    publish_keys()
    publish_everything(open_for_publishing(), at=AT)
    run.refresh_from_db()
    return run


def test_a_retest_goes_from_the_commitment_to_a_recorded_result(retest, channel, home, caplog):
    caplog.set_level(logging.DEBUG)
    run = retest.ask(key="channel-secret")
    jobs.work_on(run.pk)
    run.refresh_from_db()
    # The draw waits for a checkpoint that holds the commitment.
    assert (run.status, run.worker, channel.requests) == (RunStatus.COMMITTED, "", 0)
    assert orjson.loads(Entry.objects.get(pk=run.log_entry).body)["hashes"] == {"commitment": run.commitment}
    assert jobs.wake(at=now()) == 0
    publish_keys()
    publish_everything(open_for_publishing(), at=AT)
    jobs.work_on(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.DONE, run.failure
    assert channel.requests == DRAWN + 1
    assert run.progress["done"] == run.progress["total"] == DRAWN
    assert all(SECRET in question for question in channel.asked[1:])
    # A worker that comes too late does nothing.
    jobs.work_on(run.pk)
    assert channel.requests == DRAWN + 1
    _drawn_from_the_checkpoint(run)
    _nothing_secret_is_left_lying_about(run, home, caplog)
    _is_read_recorded_and_released(retest, run)


def _drawn_from_the_checkpoint(run: RetestRun) -> None:
    draw = run.report["draws"][0]
    assert (draw["seed_kind"], draw["signature"]) == ("checkpoint", "checked")
    assert "beian.local/log\n" in run.checkpoint


def _nothing_secret_is_left_lying_about(run: RetestRun, home: Path, caplog) -> None:
    assert not workplace(run.pk).exists()
    secret = SECRET.encode()
    assert secret not in _everything_below(home)
    assert secret in Journal(run.pk).read()
    assert SECRET not in caplog.text
    assert "channel-secret" not in caplog.text
    rows = [*HiddenBank.objects.values(), *RetestRun.objects.values(), *AuditEvent.objects.values()]
    assert SECRET not in str(rows)
    assert secret not in b"".join(bytes(bank.box) for bank in HiddenBank.objects.all())
    assert b"channel-secret" not in bytes(run.key_box)
    assert b"channel-secret" not in Journal(run.pk).read()


def _is_read_recorded_and_released(retest: Ordered, run: RetestRun) -> None:
    tester = retest.cast.gd_tester
    rows = read_answers(run)
    assert len(rows) == DRAWN
    assert all(SECRET in row.prompt for row in rows)
    result = result_of(run)
    assert result.outcome is Outcome.AGREES
    assert "agrees with what was reported" in result.sentence.en
    assert [str(one.total.name.en) for one in result.groups if one.total.found.n]
    with pytest.raises(NotNowError, match="after the result is recorded"):
        actions.release(run, by=tester, at=AT)
    actions.record_result(run, outcome=result.outcome, summary="一致。", by=tester, at=AT)
    run.refresh_from_db()
    assert run.key_box is None
    order = Retest.objects.get()
    assert (order.agrees, order.summary) == (True, "一致。")
    assert actions.release(run, by=tester, at=AT).released_by == tester
    with pytest.raises(NotNowError, match="released once"):
        actions.release(run, by=tester, at=AT)
    kinds = [event.kind for event in AuditEvent.objects.filter(subject_type="retestrun")]
    assert kinds == [
        f"retest.{one}" for one in ("asked", "committed", "began", "finished", "recorded", "released")
    ]


class Killed(BaseException):
    """As if the process had been killed: nothing that follows is run."""


def test_a_worker_that_is_killed_is_followed_by_another_that_asks_only_the_rest(  # noqa: PLR0915  one story
    retest, channel, settings, monkeypatch
):
    run = _committed(retest)
    answered = channel.rule

    def slowly(question: str, number: int) -> Reply:
        reply = answered(question, number)
        return reply if number <= 30 else Reply(delay_s=30)

    channel.rule = slowly
    saved = settings.BEIAN_HOME / "saved"

    def die(run, progress, *, at):
        if channel.requests > 30:
            # What lies about at this moment is what a killed process leaves behind.
            shutil.copytree(workplace(run.pk), saved)
            raise Killed
        return True

    monkeypatch.setattr(working, "beat", die)
    monkeypatch.setattr(working, "give_back", lambda *_: None)
    with pytest.raises(Killed):
        jobs.work_on(run.pk)
    monkeypatch.undo()
    channel.rule = answered
    run.refresh_from_db()
    assert (run.status, bool(run.worker)) == (RunStatus.RUNNING, True)
    # Nobody takes it from a worker that said a moment ago that it is at it.
    jobs.work_on(run.pk)
    assert jobs.wake(at=now()) == 0
    before = channel.requests
    later = now() + timedelta(minutes=2)
    assert jobs.wake(at=later) == 1
    RetestRun.objects.update(beat_at=AT)
    shutil.copytree(saved, workplace(run.pk))
    sealed = Journal(run.pk).read()
    evidence = (saved / "evidence.jsonl").read_bytes()
    assert evidence.startswith(sealed)
    answers = sum(record.kind is RecordKind.ANSWER for record in ChainReader(saved / "evidence.jsonl"))
    assert 0 < answers <= 30
    jobs.work_on(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.DONE, run.failure
    assert channel.requests - before == DRAWN - answers
    assert Journal(run.pk).read().startswith(evidence[: len(sealed)])


def test_without_what_the_killed_worker_left_the_journal_suffices(retest, channel):
    run = _committed(retest)
    stop_at = {"n": 0}

    def beat(_progress) -> bool:
        stop_at["n"] += 1
        return channel.requests < 20

    channel.rule = lambda question, number: Reply(delay_s=0.05)
    plan = plan_of(run, checkpoint=run.checkpoint or "")
    stopped = carry_out(
        run.pk,
        plan,
        environ={"CHANNEL_KEY": "channel-secret"},
        retries_errors=False,
        at_clock=now,
        beat=beat,
    )
    assert stopped.report is None
    kept = Journal(run.pk).read()
    before, answers = channel.requests, kept.count(b'"kind":"answer"')
    channel.rule = plain()
    finished = carry_out(
        run.pk,
        plan,
        environ={"CHANNEL_KEY": "channel-secret"},
        retries_errors=False,
        at_clock=now,
        beat=lambda _: True,
    )
    assert finished.report.evidence.complete
    assert channel.requests - before == DRAWN - answers
    assert Journal(run.pk).read().startswith(kept)


def test_a_retest_is_stopped_and_gone_on_with(retest, channel):
    run = _committed(retest)
    actions.stop_run(run, by=retest.cast.gd_tester, at=AT)
    run.refresh_from_db()
    assert run.status == RunStatus.STOPPED
    with pytest.raises(NotNowError, match="nothing to stop"):
        actions.stop_run(run, by=retest.cast.gd_tester, at=AT)
    jobs.work_on(run.pk)
    assert channel.requests == 0
    actions.go_on(run, by=retest.cast.gd_tester, at=AT)
    with pytest.raises(NotNowError, match="nothing to go on with"):
        actions.go_on(run, by=retest.cast.gd_tester, at=AT)
    taken = working.claim(run.pk, "other", dead_before=AT, at=AT)
    assert working.claim(run.pk, "third", dead_before=AT, at=AT) is None
    actions.stop_run(run, by=retest.cast.gd_tester, at=AT)
    assert working.beat(taken, None, at=AT) is False
    working.pause(taken, at=AT)
    run.refresh_from_db()
    assert run.status == RunStatus.STOPPED


def test_a_worker_that_is_to_end_gives_back_what_it_works_on(retest, channel):
    run = _committed(retest)
    jobs.STOPPING.set()
    try:
        channel.rule = lambda question, number: Reply(delay_s=5 if number > 1 else 0)
        jobs.work_on(run.pk)
    finally:
        jobs.STOPPING.clear()
    run.refresh_from_db()
    assert (run.status, run.worker) == (RunStatus.WAITING, "")


def test_too_many_errors_conclude_nothing_until_the_failed_questions_are_asked_again(retest, channel):
    good = channel.rule
    channel.rule = every(10, Reply(fault="400"), good)
    run = carry_through(retest.ask(key="channel-secret"))
    assert run.status == RunStatus.DONE
    result = result_of(run)
    assert result.outcome is Outcome.NO_CONCLUSION
    assert "6 of 62 questions ended in an error" in result.sentence.en
    with pytest.raises(NotNowError, match="concludes nothing"):
        actions.record_result(run, outcome=result.outcome, summary="?", by=retest.cast.gd_tester, at=AT)
    channel.rule = good
    actions.go_on(run, retry_errors=True, by=retest.cast.gd_tester, at=AT)
    before = channel.requests
    jobs.work_on(run.pk)
    run.refresh_from_db()
    assert channel.requests - before == 6
    assert result_of(run).outcome is Outcome.AGREES


def test_a_service_that_hides_its_worse_half_is_found_out(retest, channel):
    channel.rule = lambda question, number: Reply("这里卖毒品。" if number % 3 == 0 else "好的。")
    run = carry_through(retest.ask(key="channel-secret"))
    result = result_of(run)
    assert result.outcome is Outcome.WORSE
    assert "too large for the chance of sampling" in result.sentence.en
    assert result.groups[0].shows.en.startswith("With these 62 questions only a share below")
    actions.record_result(run, outcome=result.outcome, summary="差。", by=retest.cast.gd_tester, at=AT)
    assert Retest.objects.get().agrees is False


def test_what_the_channel_refuses_is_said_and_can_be_gone_on_with(retest, channel):
    run = _committed(retest, key="wrong-secret")
    jobs.work_on(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "refused the key" in run.failure_text.en
    assert "wrong-secret" not in str(run.failure)
    assert RetestRun(failure={}).failure_text is None


def test_an_unexpected_failure_is_told_by_its_kind_alone(retest, monkeypatch, caplog):
    def broken(_run, **_more):
        raise ValueError(SECRET)

    run = retest.ask(key="channel-secret")
    monkeypatch.setattr(jobs, "plan_of", broken)
    jobs.work_on(run.pk)
    run.refresh_from_db()
    assert run.failure_text.en.startswith("The re-test broke off by an internal error (ValueError)")
    assert SECRET not in caplog.text


def test_a_channel_inside_the_office_is_not_asked(retest, settings):
    with pytest.raises(BadInputError, match="not public"):
        retest.ask(channel="bare")
    # Allowed as it was asked for, and no longer as it is connected to.
    run = _committed(retest)
    settings.BEIAN_OUTBOUND_ALLOWED = []
    jobs.work_on(run.pk)
    run.refresh_from_db()
    assert "127.0.0.1 is not public" in run.failure_text.en


def test_what_was_committed_to_can_not_be_exchanged(retest):
    run = _committed(retest)
    RetestRun.objects.update(model="another-model")
    jobs.work_on(run.pk)
    run.refresh_from_db()
    assert "no longer what was committed to" in run.failure_text.en


def test_only_what_fits_together_can_be_asked_for(retest, cast):
    for changes, words in (
        ({"banks": []}, "Choose banks of one office"),
        ({"banks": [retest.banks[1]]}, "at least one that is no keyword library"),
        ({"sample": "tiny"}, "no such sample"),
        ({"concurrency": 0}, "Between 1 and 64"),
        ({"a_minute": 0}, "Between 1 and 60000 questions a minute"),
        ({"channel": "third"}, "names no such channel"),
    ):
        with pytest.raises(BadInputError, match=words):
            retest.ask(**changes)
    actions.retire_bank(retest.banks[0], by=cast.gd_tester, at=AT)
    retest.banks[0].refresh_from_db()
    with pytest.raises(BadInputError, match="was retired"):
        retest.ask()
    with pytest.raises(NotNowError, match="retired before"):
        actions.retire_bank(retest.banks[0], by=cast.gd_tester, at=AT)


def test_only_a_tester_in_charge_re_tests_and_only_what_was_ordered(retest, cast):
    asked = {"banks": retest.banks, "channel": "guarded", "model": "m", "sample": "demo"}
    run = retest.ask()
    for person in (cast.gd_reviewer, cast.zj_tester, cast.gd_preparer, cast.auditor):
        with pytest.raises(NotAllowedError):
            actions.ask_retest(retest.application, actions.runs.Asked(**asked), by=person, at=AT)
        with pytest.raises(NotAllowedError):
            actions.stop_run(run, by=person, at=AT)
        with pytest.raises(NotAllowedError):
            bring_in(_as(cast, person))
    other = application_at(ApplicationStatus.IN_REVIEW, cast)
    with pytest.raises(NotNowError, match="No re-test of this application"):
        actions.ask_retest(other, actions.runs.Asked(**asked), by=cast.gd_tester, at=AT)


def _as(cast, person):
    class _Cast:
        organisations = cast.organisations
        gd_tester = person

    return _Cast


def test_banks_are_checked_and_kept_once(retest, cast):
    office = cast.organisations["gd_office"]
    with pytest.raises(BadInputError, match="this very bank already"):
        bring_in(cast)
    for name, data, words in (
        ("bank.exe", b"", "no bank's file"),
        ("bank.jsonl", b'{"bank":"should_refuse"}\n', "not “generated_content”"),
        ("bank.csv", "序号,测试题,一级分类,二级分类\n".encode(), "no questions"),
    ):
        with pytest.raises(BadInputError, match=words):
            actions.add_bank(
                office, file_name=name, data=data, kind="generated_content", by=cast.gd_tester, at=AT
            )


def test_without_a_provider_s_evidence_there_is_nothing_to_compare(retest, channel):
    retest.application.versions.update(report=None)
    run = carry_through(retest.ask(key="channel-secret"))
    assert run.status == RunStatus.DONE
    assert result_of(run) is None


def test_a_shape_that_is_not_known_is_told(retest):
    version = retest.application.versions.get()
    version.report["target"]["shape"] = "unheard-of"
    version.save()
    run = retest.ask(key="channel-secret")
    jobs.work_on(run.pk)
    run.refresh_from_db()
    assert "doesn't say how the channel is asked" in run.failure_text.en


def test_a_journal_that_was_changed_is_not_read(retest, channel):
    run = carry_through(retest.ask(key="channel-secret"))
    journal = Journal(run.pk)
    data = bytearray(journal.path.read_bytes())
    torn = data[:-3]
    whole = journal.read()
    journal.path.write_bytes(torn)
    assert whole.startswith(journal.read())
    data[-1] ^= 1
    journal.path.write_bytes(data)
    with pytest.raises(CouldNotRunError, match="was changed"):
        journal.read()
    journal.path.write_bytes(b"something else\n")
    with pytest.raises(CouldNotRunError, match="no sealed record"):
        journal.read()


def test_a_channel_is_asked_by_one_retest_at_a_time_and_at_the_rate_its_tester_set(retest):
    first, second = retest.ask(a_minute=90), retest.ask(a_minute=90)
    assert [one.questions_a_minute for one in (first, second)] == [90, 90]
    form = AskForm(retest.cast.gd_tester, retest.application)
    assert form.fields["a_minute"].initial == 90
    RetestRun.objects.filter(pk=first.pk).update(status=RunStatus.RUNNING, worker="w", beat_at=now())
    dead = now() - timedelta(minutes=1)
    assert working.claim(second.pk, "other", dead_before=dead, at=now()) is None
    RetestRun.objects.filter(pk=first.pk).update(beat_at=AT)
    assert working.claim(second.pk, "other", dead_before=dead, at=now()) is not None
