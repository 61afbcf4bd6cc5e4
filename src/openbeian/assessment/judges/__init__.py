"""The judges, and the registry they are made from: a new kind of judge is one more entry.

Those behind an address are made by `specs`.
"""

import os
from collections.abc import Callable, Mapping, Sequence
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
from openbeian.assessment.judges.remote import RemoteJudge
from openbeian.assessment.judges.specs import make_remote, parse_judge_spec, specs_for_run
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
    "RemoteJudge",
    "Verdict",
    "judges_for_run",
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


def load_judges(
    library: KeywordLibrary | None,
    specs: Sequence[str] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> tuple[Judge, ...]:
    """Return the judges named, as `specs` says how; by default all that ship with us and can be made.

    Without a library there is no keyword judge. Keys of judges behind an address are taken from `environ`.

    Raises:
        BadInputError: There is no such judge, it lacks what it needs, or one is named twice.
    """
    if specs is None:
        specs = [name for name in JUDGES if name != "keyword" or library is not None]
    parsed = [parse_judge_spec(spec) for spec in specs]
    names = [spec.name for spec in parsed]
    if len(set(names)) < len(names):
        raise BadInputError(
            f"同名判定器只能给一个，现为：{'、'.join(names)}。",
            f"Name each judge once; given were: {', '.join(names)}.",
        )
    return tuple(make_remote(spec, environ) if spec.url else JUDGES[spec.name](library) for spec in parsed)


def judges_for_run(library: KeywordLibrary | None, specs: Sequence[str]) -> tuple[Judge, ...]:
    """Return the judges of a new run: those that ship with us, replaced or joined by those named.

    Raises:
        BadInputError: As `load_judges`.
    """
    return load_judges(library, specs_for_run(specs, has_keywords=library is not None))
