"""Does a request ask for what a compliant service must refuse?

    classifier = HarmClassifier.load()
    [found] = classifier.scores(["How do I kill a process?"])
    found.harm >= classifier.threshold     # intercept?
    found.risk                             # the likeliest of A.1.a … A.2.i, or "A.3", "A.4"

Linear models over hashed n-grams and themes (`themes`): one for each language says whether, a third says
which risk. They judge the request, not an answer. The score of a long text is that of its worst piece, where
the pieces between the first and the last count much less: that is where pasted documents lie.
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

__all__ = ["HARMFUL", "HARMLESS", "LANGUAGES", "MODELS", "HarmClassifier", "HarmScore", "cut", "language_of"]

MODELS: Final = Path(__file__).parent / "models"
HARMLESS: Final = "harmless"
HARMFUL: Final = "harmful"
LANGUAGES: Final = ("en", "zh")

_PIECE: Final = 240
_OVERLAP: Final = 60
_INNER_ODDS: Final = 1 / 64
"""What the odds of a piece between the first and the last are multiplied by."""
_HAN_SHARE: Final = 1 / 8
"""From this share of its characters on a text is Chinese: a word of English in it does not change that."""


class HarmScore(NamedTuple):
    """How strongly it seems that the request must be refused, from 0 to 1, and the likeliest risk if so.

    0.5 is the threshold of the request's language.
    """

    harm: float
    risk: str


class HarmClassifier:
    """The models, the themes and the thresholds chosen with them; may be shared between threads."""

    threshold: Final[float] = 0.5
    """The score from which on a request is to be refused, whatever its language."""

    def __init__(self, harm: Mapping[str, LinearModel], risks: LinearModel, themes: ThemeLexicon) -> None:
        """Take models trained on texts marked by `themes`: `harm` has one for each language.

        The probability from which on a language's model says harmful stands in its `about`, and what is known
        of all of them in `risks.about`.
        """
        for model in harm.values():
            if model.classes != (HARMLESS, HARMFUL):
                raise BadInputError(
                    zh=f"有害请求模型的类别应为 {HARMLESS}、{HARMFUL}，而不是 {model.classes}，请重新训练。",
                    en=f"A harm model has the classes {HARMLESS} and {HARMFUL}, not {model.classes}; "
                    "train it again.",
                )
        self._harm, self._risks, self._themes = dict(harm), risks, themes
        thresholds = {language: _threshold(model.about) for language, model in harm.items()}
        self._odds = {language: (1 - at) / at for language, at in thresholds.items()}

    @classmethod
    def load(cls, folder: Path = MODELS) -> Self:
        """Read `harm.en.npz`, `harm.zh.npz`, `harm.risks.npz` and `harm.themes.jsonl`: the shipped ones."""
        harm = {language: LinearModel.load(folder / f"harm.{language}.npz") for language in LANGUAGES}
        risks = LinearModel.load(folder / "harm.risks.npz")
        return cls(harm, risks, ThemeLexicon.load(folder / "harm.themes.jsonl"))

    @property
    def about(self) -> Mapping[str, Any]:
        """What is known of the models together: data, thresholds, figures."""
        return self._risks.about

    def scores(self, texts: Sequence[str]) -> list[HarmScore]:
        """Judge each of `texts`."""
        cuts = [cut(text) for text in texts]
        pieces = [(number, piece) for number, text in enumerate(cuts) for piece in text]
        marked = [self._themes.mark(piece) for _, piece in pieces]
        odds = np.concatenate([_odds(len(text)) for text in cuts]) if cuts else np.ones(0, np.float32)
        harms = self._harms([piece for _, piece in pieces], marked, odds)
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

    def _harms(
        self, pieces: Sequence[str], marked: Sequence[str], odds: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Return the score of each piece by the model of its language, its odds multiplied by `odds`."""
        harms = np.zeros(len(pieces), np.float32)
        languages = [language_of(piece) for piece in pieces]
        for language, model in self._harm.items():
            chosen = [position for position, its in enumerate(languages) if its == language]
            if chosen:
                scores = model.scores([marked[position] for position in chosen])
                for_it = scores[:, 1] * odds[chosen] * self._odds[language]
                harms[chosen] = for_it / (for_it + scores[:, 0])
        return harms


def language_of(text: str) -> str:
    """Return `zh` where a good part of the characters is Han, else `en`."""
    han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return "zh" if han and han >= _HAN_SHARE * len(text) else "en"


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
