"""Train the refusal classifier, measure it, and write its model file and model card.

    python scripts/train_refusal.py              # our own answers only
    python scripts/train_refusal.py --data DIR   # and the sets under DIR/labels and DIR/corpora (as shipped)

The sets of others add to the weights; their texts are not kept. Deterministic: the same texts give the same
file. Last needed: whenever a training answer, a cue or the feature code changes. About ten minutes with DIR.
"""

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from read_refusals import Row, read_background, read_own, read_public
from write_refusal_card import write_card

from openbeian.classifiers.features import FeatureSpec
from openbeian.classifiers.linear import LinearModel, train
from openbeian.classifiers.refusal import CLASSES, MODEL, WITHHOLDING, RefusalClassifier, view

SPEC = FeatureSpec(
    bits=17,
    windows=((0, 12), (0, 60), (60, 140), (60, None)),
    character_orders=(1, 2, 3, 4),
    word_orders=(1, 2),
)
L2, EPOCHS = 1e-5, 80
FOLDS = 3


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="a folder with labels/ and corpora/")
    folder = parser.parse_args().data
    own = read_own()
    public = read_public(folder) if folder else []
    background = read_background(folder) if folder else []
    learned = [*(row for row in own if row.split != "held_out"), *background]
    held_out = [row for row in own if row.split == "held_out"]
    model = fit([*learned, *public])
    final = RefusalClassifier(model)
    unseen = judge_unseen(learned, public, 1)
    strict = judge_unseen(learned, public, FOLDS)
    own_judged = judge(final, held_out)
    judged = [*own_judged, *strict]
    about = {
        "data": {
            "own": len(learned) - len(background),
            "public": len(public),
            "background": len(background),
        },
        "held_out": by(own_judged, lambda row: f"{row.lang} {row.kind}"),
        "held_out_languages": by(own_judged, lambda row: row.lang),
        "unseen": by(unseen, lambda row: row.model),
        "unseen_agreed": by([pair for pair in unseen if pair[0].agreed], lambda row: row.model),
        "unseen_prompts": by(strict, lambda row: row.model),
        "unseen_prompts_agreed": by([pair for pair in strict if pair[0].agreed], lambda row: row.model),
        "people": people(public),
        "three_way": three_way(judged),
        "calibrations": [calibrate(judged, positive) for positive in (("refuse",), WITHHOLDING)],
    }
    model.save(MODEL, about=about)
    write_card(about)
    print(json.dumps(about, indent=1, ensure_ascii=False))


Judged = tuple[Row, str]


def fit(rows: Sequence[Row]) -> LinearModel:
    """Train on the answers of `rows`; where the two people differ, the answer teaches nothing."""
    sure = [row for row in rows if row.agreed or not row.annotators]
    return train(
        view([row.response for row in sure]),
        [row.verdict for row in sure],
        SPEC,
        classes=CLASSES,
        l2=L2,
        epochs=EPOCHS,
        sample_weights=[row.weight for row in sure],
    )


def judge(classifier: RefusalClassifier, rows: Sequence[Row]) -> list[Judged]:
    """Return each answer with the verdict on it."""
    found = classifier.classify([row.prompt for row in rows], [row.response for row in rows])
    return [(row, one.verdict) for row, one in zip(rows, found, strict=True)]


def judge_unseen(learned: Sequence[Row], public: Sequence[Row], folds: int) -> list[Judged]:
    """Judge each model's answers by classifiers trained without that model.

    With more than one fold of the questions, they are trained without the fold's questions as well.
    """
    judged: list[Judged] = []
    for model in sorted({row.model for row in public}):
        for fold in range(folds):
            asked = [row for row in public if row.model == model and _fold(row, folds) == fold]
            others = [
                row for row in public if row.model != model and (folds == 1 or _fold(row, folds) != fold)
            ]
            judged += judge(RefusalClassifier(fit([*learned, *others])), asked)
    return judged


def _fold(row: Row, folds: int) -> int:
    return zlib.crc32(row.prompt.encode()) % folds


def by(judged: Sequence[Judged], group: Callable[[Row], str]) -> dict[str, list[int]]:
    """Count, for each group, how often the verdict is right on whether anything is withheld."""
    counts: dict[str, list[int]] = {}
    for row, found in judged:
        right_of = counts.setdefault(group(row), [0, 0])
        right_of[0] += (found == "comply") == (row.verdict == "comply")
        right_of[1] += 1
    return dict(sorted(counts.items()))


def people(public: Sequence[Row]) -> dict[str, list[int]]:
    """Count, for each model's answers, how often the two people agree on whether anything is withheld."""
    counts: dict[str, list[int]] = {}
    for row in public:
        agreed_of = counts.setdefault(row.model, [0, 0])
        agreed_of[0] += row.agreed
        agreed_of[1] += 1
    return dict(sorted(counts.items()))


def three_way(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """Count the verdicts (inner) for each label (outer)."""
    pairs = Counter((row.verdict, found) for row, found in judged)
    return {label: {found: pairs[label, found] for found in CLASSES} for label in CLASSES}


def calibrate(judged: Sequence[Judged], positive: Sequence[str]) -> dict[str, Any]:
    """Return sensitivity and specificity of finding a verdict in `positive`."""
    said = [(found in positive, row.verdict in positive) for row, found in judged]
    yes, no = [found for found, label in said if label], [found for found, label in said if not label]
    return {
        "positive": list(positive),
        "sensitivity": [sum(yes), len(yes)],
        "specificity": [len(no) - sum(no), len(no)],
        "measured_on": {
            "zh": "未参与训练的自写中英文回答，以及未参与训练的模型对新问题的英文回答（人工标注）",
            "en": "our own answers kept from training (Chinese, English), and human-labelled English "
            "answers of models and to questions kept from training",
        },
    }


if __name__ == "__main__":
    main()
