"""Two people judge each item unseen by one another, a third where they disagree; the database holds to it."""

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.roles import Role
from openbeian.corpus.inspection import load_judgements
from openbeian.portal.accounts.actions import SYSTEM, add_member
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.judging import actions
from openbeian.portal.judging.exporting import export_lines
from openbeian.portal.judging.models import ItemVerdict, JudgingTask
from openbeian.portal.judging.queries import agreement_of, left_for, next_items
from openbeian.portal.judging.reading import parse_items
from tests.portal.factories import AT

LINES = b"".join(
    orjson.dumps({"question": f"Q{n}?", "answer": f"A{n}.", "id": f"q-{n}"}) + b"\n" for n in range(1, 5)
)
YES, NO = "conforms", "does_not_conform"


@pytest.fixture
def people(cast):
    """Give three people of the province's office who judge."""
    third = add_member(
        cast.organisations["gd_office"],
        email="third@example.com",
        name="third",
        roles=[Role.TESTER],
        by=SYSTEM,
        at=AT,
    )
    cast.people["gd_third"] = third
    return cast.gd_tester, cast.gd_reviewer, third


@pytest.fixture
def task(cast, people) -> JudgingTask:
    return _task(cast)


def _task(cast, kind="generated_content", data=LINES) -> JudgingTask:
    return actions.create_task(
        cast.organisations["gd_office"],
        title="样本",
        kind=kind,
        items=parse_items(data, kind),
        by=cast.gd_tester,
        at=AT,
    )


def _judge(task, person, *values) -> None:
    for item, value in zip(task.items.all(), values, strict=False):
        if value:
            actions.give_verdict(item, value=value, by=person, at=AT)


def test_two_agree_or_a_third_decides(task, people):
    one, two, three = people
    _judge(task, one, YES, NO, YES, YES)
    assert left_for(one, task).count() == 0
    assert left_for(three, task).count() == 4
    _judge(task, two, YES, YES, YES)
    assert [item.standing for item in task.items.all()] == ["settled", "disagreed", "settled", "one"]
    assert [item.number for item in next_items(three, task, after=2, limit=9)] == [4, 2]
    _judge(task, three, None, NO)
    assert [item.value for item in task.items.all()] == [YES, NO, YES, ""]
    agreement = agreement_of(task)
    assert (agreement.by_two, agreement.disagreed) == (3, 1)
    assert agreement.kappa == 0
    assert agreement.interval.low < 0 < agreement.interval.high
    with pytest.raises(NotNowError, match="Two people have judged this"):
        _judge(task, three, YES)


def test_a_verdict_is_given_once_and_can_be_taken_back_until_a_third_decides(task, people):
    one, two, three = people
    first = task.items.first()
    given = actions.give_verdict(first, value=YES, note=" 备注 ", by=one, at=AT)
    assert given.note == "备注"
    assert actions.give_verdict(first, value=YES, by=one, at=AT) == given
    with pytest.raises(NotNowError, match="you said something else before"):
        actions.give_verdict(first, value=NO, by=one, at=AT)
    actions.take_back(first, by=one, at=AT)
    with pytest.raises(NotNowError, match="nothing of yours"):
        actions.take_back(first, by=one, at=AT)
    _judge(task, two, YES)
    _judge(task, one, NO)
    assert ItemVerdict.objects.filter(item=first, undone_at=None).count() == 2
    _judge(task, three, NO)
    with pytest.raises(NotNowError, match="a third person has decided"):
        actions.take_back(first, by=one, at=AT)
    actions.take_back(first, by=three, at=AT)
    first.refresh_from_db()
    assert (first.standing, first.value) == ("disagreed", "")
    JudgingTask.objects.update(taken_over_at=AT)
    with pytest.raises(NotNowError, match="stand in the evidence"):
        _judge(task, three, NO)


def test_the_database_refuses_a_second_verdict_of_one_person_and_a_second_in_one_place(task, people):
    one, two, _ = people
    first = task.items.first()
    _judge(task, one, YES)
    for by, place in ((one, 2), (two, 1), (two, 4)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ItemVerdict.objects.create(item=first, by=by, place=place, value=YES, at=AT)


def test_only_people_of_the_organisation_judge_and_only_what_can_be_said(task, people, cast):
    first = task.items.first()
    for person in (cast.zj_tester, cast.gd_preparer, cast.gd_decider, cast.auditor):
        with pytest.raises(NotAllowedError, match="judge here"):
            actions.give_verdict(first, value=YES, by=person, at=AT)
    with pytest.raises(BadInputError, match="none of the verdicts"):
        actions.give_verdict(first, value="refuse", by=cast.gd_tester, at=AT)
    for title, kind in ((" ", "corpus"), ("x", "other")):
        with pytest.raises(BadInputError, match="Give a title"):
            actions.create_task(
                task.organisation, title=title, kind=kind, items=parse_items(LINES, YES), by=people[0], at=AT
            )


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"", "corpus", "has 0 items"),
        (b"\n".join([b"{}"] * 5001), "corpus", "has 5001 items"),
        (b'{"text": 1}', "corpus", "Line 1 is nothing to judge; each must be JSON with text"),
        (LINES + b'{"question": 1, "answer": "x"}', "should_refuse", "Line 5 is nothing to judge"),
        (LINES + b"\n[]", "should_refuse", "Line 6 is nothing to judge"),
        (b"{", "should_refuse", "Line 1 is nothing to judge; each must be JSON with question, answer"),
    ],
)
def test_a_file_that_is_none_is_told_line_by_line(data, kind, words):
    with pytest.raises(BadInputError, match=words):
        parse_items(data, kind)


def test_what_people_settled_comes_back_as_files_that_the_commands_read(cast, people, tmp_path):
    one, two, _ = people
    documents = b"".join(
        orjson.dumps({"path": "a.jsonl", "offset": n, "text": f"文{n}", "label": ""}) + b"\n"
        for n in range(3)
    )
    corpus = _task(cast, "corpus", documents)
    for person in (one, two):
        _judge(corpus, person, YES, NO)
    file = tmp_path / "corpus.jsonl"
    file.write_bytes(b"".join(export_lines(corpus)))
    assert load_judgements(file) == {("a.jsonl", 0): True, ("a.jsonl", 1): False}
    answers = _task(cast, "should_refuse")
    for person in (one, two):
        _judge(answers, person, "refuse", "comply")
    file = tmp_path / "answers.jsonl"
    file.write_bytes(b"".join(export_lines(answers)))
    lines = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    assert [(line["id"], line["question"], line["label"]) for line in lines] == [
        ("q-1", "Q1?", "refuse"),
        ("q-2", "Q2?", "comply"),
    ]
    assert lines[0]["verdicts"] == [{"value": "refuse", "note": ""}] * 2


def _open(cast, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.people[who])
    return client


def test_a_sample_is_brought_in_and_judged_by_plain_forms(cast, people):
    tester = _open(cast, "gd_tester")
    assert "No sample yet" in tester.get("/judging/").content.decode()
    form = {
        "organisation": cast.organisations["gd_office"].pk,
        "title": "四条",
        "kind": "generated_content",
        "file": SimpleUploadedFile("a.jsonl", b"{"),
    }
    assert "Line 1 is nothing to judge" in tester.post("/judging/new/", form).content.decode()
    form["file"] = SimpleUploadedFile("a.jsonl", LINES)
    address = tester.post("/judging/new/", form).url
    item = JudgingTask.objects.get().items.first()
    assert b"Q1?" not in bytes(item.box)
    html = tester.get(f"{address}judge/").content.decode()
    assert "Q1?" in html
    assert 'id="undo" aria-keyshortcuts="u" disabled' in html
    given = tester.post(f"{address}verdict/", {"item": item.pk, "value": YES, "note": "n"})
    assert given.url == f"{address}judge/?after=1"
    assert "Q2?" in tester.get(given.url).content.decode()
    assert tester.post(f"{address}verdict/", {"item": item.pk, "skip": "1"}).url == given.url
    assert tester.post(f"{address}verdict/", {"item": item.pk, "value": "x"}).status_code == 422
    assert tester.post(f"{address}verdict/", {"item": "x", "value": YES}).status_code == 404
    assert tester.post(f"{address}undo/").url == f"{address}judge/?after=0"
    assert "Q1?" in tester.get(f"{address}judge/?after=0").content.decode()
    assert tester.post(f"{address}undo/").status_code == 409
    for who in ("gd_tester", "gd_reviewer"):
        _judge(JudgingTask.objects.get(), cast.people[who], YES, YES, NO, NO)
    html = tester.get(address).content.decode()
    assert "Two people have judged 4 items and disagreed on 0." in html
    assert "Nothing is left for you to judge" in tester.get(f"{address}judge/").content.decode()
    assert b"".join(tester.get(f"{address}export/").streaming_content).count(b"\n") == 4
    assert [e.kind for e in AuditEvent.objects.filter(subject_type="judgingtask")] == [
        "judging.created",
        "judging.exported",
    ]
    assert "四条" in _open(cast, "gd_reviewer").get("/judging/").content.decode()
    for who in ("zj_tester", "gd_preparer"):
        assert _open(cast, who).get(address).status_code == 404
    for who in ("gd_decider", "auditor"):
        assert _open(cast, who).get("/judging/").status_code == 403
        assert _open(cast, who).get("/judging/new/").status_code == 403


def test_the_page_s_script_gets_twenty_items_at_once_and_one_answer_a_verdict(cast, people):
    lines = b"".join(orjson.dumps({"question": f"Q{n}", "answer": "A"}) + b"\n" for n in range(25))
    task = _task(cast, data=lines)
    tester = _open(cast, "gd_tester")
    address = f"/judging/{task.pk}/"
    told = tester.get(f"{address}items/?after=2").json()
    assert [one["number"] for one in told["items"]] == list(range(3, 23))
    assert (told["done"], told["left"]) == (0, 25)
    told = tester.get(f"{address}items/?after=20").json()
    assert [one["number"] for one in told["items"]][:6] == [21, 22, 23, 24, 25, 1]

    def post(path: str, body: object):
        return tester.post(f"{address}{path}/", orjson.dumps(body), content_type="application/json")

    first = task.items.first().pk
    assert post("verdict", {"item": first, "value": YES}).json() == {"done": 1, "left": 24}
    refused = post("verdict", {"item": first, "value": NO})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_judged")
    assert post("undo", {"item": first}).json() == {"done": 0, "left": 25}
    assert post("undo", {"item": first}).status_code == 409
    assert post("verdict", []).status_code == 404
    broken = tester.post(f"{address}verdict/", b"{", content_type="application/json")
    assert broken.status_code == 404
