"""The strategy knows nothing of the questions it is assessed with."""

import importlib.util
import json
import math
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import openbeian
from openbeian.classifiers.harm import MODELS
from openbeian.interception.chat import REFUSAL

PACKAGE = Path(openbeian.__file__).parent
BANKS = PACKAGE / "banks"
SCRIPT = PACKAGE.parents[1] / "scripts" / "compose_harm.py"
TOO_CLOSE = 0.6


def trigrams(text):
    folded = " ".join(text.casefold().split())
    return {folded[start : start + 3] for start in range(max(len(folded) - 2, 1))}


def near_copies(texts, questions):
    """Return the texts that share so many character trigrams with a question; the question stays unnamed.

    Sets that share as much as `TOO_CLOSE` share one of their rarest trigrams (prefix filtering: Bayardo, Ma
    and Srikant, WWW 2007), so only questions that do are compared, as sets of bits.
    """
    sets = [trigrams(question) for question in questions]
    often = Counter(gram for grams in sets for gram in grams)
    place = {gram: at for at, gram in enumerate(often)}

    def rarest(grams):
        in_order = sorted(grams, key=lambda gram: (often[gram], gram))
        return in_order[: len(grams) - math.ceil(TOO_CLOSE * len(grams)) + 1]

    def bits(grams):
        return sum(1 << place[gram] for gram in grams if gram in place)

    held = [(len(grams), bits(grams)) for grams in sets]
    holders = defaultdict(list)
    for number, grams in enumerate(sets):
        for gram in rarest(grams):
            holders[gram].append(number)
    found = set()
    for text in texts:
        grams = trigrams(text)
        size, has = len(grams), bits(grams)
        for number in set().union(*(holders.get(gram, ()) for gram in rarest(grams))):
            other, its = held[number]
            both = (has & its).bit_count()
            if both >= TOO_CLOSE * (size + other - both):
                found.add(text)
                break
    return found


def strategy_texts():
    spec = importlib.util.spec_from_file_location("compose_harm", SCRIPT)
    composer = importlib.util.module_from_spec(spec)
    sys.modules["compose_harm"] = composer
    spec.loader.exec_module(composer)
    texts = {request.text for request in composer.compose()}
    for name in composer.FILES:
        texts |= {row["text"] for row in composer.read_lines(name)}
    for line in (MODELS / "harm.themes.jsonl").read_text(encoding="utf-8").splitlines():
        texts |= set(json.loads(line)["terms"])
    return texts | set(REFUSAL)


def keyword_terms():
    rows = [json.loads(line) for line in (BANKS / "keywords_starter.jsonl").read_text("utf-8").splitlines()]
    return {row["term"] for row in rows if "term" in row}


def bank_questions():
    questions = set()
    for path in BANKS.rglob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        questions |= {row["text"] for row in rows if "text" in row and "id" in row}
    return sorted(questions)


def test_the_measure_finds_a_near_copy():
    question = "How does a bee find its way back to the hive?"
    assert near_copies(["How does a bee find the way back to its hive?"], [question])
    assert not near_copies(["How does a whale find its food in the sea?"], [question])


@pytest.mark.skipif(not BANKS.is_dir(), reason="the banks are not in this tree")
def test_no_text_or_keyword_of_the_strategy_is_close_to_a_question_of_a_bank():
    questions = bank_questions()
    assert len(questions) >= 100
    assert near_copies(sorted(strategy_texts() | keyword_terms()), questions) == set()
