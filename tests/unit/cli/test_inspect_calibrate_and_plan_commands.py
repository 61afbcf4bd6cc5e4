"""`beian assess inspect`, `calibrate`, `plan` and `run --stop-early` as a provider meets them."""

import json

import pytest
from openpyxl import load_workbook

from tests.simulators.judges import qwen3guard
from tests.simulators.llm import LLMSimulator, Reply
from tests.unit.cli.test_assess_command import OPTIONS, careless, service


@pytest.fixture(scope="module")
def assessed(tmp_path_factory):
    """Assess once, signed, and return the files."""
    import asyncio

    from typer.testing import CliRunner

    from openbeian.cli.app import app

    folder = tmp_path_factory.mktemp("runs")
    with LLMSimulator(service) as target:
        words = ["assess", "run", "--target", target.url, "--out", folder / "one", *OPTIONS]
        done = CliRunner().invoke(app, [str(word) for word in [*words, "--sign-key", folder / "key.pem"]])
    asyncio.set_event_loop_policy(None)
    assert done.exit_code == 0, done.output
    return {path.name: path.read_bytes() for path in (*(folder / "one").iterdir(), folder / "key.pem")}


@pytest.fixture
def out(assessed, tmp_path):
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    for name, data in assessed.items():
        (tmp_path / name if name == "key.pem" else folder / name).write_bytes(data)
    return folder


def fill(path, says):
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    for row in range(2, page.max_row + 1):
        page.cell(row, 6).value = says(int(page.cell(row, 1).value))
    workbook.save(path)


def bad(*numbers):
    return lambda number: "不合格" if number in numbers else "合格"


def test_two_people_and_a_third_from_sheet_to_report(out, beian, tmp_path):
    key = ("--sign-key", tmp_path / "key.pem")
    for name, says in (("Li Lei", bad(2, 3)), ("Han Meimei", bad(3))):
        path = tmp_path / f"{name}.xlsx"
        exported = beian("assess", "inspect", "export", out, "--to", path)
        assert exported.exit_code == 0
        assert "62 answers" in exported.stdout
        fill(path, says)
        done = beian("assess", "inspect", "import", out, path, "--by", name, *key)
        assert done.exit_code == 0, done.output
        assert "62 new verdicts" in done.stdout
    assert b"Li Lei" not in (out / "evidence.jsonl").read_bytes()
    assert json.loads((out / "inspectors.json").read_bytes())["people"].popitem()[1] in {
        "Li Lei",
        "Han Meimei",
    }
    shown = beian("assess", "inspect", "status", out)
    assert "disagreed on 1, 1 of them waiting for a third; settled 61; κ = 0.66" in shown.stdout

    third = tmp_path / "third.xlsx"
    listed = beian("assess", "inspect", "export", out, "--to", third, "--disputed", "--json")
    assert json.loads(listed.stdout)["answers"] == 1
    fill(third, bad(2))
    done = beian("assess", "inspect", "import", out, third, "--by", "Jim Green", *key, "--json")
    assert json.loads(done.stdout)["settled"] == 1
    status = json.loads(beian("assess", "inspect", "status", out, "--json").stdout)
    assert (status[0]["settled"], status[0]["open"], status[0]["people"]) == (62, 0, 3)
    assert beian("assess", "verify", out).exit_code == 0
    report = json.loads(beian("assess", "report", out, "--json").stdout)
    (people,) = [one for one in report["results"] if one["judge"] == "human"]
    assert people["verdicts"] == {"conforms": 60, "does_not_conform": 2}


def test_what_people_settled_measures_the_classifier(out, beian, tmp_path):
    key = ("--sign-key", tmp_path / "key.pem")
    path = tmp_path / "both.xlsx"
    beian("assess", "inspect", "export", out, "--to", path)
    fill(path, bad(2))
    for name in ("Li Lei", "Han Meimei"):
        assert beian("assess", "inspect", "import", out, path, "--by", name, *key).exit_code == 0
    measured = beian("assess", "calibrate", out, "--judge", "harm", *key)
    assert measured.exit_code == 0, measured.output
    assert "62 labels" in measured.stdout
    assert "Corrected" in measured.stdout
    file = json.loads((out / "calibration.classifier.json").read_bytes())
    assert file["answers"] == 62
    assert beian("assess", "verify", out).exit_code == 0


def test_label_studio_tasks_come_with_their_interface_and_only_the_first_of_the_draw(out, beian, tmp_path):
    to = tmp_path / "tasks.json"
    options = ("--bank", "should_refuse", "--sample", "10", "--json")
    done = beian("assess", "inspect", "export", out, "--to", to, *options)
    assert json.loads(done.stdout)["files"] == [str(to), str(to.with_suffix(".xml"))]
    tasks = json.loads(to.read_bytes())
    assert [task["data"]["number"] for task in tasks] == [str(n) for n in range(1, 11)]
    again = beian("assess", "inspect", "export", out, "--to", to)
    assert again.exit_code == 2
    assert "somebody may have filled it in" in " ".join(again.stderr.split())


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        (("inspect", "export", "{out}", "--to", "{tmp}/x.docx"), (2, "of no kind that is exported")),
        (("inspect", "export", "{out}", "--to", "{tmp}/no/x.xlsx"), (3, "can't be written")),
        (("inspect", "export", "{out}", "--to", "{tmp}/x.xlsx", "--disputed"), (2, "no such answers")),
        (("inspect", "export", "{tmp}", "--to", "{tmp}/x.xlsx"), (2, "no evidence.jsonl")),
        (("inspect", "status", "{tmp}"), (2, "no evidence.jsonl")),
        (("inspect", "import", "{out}", "{tmp}/none.xlsx", "--by", "Li"), (2, "can't be read")),
        (("calibrate", "{out}", "--judge", "oracle"), (2, "can't be calibrated")),
        (("calibrate", "{out}", "--judge", "refusal", "--sign-key", "{tmp}/key.pem"), (2, "No answer that")),
        (("calibrate", "{out}", "--judge", "refusal", "--to", "{tmp}/no/x"), (3, "no such directory")),
        (("calibrate", "{out}", "--judge", "llm=http://127.0.0.1:9/v1#m"), (2, "write --judge llm, and")),
        (("plan", "--true-rate", "0.9"), (2, "together with --rate")),
        (("plan", "--rate", "95"), (2, "write it as a decimal")),
        (("plan", "--rate", "0.95", "--true-rate", "0.9"), (2, "must lie above")),
    ],
)
def test_wrong_use_is_one_sentence(out, beian, tmp_path, words, ends):
    code, said = ends
    done = beian("assess", *(word.format(out=out, tmp=tmp_path) for word in words))
    assert done.exit_code == code
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.output


def test_rows_not_filled_in_are_named_and_the_signature_is_not_broken(out, beian, tmp_path):
    path = tmp_path / "li.xlsx"
    beian("assess", "inspect", "export", out, "--to", path, "--sample", "3")
    fill(path, lambda number: None if number == 2 else "合格")
    refused = beian("assess", "inspect", "import", out, path, "--by", "Li Lei")
    assert refused.exit_code == 2
    assert "--sign-key" in refused.stderr
    key = ("--sign-key", tmp_path / "key.pem")
    done = beian("assess", "inspect", "import", out, path, "--by", "Li Lei", *key)
    assert "Not filled in yet: line 3" in done.stderr
    assert "2 new verdicts" in done.stdout


def test_labelled_answers_calibrate_a_judge_without_a_run(beian, tmp_path):
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "question,answer,label\n"
        "How?,\"I'm sorry, but I can't help with that.\",refuse\n"
        "Who?,It was him.,comply\n"
    )
    done = beian("assess", "calibrate", answers, "--judge", "refusal", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == json.loads((tmp_path / "answers.calibration.refusal.json").read_bytes())


def test_labelled_answers_calibrate_a_guard_behind_an_address(beian, llm, tmp_path):
    guard, answers = llm(qwen3guard("weapon")), tmp_path / "answers.csv"
    answers.write_text("question,answer,label\nHow?,Buy a weapon.,不合格\nWho?,It was him.,合格\n", "utf-8")
    spec = f"classifier={guard.url}#Qwen3Guard-Gen-4B"
    done = beian("assess", "calibrate", answers, "--judge", spec, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told == json.loads((tmp_path / "answers.calibration.classifier.json").read_bytes())
    assert told["judge"]["version"].startswith("qwen3guard:Qwen3Guard-Gen-4B:")
    dead = beian("assess", "calibrate", answers, "--judge", "classifier=http://127.0.0.1:9/v1#qwen3guard")
    assert dead.exit_code == 3
    assert "can't be reached" in dead.stderr


@pytest.mark.parametrize(
    ("options", "questions"),
    [
        (("--rate", "0.95", "--true-rate", "0.98"), [300]),
        (("--rate", "0.9", "--true-rate", "0.95", "--confidence", "0.99", "--power", "0.8"), [1000]),
        (("--rate", "0.05", "--true-rate", "0.02", "--at-most"), [300]),
        (("--rate", "0.8", "--true-rate", "0.9"), [112]),
        (("--rate", "0.95", "--questions", "500"), [500]),
        (("--rate", "0.7"), []),
        (("--profile", "demo"), [62, 102, 130]),
        ((), [1000, 300, 300]),
    ],
)
def test_a_plan_says_how_many_questions_and_what_chances(beian, options, questions):
    found = json.loads(beian("assess", "plan", *options, "--json").stdout)
    assert [one["questions"] for one in found["samples"]] == questions
    assert (found["needed"] is not None) == ("--true-rate" in options)
    shown = beian("assess", "plan", *options)
    assert shown.exit_code == 0
    assert shown.stdout.count("Chance to pass") == len(questions)
    assert ("To show better than" in shown.stdout) == ("--true-rate" in options)


def test_a_run_may_stop_when_it_is_lost(beian, llm, tmp_path, monkeypatch):
    monkeypatch.setattr("openbeian.assessment.judging._BATCH", 4)

    def slowly(question, number):
        return Reply(careless(question, number).text, delay_s=0.01)

    out = tmp_path / "run"
    words = ("assess", "run", "--target", llm(slowly).url, "--out", out, *OPTIONS, "--concurrency", "4")
    done = beian(*words, "--stop-early", "certain")
    assert done.exit_code == 1
    assert "stopped early: bounds" in done.stdout
    wrong = beian(*words, "--stop-early", "soon")
    assert wrong.exit_code == 2
    assert "no rule for stopping" in wrong.stderr
