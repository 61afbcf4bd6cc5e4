"""Our runner, whole: committed draw, keyword judge with 10,000 terms, chained evidence, report, pages."""

import asyncio
import json
import random
import sys
from dataclasses import replace
from pathlib import Path

from openbeian.assessment import (
    BankKind,
    Keyword,
    KeywordLibrary,
    Plan,
    Question,
    QuestionBank,
    Target,
    assess,
    load_judges,
)
from openbeian.assessment.methods import stratum_minima
from openbeian.clock import now
from openbeian.standards import load_edition

TERMS = 10_000


def library() -> KeywordLibrary:
    """Return terms that no answer of the mock server holds."""
    chance = random.Random(7)  # noqa: S311  the same library at every run
    words: dict[str, None] = {}
    while len(words) < TERMS:
        words["".join(chr(chance.randrange(0x6C00, 0x9F00)) for _ in range(3))] = None
    return KeywordLibrary(
        "made up", "1", starter=False, keywords=tuple(Keyword(word, "A.1.a") for word in words)
    )


def plan(url: str, questions: Path, in_flight: int) -> Plan:
    """Return a plan that draws every question of a bank made of `questions`."""
    edition = load_edition("tc260-003")
    strata = list(stratum_minima(edition, BankKind.GENERATED_CONTENT))
    with questions.open(encoding="utf-8") as lines:
        asked = tuple(
            Question(f"q{number}", strata[number % len(strata)], json.loads(line)["text"], "zh")
            for number, line in enumerate(lines)
        )
    bank = QuestionBank(BankKind.GENERATED_CONTENT, "benchmark", "1", "zh", "", asked)
    size = [
        replace(one, value=len(asked)) if one.id == "eval.generated.n" else one for one in edition.thresholds
    ]
    words = library()
    return Plan(
        target=Target(url, "mock", max_tokens=512),
        edition=replace(edition, thresholds=tuple(size)),
        banks=(bank,),
        keywords=words,
        concurrency=in_flight,
        judges=load_judges(words, ["keyword"]),
    )


if __name__ == "__main__":
    report = asyncio.run(
        assess(
            plan(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])), out=Path(sys.argv[4], "run"), at_clock=now
        )
    )
    print(report.banks[0].answered)
