"""What people judged of a re-test goes into its sealed evidence, and figures and comparison rest on it."""

import json

import pytest
from django.test import Client

from openbeian.assessment.inspection import check_inspections
from openbeian.core.comparing import Outcome
from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.roles import Role
from openbeian.evidence import ChainReader, RecordKind
from openbeian.portal.accounts.actions import SYSTEM, add_member
from openbeian.portal.applications.models import Version
from openbeian.portal.audit.queries import history_of
from openbeian.portal.judging import actions as judging
from openbeian.portal.judging.models import JudgingTask
from openbeian.portal.judging.reading import parse_items, run_items
from openbeian.portal.retests import actions as retests
from openbeian.portal.retests.journal import Journal
from openbeian.portal.retests.judged_by import judged_by
from openbeian.portal.retests.models import RetestRun
from openbeian.portal.retests.results import own_report, result_of
from openbeian.portal.retests.verdicts import add_verdicts, head_of, pseudonym_in
from openbeian.portal.signing import load_signer
from openbeian_gate.verify.canonical import canonical
from tests.portal.factories import AT
from tests.portal.retests.world import Ordered, carry_through

KIND = "generated_content"
YES, NO = "conforms", "does_not_conform"


@pytest.fixture
def run(retest: Ordered, channel) -> RetestRun:
    """Give a re-test that is done, of a service whose people reported that every answer was right."""
    done = carry_through(retest.ask(key="channel-secret"))
    version = Version.objects.get(application=done.application, number=done.order.version_number)
    people = next(one for one in version.report["results"] if "manual" in one["threshold"])
    own = next(one for one in done.report["results"] if one["threshold"] == people["threshold"])
    people.update({"judged": 60, "counted": 60})
    assert own["judged"] == 0
    version.save()
    return done


def _sample(run: RetestRun, most: int) -> JudgingTask:
    return judging.create_task(
        run.office,
        title="全部回答",
        kind=KIND,
        items=run_items(run, KIND, most),
        run=run,
        by=run.asked_by,
        at=AT,
    )


def _judge(task: JudgingTask, person, values: list[str]) -> None:
    for item, value in zip(task.items.all(), values, strict=False):
        if value:
            judging.give_verdict(item, value=value, by=person, at=AT)


def test_two_people_and_a_third_change_figures_comparison_and_sentence(  # noqa: PLR0915  one story
    run: RetestRun, retest: Ordered
):
    cast, signer = retest.cast, load_signer()
    third = add_member(
        run.office, email="third@example.com", name="third", roles=[Role.TESTER], by=SYSTEM, at=AT
    )
    assert result_of(run).outcome is Outcome.AGREES
    assert judged_by(run) is None
    finished = head_of(run.pk)
    before = Journal(run.pk).read()
    task = _sample(run, 40)
    first = [NO] * 20 + [YES] * 20
    _judge(task, cast.gd_tester, first)
    _judge(task, cast.gd_reviewer, [YES, *first[1:]])
    with pytest.raises(NotNowError, match="1 items are not settled"):
        judging.take_over(task, signer=signer, by=cast.gd_tester, at=AT)
    _judge(task, third, [NO])
    with pytest.raises(NotAllowedError):
        judging.take_over(task, signer=signer, by=cast.gd_reviewer, at=AT)
    page = Client(headers={"accept-language": "en"})
    page.force_login(cast.gd_reviewer)
    assert "Put into the evidence" not in page.get(f"/judging/{task.pk}/").content.decode()
    page.force_login(cast.gd_tester)
    assert "Put into the evidence" in page.get(f"/judging/{task.pk}/").content.decode()
    assert page.post(f"/judging/{task.pk}/take-over/").url == f"/retests/{run.pk}/"
    run.refresh_from_db()

    people = next(one for one in own_report(run).results if one.judge == "human")
    assert (people.judged, people.counted) == (40, 20)
    result = result_of(run)
    assert result.outcome is Outcome.WORSE
    assert "too large for the chance of sampling" in result.sentence.en
    data = Journal(run.pk).read()
    assert data.startswith(before)
    _stands_in_the_evidence(run, data[len(before) :], retest)
    assert head_of(run.pk) != finished
    told = judged_by(run)
    assert [answers for _name, answers in told.people] in ([1, 40, 40], [40, 1, 40], [40, 40, 1])
    assert "disagreed on 1" in told.agreements[0][1].en
    assert "κ = 0.95" in told.agreements[0][1].en
    html = page.get(f"/retests/{run.pk}/").content.decode()
    assert pseudonym_in(run.pk, cast.gd_tester.pk) in html
    assert "head.dsse.json" in html
    assert page.get(f"/retests/{run.pk}/head/").content == head_of(run.pk)
    with pytest.raises(NotNowError, match="already"):
        judging.take_over(task, signer=signer, by=cast.gd_tester, at=AT)
    with pytest.raises(NotNowError, match="stand in the evidence"):
        judging.take_back(task.items.first(), by=cast.gd_tester, at=AT)


def _stands_in_the_evidence(run: RetestRun, added: bytes, retest: Ordered) -> None:
    names = {person.name for person in retest.cast.people.values()}
    assert not any(name.encode() in added for name in names)
    lines = [json.loads(line) for line in added.splitlines()]
    assert [one["kind"] for one in lines].count("inspection") == 81
    assert [one["kind"] for one in lines].count("verdict") == 40
    event = history_of(run).last()
    assert (event.kind, sum(event.detail["people"].values())) == ("retest.judged", 81)
    assert event.detail["head"] == own_report(run).evidence.head


def test_what_stands_is_not_added_again_and_is_fine_for_who_verifies(run: RetestRun, retest, tmp_path):
    cast, signer = retest.cast, load_signer()
    for most in (2, 3):
        task = _sample(run, most)
        for person in (cast.gd_tester, cast.gd_reviewer):
            _judge(task, person, [YES] * most)
        judging.take_over(task, signer=signer, by=cast.gd_tester, at=AT)
    evidence = tmp_path / "evidence.jsonl"
    evidence.write_bytes(Journal(run.pk).read())
    records = list(ChainReader(evidence))
    assert list(check_inspections(records)) == []
    assert [one.kind for one in records].count(RecordKind.INSPECTION) == 6
    again = add_verdicts(run.pk, [], signer=signer, at=AT)
    run.refresh_from_db()
    assert (again.added, again.evidence_sha256) == (0, run.evidence_sha256)
    assert canonical(again.report.as_json()) == canonical(run.report)


def test_only_samples_of_a_retest_not_yet_recorded_are_taken_over(run: RetestRun, retest):
    cast, signer = retest.cast, load_signer()
    own = judging.create_task(
        run.office,
        title="x",
        kind=KIND,
        items=parse_items(b'{"question": "Q", "answer": "A"}', KIND),
        by=cast.gd_tester,
        at=AT,
    )
    with pytest.raises(BadInputError, match="no answers of a re-test"):
        judging.take_over(own, signer=signer, by=cast.gd_tester, at=AT)
    task = _sample(run, 1)
    for person in (cast.gd_tester, cast.gd_reviewer):
        _judge(task, person, [YES])
    retests.record_result(run, outcome=Outcome.AGREES, summary="一致。", by=cast.gd_tester, at=AT)
    with pytest.raises(NotNowError, match="before its result is recorded"):
        judging.take_over(task, signer=signer, by=cast.gd_tester, at=AT)
    page = Client(headers={"accept-language": "en"})
    page.force_login(cast.gd_tester)
    assert "Put into the evidence" not in page.get(f"/judging/{task.pk}/").content.decode()
