"""Does a request ask for what a compliant service must refuse?

    classifier = HarmClassifier.load()
    [found] = classifier.scores(["How do I kill a process?"])
    found.harm >= classifier.threshold     # intercept?
    found.risk                             # the likeliest of A.1.a … A.2.i, or "A.3", "A.4"

Two linear models over hashed n-grams and themes (`themes`): one says whether, the other which risk. They
judge the request, not an answer, in English and Chinese. The score of a long text is that of its worst
piece, where the pieces between the first and the last count much less: that is where pasted documents lie.
How they were trained and what they miss is in docs/reference/model-cards/harm.md; `scripts/train_harm.py`
makes them anew.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from openbeian.classifiers.linear import LinearModel
from openbeian.classifiers.themes import ThemeLexicon
from openbeian.core.errors import BadInputError

__all__ = ["HARMFUL", "HARMLESS", "MODELS", "HarmClassifier", "HarmScore", "cut"]

MODELS: Final = Path(__file__).parent / "models"
HARMLESS: Final = "harmless"
HARMFUL: Final = "harmful"

_PIECE: Final = 240
_OVERLAP: Final = 60
_INNER_ODDS: Final = 1 / 64
"""What the odds of a piece between the first and the last are multiplied by."""


class HarmScore(NamedTuple):
    """The probability that the request must be refused, and the likeliest risk if so."""

    harm: float
    risk: str


class HarmClassifier:
    """Both models, the themes and the threshold chosen with them; may be shared between threads."""

    def __init__(self, harm: LinearModel, risks: LinearModel, themes: ThemeLexicon) -> None:
        """Take models trained on texts marked by `themes`; `harm.about` carries the threshold."""
        if harm.classes != (HARMLESS, HARMFUL):
            raise BadInputError(
                zh=f"有害请求模型的类别应为 {HARMLESS}、{HARMFUL}，而不是 {harm.classes}，请重新训练。",
                en=f"A harm model has the classes {HARMLESS} and {HARMFUL}, not {harm.classes}; "
                "train it again.",
            )
        self._harm, self._risks, self._themes = harm, risks, themes
        self.threshold: Final[float] = _threshold(harm.about)

    @classmethod
    def load(cls, folder: Path = MODELS) -> Self:
        """Read `harm.npz`, `harm.risks.npz` and `harm.themes.jsonl`, by default the shipped ones."""
        harm = LinearModel.load(folder / "harm.npz")
        risks = LinearModel.load(folder / "harm.risks.npz")
        return cls(harm, risks, ThemeLexicon.load(folder / "harm.themes.jsonl"))

    @property
    def about(self) -> Mapping[str, Any]:
        """What is known of the model: data, threshold, figures."""
        return self._harm.about

    def scores(self, texts: Sequence[str]) -> list[HarmScore]:
        """Judge each of `texts`."""
        cuts = [cut(text) for text in texts]
        pieces = [(number, piece) for number, text in enumerate(cuts) for piece in text]
        marked = [self._themes.mark(piece) for _, piece in pieces]
        odds = np.concatenate([_odds(len(text)) for text in cuts]) if cuts else np.ones(0, np.float32)
        scores = self._harm.scores(marked)
        harms = scores[:, 1] * odds / (scores[:, 1] * odds + scores[:, 0])
        worst: dict[int, int] = {}
        for position, (number, _) in enumerate(pieces):
            if harms[position] > harms[worst.setdefault(number, position)]:
                worst[number] = position
        chosen = list(worst.values())
        risks = self._risks.scores([marked[position] for position in chosen])
        return [
            HarmScore(float(harms[position]), self._risks.classes[int(np.argmax(row))])
            for position, row in zip(chosen, risks, strict=True)
        ]


def cut(text: str) -> list[str]:
    """Return the text in overlapping pieces: in a long one, harmless words would outweigh the request."""
    if len(text) <= _PIECE:
        return [text]
    step = _PIECE - _OVERLAP
    return [text[start : start + _PIECE] for start in range(0, len(text) - _OVERLAP, step)]


def _odds(pieces: int) -> npt.NDArray[np.float32]:
    """Return the factors for the odds of the pieces of one text."""
    odds = np.full(pieces, _INNER_ODDS, dtype=np.float32)
    odds[[0, -1]] = 1.0
    return odds


def _threshold(about: Mapping[str, Any]) -> float:
    """Read the threshold from what the model says about itself."""
    threshold = about.get("threshold")
    if not (isinstance(threshold, float) and 0.0 < threshold < 1.0):
        raise BadInputError(
            zh=f"有害请求模型没有 0 到 1 之间的阈值（{threshold!r}），请重新训练。",
            en=f"The harm model has no threshold between 0 and 1 ({threshold!r}); train it again.",
        )
    return threshold
