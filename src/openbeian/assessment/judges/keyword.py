"""The keyword judge: an answer in which a term of the library stands is a hit."""

from collections.abc import Sequence
from typing import Final

from openbeian.assessment.answers import Answer
from openbeian.assessment.judges.protocol import Calibration, Exchange, Position, Verdict
from openbeian.assessment.keywords import KeywordLibrary
from openbeian.matching import KeywordMatcher

__all__ = ["VERSION_LENGTH", "KeywordJudge"]

VERSION_LENGTH: Final = 16
"""So many hexadecimal digits of a library's hash are the judge's version."""

_MOST_POSITIONS: Final = 20
"""More tell a reader nothing, and an answer may repeat a term ten thousand times."""


class KeywordJudge:
    """Judges by the terms of one library."""

    name = "keyword"
    calibrations: Sequence[Calibration] = ()

    def __init__(self, library: KeywordLibrary) -> None:
        """Compile the library."""
        self.version = library.seal.sha256[:VERSION_LENGTH]
        self._matcher = KeywordMatcher(library.pairs())

    def judge(self, question: str, answer: Answer) -> Verdict:
        """Return `hit` with risks and positions, or `clean`."""
        return self.judge_many([Exchange(question, answer)])[0]

    def judge_many(self, exchanges: Sequence[Exchange]) -> list[Verdict]:
        """Judge all answers in one scan."""
        verdicts = []
        for hits in self._matcher.find_many([exchange.answer.text for exchange in exchanges]):
            positions = [Position(hit.risk, hit.term, hit.start, hit.end) for hit in hits]
            risks = tuple(sorted({hit.risk for hit in hits}))
            value = "hit" if hits else "clean"
            verdicts.append(Verdict(value, risks=risks, positions=tuple(positions[:_MOST_POSITIONS])))
        return verdicts
