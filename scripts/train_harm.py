"""Train the harm classifier, measure it, and write its model files, held-out requests and model card.

    python scripts/train_harm.py                           # our own texts only
    python scripts/train_harm.py --data banks/ corpora/    # and the public sets found there (as shipped)

The public sets add words to the weights; their texts are not kept. Everything is deterministic: the same
texts give the same files. Last needed: whenever a part, a theme or the feature code changes.
"""

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from compose_harm import TRAINING, Request, compose, write_heldout
from harm_public_texts import PROSE, REQUESTS, PublicText, read_public
from write_harm_card import write_card

from openbeian.classifiers.features import FeatureSpec
from openbeian.classifiers.harm import (
    HARMFUL,
    HARMLESS,
    LANGUAGES,
    MODELS,
    HarmClassifier,
    language_of,
)
from openbeian.classifiers.linear import LinearModel, train
from openbeian.classifiers.themes import ThemeLexicon
from openbeian.core.statistics import wilson

HARM_SPECS = {
    "en": FeatureSpec(bits=18, character_orders=(3, 4, 5), word_orders=(1, 2)),
    "zh": FeatureSpec(bits=18, character_orders=(2, 3, 4), word_orders=(1, 2)),
}
RISK_SPEC = FeatureSpec(bits=13, character_orders=(2, 3), word_orders=(1,))
HARM_L2, RISK_L2 = 3e-6, 1e-5
PLAIN_WEIGHT = 4.0
"""How many composed requests a plain one counts for."""
FOLDS = 4
FALSE_POSITIVES = 0.03
"""At most this share of the plain harmless requests (look-alikes apart) may be intercepted."""
THEMES = MODELS / "harm.themes.jsonl"


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", default=[], help="folders with the public sets")
    requests, public = compose(), read_public(parser.parse_args().data)
    own = [request for request in requests if request.split == "train"]
    crossed = cross_judge(own, public)
    thresholds = {language: choose_threshold(crossed, language) for language in LANGUAGES}
    write_models(own, public, thresholds)
    write_heldout(requests, TRAINING / "harm_heldout.jsonl")
    classifier = HarmClassifier.load()
    figures = {
        "heldout": measure(classifier, [row for row in requests if row.split == "heldout"]),
        "crossed": count([(row, score - thresholds[row.lang]) for row, score in crossed], 0.0),
        "public": measure_public(load_harm(), thresholds, public),
        "public_own_only": measure_public(train_all(own, []), thresholds, public) if public else {},
    }
    about = {**classifier.about, "figures": figures}
    LinearModel.load(MODELS / "harm.risks.npz").save(MODELS / "harm.risks.npz", about=about)
    write_card(HarmClassifier.load().about)
    print(json.dumps(figures, indent=1, ensure_ascii=False))


def train_all(requests: Sequence[Request], public: Sequence[PublicText]) -> dict[str, LinearModel]:
    """Train the model of each language."""
    return {language: train_harm(language, requests, public) for language in LANGUAGES}


def load_harm() -> dict[str, LinearModel]:
    """Return the models that were written."""
    return {language: LinearModel.load(MODELS / f"harm.{language}.npz") for language in LANGUAGES}


def train_harm(language: str, requests: Sequence[Request], public: Sequence[PublicText]) -> LinearModel:
    """Train the model that says whether, on the requests given and the public texts that are not kept."""
    themes = ThemeLexicon.load(THEMES)
    requests = [request for request in requests if request.lang == language]
    learned = [text for text in public if not text.is_heldout and language_of(text.text) == language]
    harms = [*(bool(request.risk) for request in requests), *(text.is_harmful for text in learned)]
    return train(
        [themes.mark(row.text) for row in (*requests, *learned)],
        [HARMFUL if is_harmful else HARMLESS for is_harmful in harms],
        HARM_SPECS[language],
        classes=(HARMLESS, HARMFUL),
        l2=HARM_L2,
        sample_weights=[*_even_weights(requests), *(text.weight for text in learned)],
    )


def write_models(own: Sequence[Request], public: Sequence[PublicText], thresholds: dict[str, float]) -> None:
    """Train the models and write them beside their lexicon."""
    themes = ThemeLexicon.load(THEMES)
    counts = Counter((request.lang, HARMFUL if request.risk else HARMLESS) for request in own)
    about = {
        "thresholds": thresholds,
        "own": {f"{lang} {label}": number for (lang, label), number in sorted(counts.items())},
        "public": _count_public(public),
    }
    for language, model in train_all(own, public).items():
        model.save(MODELS / f"harm.{language}.npz", about={"threshold": thresholds[language]})
    harmful = [request for request in own if request.risk]
    risks = train(
        [themes.mark(request.text) for request in harmful],
        [_risk_class(request.risk) for request in harmful],
        RISK_SPEC,
        l2=RISK_L2,
    )
    risks.save(MODELS / "harm.risks.npz", about=about)


def cross_judge(own: Sequence[Request], public: Sequence[PublicText]) -> list[tuple[Request, float]]:
    """Return the plain training requests with scores from models that have not seen them."""
    themes = ThemeLexicon.load(THEMES)
    judged: list[tuple[Request, float]] = []
    for language, fold in product(LANGUAGES, range(FOLDS)):
        side = [row for row in own if row.lang == language]
        left_out = [row for row in side if _is_plain(row) and zlib.crc32(row.text.encode()) % FOLDS == fold]
        texts = {row.text for row in left_out}
        model = train_harm(language, [row for row in side if row.text not in texts], public)
        scores = model.scores([themes.mark(row.text) for row in left_out])[:, 1]
        judged += zip(left_out, scores.tolist(), strict=True)
    return judged


def choose_threshold(crossed: Sequence[tuple[Request, float]], language: str) -> float:
    """Return the lowest threshold that at most the allowed share of plain harmless requests reaches."""
    harmless = [pair for pair in crossed if pair[0].lang == language and not pair[0].risk]
    scores = sorted((score for row, score in harmless if row.kind == "plain"), reverse=True)
    allowed = int(FALSE_POSITIVES * len(scores))
    return round((scores[allowed - 1] + scores[allowed]) / 2, 4)


def measure(classifier: HarmClassifier, rows: Sequence[Request]) -> dict[str, dict[str, Any]]:
    """Return the share intercepted for each language and kind, and how often the risk is named rightly."""
    scores = classifier.scores([row.text for row in rows])
    harms = [(row, score.harm) for row, score in zip(rows, scores, strict=True)]
    harmful = [(row, score) for row, score in zip(rows, scores, strict=True) if row.risk]
    right = sum(score.risk == _risk_class(row.risk) for row, score in harmful)
    return {**count(harms, classifier.threshold), "risk named rightly": _share(right, len(harmful))}


def count(judged: Sequence[tuple[Request, float]], threshold: float) -> dict[str, dict[str, Any]]:
    """Return the share of requests that reach the threshold, for each language and kind."""
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for row, score in judged:
        cell = f"{row.lang} {row.kind} {HARMFUL if row.risk else HARMLESS}"
        total[cell] += 1
        found[cell] += score >= threshold
    return {cell: _share(found[cell], total[cell]) for cell in sorted(total)}


def measure_public(
    models: dict[str, LinearModel], thresholds: dict[str, float], public: Sequence[PublicText]
) -> dict[str, dict[str, Any]]:
    """Return the share intercepted of the part of each public set that was kept for measuring."""
    themes = ThemeLexicon.load(THEMES)
    figures = {}
    kept = [text for text in public if text.is_heldout]
    for source, is_harmful in dict.fromkeys((text.source, text.is_harmful) for text in kept):
        texts = [text.text for text in kept if (text.source, text.is_harmful) == (source, is_harmful)]
        found = 0
        for language, model in models.items():
            marked = [themes.mark(text) for text in texts if language_of(text) == language]
            found += int((model.scores(marked)[:, 1] >= thresholds[language]).sum()) if marked else 0
        label = HARMFUL if is_harmful else HARMLESS
        figures[f"{source}: {label}"] = _share(found, len(texts))
    return figures


def _is_plain(request: Request) -> bool:
    return request.kind.startswith("plain")


def _even_weights(requests: Sequence[Request]) -> list[float]:
    """Weigh requests so that no sentence form is in itself a sign of harm or of harmlessness."""
    forms = [(request.lang, request.group.split("-")[-2]) for request in requests]
    cells = [(form, bool(request.risk)) for form, request in zip(forms, requests, strict=True)]
    in_form, in_cell = Counter(forms), Counter(cells)
    even = [in_form[form] / 2 / in_cell[cell] for form, cell in zip(forms, cells, strict=True)]
    return [
        weight * (PLAIN_WEIGHT if _is_plain(request) else 1.0)
        for weight, request in zip(even, requests, strict=True)
    ]


def _risk_class(risk: str) -> str:
    """Return the risk, or only its group where the strategy need not tell more."""
    return risk if risk.startswith(("A.1", "A.2")) else risk[:3]


def _count_public(public: Sequence[PublicText]) -> list[dict[str, Any]]:
    learned = Counter(text.source for text in public if not text.is_heldout)
    return [
        {"name": source.name, "licence": source.licence, "texts": learned[source.name]}
        for source in (*REQUESTS, *PROSE)
        if learned[source.name]
    ]


def _share(found: int, total: int) -> dict[str, Any]:
    low, high = wilson(found, total) if total else (0.0, 1.0)
    return {"found": found, "of": total, "low": round(low, 4), "high": round(high, 4)}


if __name__ == "__main__":
    main()
