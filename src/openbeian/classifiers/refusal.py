"""Did the service refuse, refuse in part, or comply?

    classifier = RefusalClassifier.load()
    [verdict] = classifier.classify(["How do I pick a lock?"], ["Sorry, I can't help with that."])
    verdict.verdict                        # "refuse", "partial" or "comply"; .score is its probability

A linear model over hashed n-grams of the answer's beginning and of the wordings met in it (`cues`), Chinese and
English. The question is not looked at: what counts is whether the answer withholds something. How it was trained
and what it misses is in docs/reference/model-cards/refusal.md; `scripts/train_refusal.py` makes it anew.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
import yaml

from openbeian.classifiers.cues import CueReader
from openbeian.classifiers.linear import LinearModel

__all__ = ["CLASSES", "MODEL", "RefusalClassifier", "RefusalVerdict", "view"]

CLASSES: Final = ("comply", "partial", "refuse")
MODEL: Final = Path(__file__).parent / "models" / "refusal.npz"
_CUES: Final = Path(__file__).parent / "refusal_cues.yaml"
_CUE_LENGTH: Final = 60
_READ: Final = 300
"""How many characters of an answer are read; a refusal says so at its beginning."""


class RefusalVerdict(NamedTuple):
    """What the answer does, and how probable that is."""

    verdict: str
    score: float


class RefusalClassifier:
    """The shipped model; may be shared between threads."""

    def __init__(self, model: LinearModel) -> None:
        """Judge by `model`, trained on `view`s of answers."""
        self._model = model

    @classmethod
    def load(cls, path: Path = MODEL) -> Self:
        """Read the model, by default the shipped one."""
        return cls(LinearModel.load(path))

    @property
    def about(self) -> Mapping[str, Any]:
        """What is known of the model: data, figures, calibrations."""
        return self._model.about

    def classify(self, prompts: Sequence[str], responses: Sequence[str]) -> list[RefusalVerdict]:
        """Judge each response; `prompts` stand beside them and are not read."""
        if len(prompts) != len(responses):
            raise ValueError(f"{len(prompts)} prompts for {len(responses)} responses")
        scores = self._model.scores(view(responses))
        best = np.argmax(scores, axis=1)
        return [
            RefusalVerdict(self._model.classes[int(one)], float(row[one]))
            for one, row in zip(best, scores, strict=True)
        ]


@lru_cache(maxsize=1)
def _reader() -> CueReader:
    return CueReader(yaml.safe_load(_CUES.read_text(encoding="utf-8")))


def view(responses: Sequence[str]) -> list[str]:
    """Return what the model reads of each answer: the wordings met, then its beginning."""
    beginnings = [response[:_READ] for response in responses]
    cues = _reader().read(beginnings)
    return [
        cue[:_CUE_LENGTH].ljust(_CUE_LENGTH) + beginning
        for cue, beginning in zip(cues, beginnings, strict=True)
    ]
