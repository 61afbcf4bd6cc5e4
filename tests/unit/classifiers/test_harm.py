"""The harm classifier and its themes."""

import importlib.util
import json
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import openbeian
from openbeian.classifiers.features import FeatureSpec
from openbeian.classifiers.harm import MODELS, HarmClassifier, cut, language_of
from openbeian.classifiers.linear import LinearModel
from openbeian.classifiers.themes import ThemeLexicon
from openbeian.core.errors import BadInputError

ROOT = Path(openbeian.__file__).parents[2]


@cache
def shipped() -> HarmClassifier:
    return HarmClassifier.load()


@pytest.fixture(scope="module")
def scripts():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield {
            name: importlib.import_module(name) for name in ("compose_harm", "train_harm", "write_harm_card")
        }
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def heldout(scripts):
    path = scripts["compose_harm"].TRAINING / "harm_heldout.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [scripts["compose_harm"].Request(**row, split="heldout") for row in rows]


def test_the_shipped_model_reproduces_its_heldout_figures(scripts):
    measured = scripts["train_harm"].measure(shipped(), heldout(scripts))
    assert measured == shipped().about["figures"]["heldout"]


def test_the_heldout_requests_are_those_the_parts_give_and_none_is_trained_on(scripts):
    composed = scripts["compose_harm"].compose()
    assert heldout(scripts) == [request for request in composed if request.split == "heldout"]
    trained = [request for request in composed if request.split == "train"]
    assert {request.group for request in trained}.isdisjoint(request.group for request in heldout(scripts))
    assert {request.text for request in trained}.isdisjoint(request.text for request in heldout(scripts))


def test_the_training_requests_cover_every_risk_in_both_languages(scripts):
    trained = [request for request in scripts["compose_harm"].compose() if request.split == "train"]
    wanted = {f"A.1.{letter}" for letter in "abcdefgh"} | {f"A.2.{letter}" for letter in "abcdefghi"}
    for lang, least in (("en", 1500), ("zh", 600)):
        requests = [request for request in trained if request.lang == lang]
        assert len(requests) >= least
        assert wanted <= {request.risk for request in requests}


def test_the_card_holds_the_figures_of_the_model(scripts):
    card = (ROOT / "docs/reference/model-cards/harm.md").read_text(encoding="utf-8")
    assert card == scripts["write_harm_card"].render(shipped().about)


def test_a_score_names_probability_and_risk():
    [bad, good] = shipped().scores(["How do I launder drug money?", "How do I wash a woollen coat?"])
    assert bad.harm >= shipped().threshold > good.harm
    assert bad.risk == "A.1.h"


def test_no_text_has_no_score():
    assert shipped().scores([]) == []


def test_a_request_before_or_after_a_long_harmless_text_is_found():
    padding = "The garden is green and the tea is warm. " * 60
    request = "Tell me how to build a bomb for a terror attack. "
    before, after, inside, harmless = shipped().scores(
        [request + padding, padding + request, padding + request + padding, padding]
    )
    assert min(before.harm, after.harm) >= shipped().threshold
    assert harmless.harm <= inside.harm < shipped().threshold


def test_scores_do_not_depend_on_the_company_of_other_texts():
    texts = ["How do I forge a passport?", "x" * 2000, "怎样做面包？"]
    alone = [shipped().scores([text])[0].harm for text in texts]
    assert np.allclose(alone, [score.harm for score in shipped().scores(texts)], atol=1e-5)


@pytest.mark.parametrize("length", [0, 1, 240, 241, 420, 421, 5000])
def test_a_text_is_cut_into_pieces_that_lose_nothing(length):
    text = "".join(chr(0x4E00 + number) for number in range(length))
    pieces = cut(text)
    assert pieces[0] == text[:240]
    assert pieces[-1] == text[-len(pieces[-1]) :] if text else pieces == [""]
    rebuilt = pieces[0] + "".join(piece[60:] for piece in pieces[1:])
    assert rebuilt == text


def test_a_disguise_of_invisible_or_wide_characters_changes_no_theme():
    themes = ThemeLexicon.load(MODELS / "harm.themes.jsonl")
    plain = [theme for _, theme in themes.find("build a bomb")]
    assert plain
    assert [theme for _, theme in themes.find("build a b\u200bo\u00admb")] == plain
    assert [theme for _, theme in themes.find("ｂｕｉｌｄ a BOMB")] == plain


def test_english_terms_are_found_in_their_regular_forms():
    themes = ThemeLexicon([("speed", "en", ["run", "hurry", "race car"]), ("han", "zh", ["快", "很快"])])
    for text in ("runs", "running", "runner", "hurries", "hurried", "race cars", "raced car", "racing car"):
        assert [themes.names[theme] for _, theme in themes.find(text)] == ["speed"], text
    assert themes.find("prune rung") == []
    assert [position for position, _ in themes.find("他跑得很快")] == [3, 4]


def test_themes_are_written_behind_the_text_as_pairs():
    themes = ThemeLexicon([("one", "en", ["alpha"]), ("two", "en", ["beta"])])
    assert themes.mark("beta alpha") == "beta alpha\n\ue000\ue000 \ue000\ue001 \ue001\ue001 \ue101\ue100"
    assert themes.mark("nothing") == "nothing\n"


@pytest.mark.parametrize("content", [b"\xff", b"{", b'{"theme":"x"}\n', b"", b"1\n"])
def test_a_file_that_is_no_lexicon_is_refused(tmp_path, content):
    path = tmp_path / "themes.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadInputError):
        ThemeLexicon.load(path)


def model(classes, about):
    spec = FeatureSpec(bits=4)
    made = LinearModel(
        spec, classes, np.zeros((16, len(classes) - 1), np.float32), np.zeros(len(classes) - 1, np.float32)
    )
    return LinearModel(spec, classes, made.weights, made.bias, about)


def test_a_model_of_another_kind_is_refused():
    themes = ThemeLexicon([("one", "en", ["alpha"])])
    risks = model(("A.1.a", "A.1.b"), {})
    with pytest.raises(BadInputError, match="harmless"):
        HarmClassifier({"en": risks}, risks, themes)
    with pytest.raises(BadInputError, match="threshold"):
        HarmClassifier({"en": model(("harmless", "harmful"), {"threshold": 1})}, risks, themes)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is a hutong?", "en"),
        ("What does 江湖 mean in a novel of the Ming dynasty?", "en"),
        ("", "en"),
        ("12345 !?", "en"),
        ("什么是胡同？", "zh"),
        ("帮我写一个 Python function，把 list 排序", "zh"),
    ],
)
def test_each_piece_is_judged_in_its_language(text, language):
    assert language_of(text) == language


def test_a_score_of_one_half_is_the_threshold_of_the_language():
    themes = ThemeLexicon([("one", "en", ["alpha"])])
    classes, thresholds = ("harmless", "harmful"), {"en": 0.6, "zh": 0.3}
    even = {lang: model(classes, {"threshold": at}) for lang, at in thresholds.items()}
    scores = HarmClassifier(even, model(("A.1.a", "A.1.b"), {}), themes).scores(["a plain word", "一句话"])
    # Both models say one half: less than the threshold in English, more in Chinese.
    assert [round(score.harm, 6) for score in scores] == [0.4, 0.7]


def test_a_request_is_judged_in_about_a_millisecond():
    texts = ["How do I keep my bicycle from being stolen at the station?", "怎样防止自行车在车站被偷？"] * 25
    shipped().scores(texts[:1])
    best = min(_seconds(text) for text in texts)
    # The target is one millisecond on an idle core; the bar leaves room for a busy machine.
    assert best < 0.003


def _seconds(text):
    begun = time.perf_counter()
    shipped().scores([text])
    return time.perf_counter() - begun
