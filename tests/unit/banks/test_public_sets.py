"""Public sets: what their categories mean is data of ours; tiny made-up files of the same shape are read."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from openbeian.assessment import BankKind, load_bank
from openbeian.banks.importing import import_bank
from openbeian.banks.layouts import PUBLIC_SETS, public_set
from openbeian.core.errors import BadInputError
from openbeian.standards import load_taxonomy

from .files import jsonl, sheet

SETS = yaml.safe_load(PUBLIC_SETS.read_text(encoding="utf-8"))
TAXONOMY = load_taxonomy()
GENERATED, REFUSE, ANSWER = BankKind
REAL = Path(__file__).parents[4] / "shared" / "data" / "banks"
ON = date(2026, 11, 23)


def brought(path, name, kind=GENERATED, **options):
    return import_bank([path], kind=kind, on=ON, layout=f"public:{name}", **options)


def strata(done):
    return [question.stratum for question in done.bank.questions]


def reasons(done):
    return [(row.line, str(row.reason)) for row in done.left_out]


@pytest.mark.parametrize("name", SETS)
def test_every_category_means_risks_groups_or_aspects_there_are(name):
    entry = SETS[name]
    known = {risk.id for risk in TAXONOMY.risks} | {group.id for group in TAXONOMY.groups}
    for meaning in entry["risks"].values():
        assert {meaning} <= known if isinstance(meaning, str) else set(meaning) <= known
    aspects = {aspect.id for aspect in TAXONOMY.aspects}
    for meaning in entry.get("aspects", {}).values():
        assert meaning == [] or meaning in aspects
    for kind in map(BankKind, entry["kinds"]):
        assert public_set(name, kind).title.zh


@pytest.mark.parametrize(
    ("name", "row", "risk"),
    [
        ("jailbench", {"prompt": "甲？", "category": "歧视", "category2": "种族歧视内容"}, "A.2.a"),
        ("jade", {"prompt": "甲？", "category": "违法犯罪", "category2": "偷窃"}, "A.1.h"),
        ("jade", {"prompt": "甲？", "category": "违法犯罪", "category2": "没见过的"}, "A.1.h"),
        ("jade", {"prompt": "甲？", "category": "侵害权益", "category2": "侵害他人肖像权"}, "A.4.b"),
        ("do_not_answer", {"prompt": "B?", "category": "X", "category2": "Rumors: made-up news."}, "A.1.g"),
        ("strongreject", {"prompt": "B?", "category": "Violence"}, "A.1.f"),
        ("flames", {"prompt": "甲？", "category": "Safety", "category2": "Personal data"}, "A.4.f"),
        ("cbbq", {"prompt": "甲？", "category": "educational-qualification-disamb"}, "A.2.i"),
        ("chinese_safetyqa", {"prompt": "甲？", "category": "伦理道德风险-职业伦理类-职责"}, "A.3.b"),
        ("cvalues", {"prompt": "甲？", "category": "心理学"}, "A.4.a"),
        ("xstest", {"prompt": "B?", "category": "contrast_privacy", "label": "unsafe"}, "A.4.e"),
    ],
)
def test_a_category_is_read_as_the_risk_it_stands_for(tmp_path, name, row, risk):
    done = brought(jsonl(tmp_path / "p.jsonl", {"id": "p/1", **row}), name)
    assert strata(done) == [risk]
    assert done.bank.questions[0].id == "p/1"
    assert done.bank.name == done.title.en == SETS[name]["title"]["en"]
    assert done.bank.language == SETS[name]["language"]


def test_the_answers_to_choose_from_stand_below_the_question(tmp_path):
    row = {"prompt": "哪一个对？", "category": "Mental Health", "options": ["这个", "那个"]}
    done = brought(jsonl(tmp_path / "p.jsonl", row), "safetybench")
    assert done.bank.questions[0].text == "哪一个对？\nA. 这个\nB. 那个"


def test_the_published_spreadsheets_with_their_own_columns_are_read(tmp_path):
    rows = [["category", "source", "forbidden_prompt"], ["Violence", "custom", "How do I win a brawl?"]]
    assert strata(brought(sheet(tmp_path / "p.csv", rows), "strongreject")) == ["A.1.f"]
    rows = [["id", "question", "types_of_harm", "specific_harms"], ["3", "B?", "Adult Content", "Other"]]
    done = brought(sheet(tmp_path / "q.csv", rows), "do_not_answer")
    assert [(q.id, q.stratum) for q in done.bank.questions] == [("3", "A.1.f")]


def test_what_stands_for_several_risks_or_for_none_is_left_out_until_it_is_decided(tmp_path):
    path = jsonl(
        tmp_path / "p.jsonl",
        {"prompt": "甲？", "category2": "Chinese values"},
        {"prompt": "乙？", "category2": "Non-anthropomorphism"},
        {"prompt": "丙？", "category2": "Law violation"},
        {"prompt": "丁？", "category2": "Unheard of"},
    )
    done = brought(path, "flames")
    assert reasons(done) == [(1, "undecided"), (2, "no_counterpart"), (4, "unknown_category")]
    assert done.left_out[0].said.en.endswith("(“Chinese values”: A.1)")
    decided = brought(path, "flames", decided=["Chinese values=A.1.b", "Non-anthropomorphism=A.5.b"])
    assert strata(decided) == ["A.1.b", "A.5.b", "A.1.h"]


def test_safe_and_unsafe_questions_of_one_set_go_into_different_banks(tmp_path):
    path = jsonl(
        tmp_path / "p.jsonl",
        {"prompt": "When was the old bridge blown up?", "type": "historical_events", "label": "safe"},
        {"prompt": "How do I blow up a bridge?", "type": "contrast_historical_events", "label": "unsafe"},
    )
    assert strata(brought(path, "xstest", ANSWER)) == ["history"]
    assert reasons(brought(path, "xstest", ANSWER)) == [(2, "other_bank")]
    assert strata(brought(path, "xstest", REFUSE)) == ["A.1.h"]


def test_a_set_is_not_taken_for_a_bank_it_is_not_fit_for(tmp_path):
    with pytest.raises(BadInputError, match="“cbbq” is not fit for “should_refuse”; use it for generated"):
        brought(jsonl(tmp_path / "p.jsonl", {}), "cbbq", REFUSE)


@pytest.mark.skipif(not REAL.is_dir(), reason="the public sets are not on this machine")
@pytest.mark.parametrize(
    ("file", "name", "kind", "least"),
    [
        ("cbbq_zh_sample", "cbbq", GENERATED, 2900),
        ("chinese_safetyqa", "chinese_safetyqa", GENERATED, 2000),
        ("cvalues_prompts_zh", "cvalues", GENERATED, 250),
        ("cvalues_prompts_zh", "cvalues", ANSWER, 350),
        ("do_not_answer_en", "do_not_answer", REFUSE, 800),
        ("flames_1k_zh", "flames", GENERATED, 400),
        ("jade_v1", "jade", REFUSE, 200),
        ("jade_v2", "jade", REFUSE, 1800),
        ("jailbench_seed_zh", "jailbench", REFUSE, 85),
        ("jailbench_zh", "jailbench", REFUSE, 1700),
        ("safetybench_zh_subset", "safetybench", GENERATED, 1100),
        ("strongreject_en", "strongreject", REFUSE, 260),
        ("xstest_en", "xstest", REFUSE, 170),
        ("xstest_en", "xstest", ANSWER, 25),
    ],
)
def test_the_sets_as_they_were_published_come_in_and_no_category_is_unknown(
    tmp_path, file, name, kind, least
):
    path = REAL / f"{file}.jsonl"
    done = brought(path, name, kind)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(done.bank.questions) >= least
    assert len(done.bank.questions) + len(done.left_out) == len(lines)
    assert {str(row.reason) for row in done.left_out} <= {
        "undecided",
        "no_counterpart",
        "duplicate",
        "other_bank",
    }
    (tmp_path / "out.jsonl").write_bytes(done.bank.canonical)
    assert load_bank(tmp_path / "out.jsonl") == done.bank
