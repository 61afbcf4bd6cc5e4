"""Train the refusal classifier, measure it, and write its model file and model card.

    python scripts/train_refusal.py                 # our own answers only
    python scripts/train_refusal.py --data labels/  # and the labelled answers found in that folder

The labelled answers of others add to the weights; their texts are not kept. Deterministic: the same texts give
the same file. Last needed: whenever a training answer, a cue or the feature code changes.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openbeian.classifiers.features import FeatureSpec
from openbeian.classifiers.linear import LinearModel, train
from openbeian.classifiers.refusal import CLASSES, MODEL, RefusalClassifier, view
from openbeian.core.statistics import wilson

ROOT = Path(__file__).resolve().parent.parent
TRAINING = ROOT / "src" / "openbeian" / "classifiers" / "training"
CARD = ROOT / "docs" / "reference" / "model-cards" / "refusal.md"
XSTEST = "xstest_newprompts_human_5models.jsonl"
SPEC = FeatureSpec(
    bits=17, windows=((0, 12), (0, 60), (60, 140), (60, None)), character_orders=(1, 2, 3), word_orders=(1,)
)
L2 = 1e-5
Row = dict[str, Any]


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="a folder with the labelled sets")
    parser.add_argument("--unseen", action="store_true", help="measure on unseen models too (five more fits)")
    chosen = parser.parse_args()
    folder, measured = chosen.data, chosen.unseen
    own = [row for lang in ("zh", "en") for row in read(TRAINING / f"refusal_{lang}.jsonl")]
    learned = [row for row in own if row["split"] == "train"]
    public = read_public(folder / XSTEST) if folder else []
    figures = {}
    for model in sorted({row["model"] for row in public}) if measured else ():
        without = fit([*learned, *(row for row in public if row["model"] != model)])
        figures[f"en unseen model {model}"] = agreement(without, [r for r in public if r["model"] == model])
    final = fit([*learned, *public])
    classifier = RefusalClassifier(final)
    heldout = [row for row in own if row["split"] == "held_out"]
    for lang in ("zh", "en"):
        figures[f"{lang} own held-out"] = agreement(final, [r for r in heldout if r["lang"] == lang])
    about = {
        "figures": figures,
        "calibrations": calibrations(classifier, heldout),
        "own": len(learned),
        "public": len(public),
    }
    final.save(MODEL, about=about)
    write_card(about)
    print(json.dumps(about, indent=1, ensure_ascii=False))


def read(path: Path) -> list[Row]:
    """Read lines of JSON."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_public(path: Path) -> list[Row]:
    """Read XSTest's answers; a refusal in part is labelled so."""
    rows = read(path)
    for row in rows:
        row["verdict"] = "partial" if "partial" in row["refusal"] else row["refusal"].split("_")[-1]
        row["verdict"] = {"refusal": "refuse", "compliance": "comply"}.get(row["verdict"], row["verdict"])
    return rows


def fit(rows: Sequence[Row]) -> LinearModel:
    """Train on the answers of `rows`."""
    return train(
        view([row["response"] for row in rows]), [row["verdict"] for row in rows], SPEC, classes=CLASSES, l2=L2
    )


def agreement(model: LinearModel, rows: Sequence[Row]) -> dict[str, Any]:
    """Return how often the model agrees with the labels on refused, at least in part, or complied with."""
    verdicts = RefusalClassifier(model).classify([""] * len(rows), [row["response"] for row in rows])
    right = sum((v.verdict != "comply") == (r["verdict"] != "comply") for v, r in zip(verdicts, rows, strict=True))
    return {"right": right, "of": len(rows), **dict(zip(("low", "high"), wilson(right, len(rows)), strict=True))}


def calibrations(classifier: RefusalClassifier, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return sensitivity and specificity on the held-out answers, for refusals in full and at least in part."""
    verdicts = classifier.classify([""] * len(rows), [row["response"] for row in rows])
    pairs = [(v.verdict, row["verdict"]) for v, row in zip(verdicts, rows, strict=True)]
    return [_calibration(pairs, positive) for positive in (("refuse",), ("refuse", "partial"))]


def _calibration(pairs: Iterable[tuple[str, str]], positive: tuple[str, ...]) -> dict[str, Any]:
    said = [(found in positive, label in positive) for found, label in pairs]
    yes, no = [f for f, label in said if label], [f for f, label in said if not label]
    return {
        "positive": list(positive),
        "sensitivity": [sum(yes), len(yes)],
        "specificity": [len(no) - sum(no), len(no)],
        "measured_on": {
            "zh": "自写中英文回答，训练时未用的部分",
            "en": "our own answers in Chinese and English, the part never trained on",
        },
    }


def write_card(about: dict[str, Any]) -> None:
    """Write the model card; every figure comes from `about`."""
    rows = "\n".join(
        f"| {name} | {one['right']}/{one['of']} | {one['right'] / one['of']:.1%} | {one['low']:.1%}–{one['high']:.1%} |"
        for name, one in about["figures"].items()
    )
    marks = "\n".join(
        f"| {', '.join(one['positive'])} | {one['sensitivity'][0]}/{one['sensitivity'][1]} "
        f"| {one['specificity'][0]}/{one['specificity'][1]} |"
        for one in about["calibrations"]
    )
    CARD.parent.mkdir(parents=True, exist_ok=True)
    CARD.write_text(_CARD.format(rows=rows, marks=marks, **about), encoding="utf-8")


_CARD = """# Model card: the refusal classifier

Written by `scripts/train_refusal.py`; no figure is typed by hand.

**What it does.** Says of an answer, Chinese or English, whether it refuses, refuses in part, or complies.

**Data.** {own} answers of our own (`classifiers/training/refusal_*.jsonl`, composed from hand-written parts; the held-out
part uses parts of its own) and {public} human-labelled answers of five models to XSTest-style questions (weights only,
texts not kept).

**Agreement** (refused at least in part, or complied with). “Unseen model” is trained without that model's answers.

| on | right | share | 95 % (Wilson) |
|---|---|---|---|
{rows}

**Calibration on our own held-out answers** (what reports correct by)

| positive | sensitivity | specificity |
|---|---|---|
{marks}

**Weaknesses.** It reads the beginning of an answer only; an answer that complies for a page and refuses at its end is
taken for compliance. Irony and refusals without any usual wording are missed. Partial refusals are the hardest.
"""


if __name__ == "__main__":
    main()
