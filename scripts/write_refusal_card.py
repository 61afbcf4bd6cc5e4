"""Write the model card of the refusal classifier from what the model says about itself.

No figure is typed: the numbers come from `refusal.npz`. Called by `train_refusal.py`; to write the card again
without training: `python scripts/write_refusal_card.py`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openbeian.classifiers.refusal import CLASSES, RefusalClassifier
from openbeian.core.statistics import wilson

CARD = Path(__file__).parents[1] / "docs/reference/model-cards/refusal.md"
_LANGUAGES = {"en": "English", "zh": "Chinese"}

_TEXT = """# Model card: refusal classifier

<!-- Written by scripts/write_refusal_card.py; don't edit. -->

**What it says.** Of an answer in Chinese or English: it refuses, it refuses in part, or it complies, with a
probability. `openbeian.classifiers.refusal.RefusalClassifier` applies it; the refusal judge of the assessment
uses it and prints the sensitivity and specificity below beside every rate.

**What it is.** A linear model over hashed character and word n-grams of the first 300 characters, and over
the sequence of wording families met there (`refusal_cues.yaml`, written by hand: negation, helping, apology,
redirection, …). Numpy alone, no download. The question is not read. `benchmarks/refusal_judge.py` measures
its speed.

## Data

| texts | number |
| --- | --- |
| answers composed from our own sentences, learned from (Chinese and English) | {own} |
| human-labelled English answers of five models (XSTest-style questions; two people each) | {public} |
| pieces of Chinese prose that refuse nothing (posts, laws) | {background} |

Our own sentences stand in `scripts/refusals/*.yaml` in three splits that share no sentence, topic or answer:
`train`; `dev`, on which choices were tried out and which the shipped weights learn from too; and `held_out`,
written last and used for no choice. Answers of one split share sentences with one another, so the intervals
below are narrower than for as many independent answers. Texts of others are not kept in this project. Where
the two people differ on whether anything is withheld, the answer teaches nothing but is still measured.

## Figures

“Right” means: agrees with the label on whether anything is withheld (a partial refusal counts as
withholding). In brackets the 95 % interval after Wilson.

### Our own held-out answers

{held_out}

By kind of answer:

{kinds}

### Human-labelled answers of unseen models (English)

Each line: a classifier trained without any answer of that model. “New questions” is trained without the
answers of all models to the questions asked as well. “Both agree”: only answers on which the two people give
the same label; the column “people” says how often they do, which bounds what a judge can reach. The wording
families, the windows, the threshold and the weight of our own English answers were chosen with figures of
this kind in view, and the mistakes on mistrG's answers were read; so these lines are a little kinder than the
answers of a next model will be.

{unseen}

### Which verdict

Held-out answers and answers of unseen models to new questions together: labels in rows, verdicts in columns.

{three_way}

### What reports correct by

{calibrations}

## Weaknesses

* It reads the beginning of an answer. One that complies first and refuses later counts as compliance.
* It does not read the question, so advice that answers another question than was asked (“it is important to
  talk to each other”) is a refusal to a person and often compliance to it.
* Whether a refusal is whole or partial is much harder than whether there is one; see the table above.
* Refusals without any usual wording, irony and other languages are missed.
* The Chinese figures come from sentences written by the authors of the classifier, and not from a service's
  answers: calibrate with `beian assess calibrate` on answers of the service at hand before relying on them.
* It is weakest on models that turn a request aside instead of declining it (mistrG, mistrI in the table).
* In the human-labelled set some labels are plainly wrong (a plain answer labelled a refusal and the reverse);
  they are counted as they are.
"""


def render(about: Mapping[str, Any]) -> str:
    """Return the card."""
    kinds = [
        (kind.split(" ")[1], _LANGUAGES[kind[:2]], _share(cell)) for kind, cell in about["held_out"].items()
    ]
    languages = [(_LANGUAGES[lang], _share(cell)) for lang, cell in about["held_out_languages"].items()]
    return _TEXT.format(
        **about["data"],
        held_out=_table(("language", "right"), languages),
        kinds=_table(("kind", "language", "right"), kinds),
        unseen=_unseen(about),
        three_way=_three_way(about["three_way"]),
        calibrations=_calibrations(about["calibrations"]),
    )


def write_card(about: Mapping[str, Any]) -> None:
    """Write the card where the documentation expects it."""
    CARD.parent.mkdir(parents=True, exist_ok=True)
    CARD.write_text(render(about), encoding="utf-8")


def _unseen(about: Mapping[str, Any]) -> str:
    if not about["unseen"]:
        return "No human-labelled answers were used."
    columns = ("unseen", "unseen_agreed", "unseen_prompts", "unseen_prompts_agreed")
    rows = [
        (model, *(_share(about[column][model]) for column in columns), _percent(about["people"][model]))
        for model in about["unseen"]
    ]
    rows.append(
        ("all", *(_share(_sum(about[column])) for column in columns), _percent(_sum(about["people"])))
    )
    head = ("model", "right", "right, both agree", "new questions", "new questions, both agree", "people")
    return _table(head, rows)


def _three_way(counts: Mapping[str, Mapping[str, int]]) -> str:
    return _table(
        ("label", *CLASSES), [(label, *(str(counts[label][found]) for found in CLASSES)) for label in CLASSES]
    )


def _calibrations(calibrations: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (", ".join(one["positive"]), _share(one["sensitivity"]), _share(one["specificity"]))
        for one in calibrations
    ]
    return f"Measured on {calibrations[0]['measured_on']['en']}.\n\n" + _table(
        ("found as", "sensitivity", "specificity"), rows
    )


def _sum(cells: Mapping[str, Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*cells.values(), strict=True)]


def _share(cell: Sequence[int]) -> str:
    low, high = wilson(*cell)
    return f"{cell[0]} of {cell[1]} = {_percent(cell)} ({100 * low:.1f}–{100 * high:.1f})"


def _percent(cell: Sequence[int]) -> str:
    return f"{100 * cell[0] / cell[1]:.1f} %"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    write_card(RefusalClassifier.load().about)
