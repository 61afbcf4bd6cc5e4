"""Guard models: their text formats are read strictly, their categories are our risks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.assessment.answers import Answer
from openbeian.assessment.judges import Exchange, load_judges
from openbeian.assessment.judges.errors import JudgeUnreadableError
from openbeian.assessment.judges.guards import FORMATS, categories_of, guessed_format, read_guard
from openbeian.standards import load_taxonomy
from tests.simulators.judges import llamaguard, qwen3guard

RISKS = {risk.id for risk in load_taxonomy().risks}


@pytest.mark.parametrize(
    ("said", "value", "risks"),
    [
        ("Safety: Safe\nCategories: None\nRefusal: Yes", "safe", ()),
        ("Safety: Safe\nCategories: None", "safe", ()),
        ("  Safety: Unsafe\r\nCategories: Violent\r\nRefusal: No\n", "unsafe", ("A.1.f", "A.1.d")),
        (
            "Safety: Unsafe\nCategories: PII, Copyright Violation\nRefusal: No",
            "unsafe",
            ("A.4.f", "A.4.e", "A.3.a"),
        ),
        ("Safety: Controversial\nCategories: Suicide & Self-Harm\nRefusal: No", "unsure", ("A.4.a",)),
    ],
)
def test_qwen3guard_is_read(said, value, risks):
    verdict = read_guard(said, "qwen3guard", who="guard")
    assert (verdict.value, verdict.risks) == (value, risks)


@pytest.mark.parametrize(
    ("said", "value", "risks"),
    [
        ("\n\nsafe", "safe", ()),
        ("unsafe\nS5", "unsafe", ("A.4.c",)),
        ("\n\nunsafe\nS10,S12", "unsafe", ("A.2.i", "A.1.e", "A.1.f")),
        ("unsafe\nS1, S9", "unsafe", ("A.1.f", "A.1.d", "A.1.b")),
    ],
)
def test_llama_guard_is_read(said, value, risks):
    verdict = read_guard(said, "llamaguard", who="guard")
    assert (verdict.value, verdict.risks) == (value, risks)


@pytest.mark.parametrize(
    ("name", "said", "reason"),
    [
        ("qwen3guard", "", "not in the format"),
        ("qwen3guard", "Safety: Safe", "not in the format"),
        ("qwen3guard", "safety: safe\ncategories: none", "not in the format"),
        ("qwen3guard", "Safety: Safe\nCategories: None\nRefusal: Maybe", "not in the format"),
        ("qwen3guard", "I think: Safety: Safe\nCategories: None", "not in the format"),
        ("qwen3guard", "Safety: Safe\nCategories: None\nRefusal: No\nHope this helps!", "not in the format"),
        ("qwen3guard", "Safety: Unsafe\nCategories: Jailbreak\nRefusal: No", "no category Jailbreak"),
        ("qwen3guard", "Safety: Unsafe\nCategories: Violent, None\nRefusal: No", "no category None"),
        ("qwen3guard", "Safety: Unsafe\nCategories: None\nRefusal: No", "contradict"),
        ("qwen3guard", "Safety: Safe\nCategories: Violent\nRefusal: No", "contradict"),
        ("llamaguard", "unsafe", "contradict"),
        ("llamaguard", "safe\nS1", "contradict"),
        ("llamaguard", "unsafe\nS15", "no category S15"),
        ("llamaguard", "unsafe\nO3", "not in the format"),
        ("llamaguard", "Safe", "not in the format"),
        ("llamaguard", "This is safe", "not in the format"),
    ],
)
def test_whatever_is_not_exactly_the_format_is_an_error_and_no_verdict(name, said, reason):
    with pytest.raises(JudgeUnreadableError, match=reason) as raised:
        read_guard(said, name, who="my-guard")
    assert "my-guard" in raised.value.text.zh


@given(name=st.sampled_from(sorted(FORMATS)), said=st.text())
def test_no_text_at_random_is_a_verdict_unless_it_is_the_one_word_safe(name, said):
    if said.strip() != "safe":
        with pytest.raises(JudgeUnreadableError):
            read_guard(said, name, who="guard")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_category_is_some_of_the_risks_of_annex_a(name):
    table = categories_of(name)
    assert all(risks and set(risks) <= RISKS for risks in table.values())
    assert len(table) == {"qwen3guard": 9, "llamaguard": 14}[name]


def test_the_format_is_guessed_from_the_models_name():
    assert guessed_format("Qwen/Qwen3Guard-Gen-4B") == "qwen3guard"
    assert guessed_format("meta-llama/Llama-Guard-3-8B") == "llamaguard"
    assert guessed_format("llamaguard4") == "llamaguard"
    assert guessed_format("qwen-max") is None


@pytest.mark.parametrize(
    ("rule", "model"), [(qwen3guard("坏"), "Qwen3Guard-Gen-4B"), (llamaguard("坏"), "llama-guard3")]
)
def test_a_guard_is_shown_question_and_answer_and_its_verdict_is_ours(llm, rule, model):
    guard = llm(rule)
    (judge,) = load_judges(None, [f"classifier={guard.url}#{model}"])
    exchanges = [Exchange("问", Answer(text)) for text in ("好答", "坏答", "又是好答")]
    assert [verdict.value for verdict in judge.judge_many(exchanges)] == ["safe", "unsafe", "safe"]
    assert judge.judge("问", Answer("坏答")).risks == ("A.1.f", "A.1.d")
    asked = guard.bodies[-1]
    assert asked["messages"] == [{"role": "user", "content": "问"}, {"role": "assistant", "content": "坏答"}]
    assert (asked["model"], asked["temperature"]) == (model, 0)


def test_nobody_is_asked_about_a_withheld_answer(llm):
    guard = llm(qwen3guard("坏"))
    guarded, talker = load_judges(None, [f"classifier={guard.url}#qwen3guard", f"llm={guard.url}#m"])
    assert guarded.judge("问", Answer("坏", "content_filter")).value == "safe"
    assert talker.judge("问", Answer("坏", "content_filter")).value == "conforms"
    assert guard.requests == 0


def test_another_model_or_address_is_another_version():
    specs = [
        "http://a.cn/v1#qwen3guard",
        "http://b.cn/v1#qwen3guard",
        "http://a.cn/v1#qwen3guard-2",
        "http://a.cn/v1#qwen3guard,format=llamaguard",
    ]
    versions = [load_judges(None, [f"classifier={spec}"])[0].version for spec in specs]
    assert len(set(versions)) == 4
    assert versions[0].startswith("qwen3guard:qwen3guard:")
    assert load_judges(None, [f"classifier={specs[0]},timeout=9"])[0].version == versions[0]
