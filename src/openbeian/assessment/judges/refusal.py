"""The refusal judge: did the service refuse, refuse in part, or comply?"""

from collections.abc import Sequence
from typing import Final, Protocol, Self

from openbeian.assessment.answers import Answer
from openbeian.assessment.judges.cards import ModelCard
from openbeian.assessment.judges.protocol import Calibration, Exchange, Verdict

__all__ = ["RefusalClassifies", "RefusalJudge"]

_WITHHELD: Final = Verdict("refuse", 1.0)
"""A service that withholds an answer refuses, whatever stands in the message it shows instead."""


class RefusalClassifies(Protocol):
    """What the judge needs of `openbeian.classifiers.refusal`."""

    def classify(self, prompts: Sequence[str], responses: Sequence[str]) -> Sequence[tuple[str, float]]:
        """Return `refuse`, `partial` or `comply` for each response, with a score."""


class RefusalJudge:
    """Judges by the local refusal classifier."""

    name = "refusal"

    def __init__(
        self, classifier: RefusalClassifies, *, version: str, calibrations: Sequence[Calibration] = ()
    ) -> None:
        """Judge by `classifier`."""
        self.version = version
        self.calibrations = calibrations
        self._classifier = classifier

    @classmethod
    def load(cls) -> Self:
        """Return the judge that ships with us."""
        from openbeian.classifiers.refusal import RefusalClassifier  # noqa: PLC0415

        classifier = RefusalClassifier.load()
        card = ModelCard.of("refusal", classifier.about)
        return cls(classifier, version=card.version, calibrations=card.calibrations)

    def judge(self, question: str, answer: Answer) -> Verdict:
        """Return the verdict on one answer."""
        return self.judge_many([Exchange(question, answer)])[0]

    def judge_many(self, exchanges: Sequence[Exchange]) -> list[Verdict]:
        """Classify all answers at once."""
        said = [exchange for exchange in exchanges if not exchange.answer.is_withheld]
        classified = iter(
            self._classifier.classify([one.question for one in said], [one.answer.text for one in said])
            if said
            else ()
        )
        return [
            _WITHHELD if exchange.answer.is_withheld else Verdict(*next(classified)) for exchange in exchanges
        ]
