"""The judges, and the registry they are made from: a new kind of judge is one more entry."""

from collections.abc import Callable, Sequence
from typing import Final

from openbeian.assessment.judges.classifier import ClassifierJudge
from openbeian.assessment.judges.keyword import KeywordJudge
from openbeian.assessment.judges.protocol import (
    Calibration,
    Exchange,
    Judge,
    JudgeCard,
    Position,
    Verdict,
)
from openbeian.assessment.judges.refusal import RefusalJudge
from openbeian.assessment.keywords import KeywordLibrary
from openbeian.core.errors import BadInputError

__all__ = [
    "JUDGES",
    "Calibration",
    "ClassifierJudge",
    "Exchange",
    "Judge",
    "JudgeCard",
    "KeywordJudge",
    "Position",
    "RefusalJudge",
    "Verdict",
    "load_judges",
]


def _keyword(library: KeywordLibrary | None) -> Judge:
    if library is None:
        raise BadInputError(
            "关键词判定需要关键词库；请用 --keywords 指定。",
            "The keyword judge needs a keyword library; name one with --keywords.",
        )
    return KeywordJudge(library)


def _refusal(library: KeywordLibrary | None) -> Judge:  # noqa: ARG001  it needs none
    return RefusalJudge.load()


def _classifier(library: KeywordLibrary | None) -> Judge:  # noqa: ARG001  it needs none
    return ClassifierJudge.load()


JUDGES: Final[dict[str, Callable[[KeywordLibrary | None], Judge]]] = {
    "keyword": _keyword,
    "refusal": _refusal,
    "classifier": _classifier,
}


def load_judges(library: KeywordLibrary | None, names: Sequence[str] | None = None) -> tuple[Judge, ...]:
    """Return the judges named, by default all that can be made: without a library no keyword judge.

    Raises:
        BadInputError: There is no such judge, or it lacks what it needs.
    """
    if names is None:
        names = [name for name in JUDGES if name != "keyword" or library is not None]
    unknown = [name for name in names if name not in JUDGES]
    if unknown:
        raise BadInputError(
            f"没有「{unknown[0]}」判定器；可用：{'、'.join(JUDGES)}。",
            f"There is no judge “{unknown[0]}”; use one of {', '.join(JUDGES)}.",
        )
    return tuple(JUDGES[name](library) for name in names)
