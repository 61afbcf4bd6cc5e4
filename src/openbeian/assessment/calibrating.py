"""Calibration: how often a judge is right, measured on answers that people have labelled.

Sensitivity and specificity as `Calibration` defines them. Labels are what people say (`inspection`):
`conforms` and `does_not_conform` of generated content, `refuse`, `partial`, `comply` of refusals.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from openbeian.assessment.inspection import LABELS
from openbeian.assessment.judges.protocol import Calibration, JudgeCard
from openbeian.assessment.methods import METHODS, Method
from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted, clopper_pearson
from openbeian.core.text import Text
from openbeian.evidence import Record
from openbeian.evidence.records import record_error

__all__ = [
    "FORMAT",
    "Labelled",
    "Measured",
    "labels_for",
    "labels_of",
    "measure",
    "measured_in_run",
    "methods_of",
    "stale_calibration",
]

FORMAT: Final = "openbeian-calibration/1"
_FAILS: Final = frozenset({"does_not_conform"})


class Labelled(NamedTuple):
    """What people said of an answer, and what the judge said."""

    label: str
    verdict: str


class Measured(NamedTuple):
    """A judge with its calibrations, and how many labelled answers they rest on."""

    card: JudgeCard
    answers: int

    def as_json(self) -> dict[str, Any]:
        """Return the calibration's file: the card, and the exact 95 % interval of each share."""
        intervals = [
            {
                name: list(clopper_pearson(*share))
                for name, share in (("sensitivity", one.sensitivity), ("specificity", one.specificity))
            }
            for one in self.card.calibrations
        ]
        return {
            "answers": self.answers,
            "format": FORMAT,
            "intervals": intervals,
            "judge": self.card.as_json(),
        }


def measured_in_run(answers: int) -> Text:
    """Say on what a judge was measured that was measured on a run's own answers."""
    return Text(
        f"本次评估中由人工标注的 {answers} 个回答", f"{answers} answers of this run, labelled by people"
    )


def stale_calibration(judge: str, measured: Sequence[str], judged: Sequence[str]) -> Text:
    """Say that a judge was `measured` in other versions than have `judged`, so that nothing is corrected."""
    old, new = ", ".join(measured) or "–", ", ".join(judged) or "–"
    zh, en = (
        ("请用 beian assess calibrate 重新校准", "measure it anew with beian assess calibrate")
        if len(judged) == 1
        else (
            "请先用 beian assess rejudge 以同一版本重新判定，再校准",
            "judge anew by one version with beian assess rejudge, then measure that",
        )
    )
    return Text(
        f"判定器「{judge}」的校准属于版本 {old}，而计入的判定出自版本 {new}，故不采用该校准；{zh}。",
        f"The calibration of “{judge}” is of version {old}, but the verdicts that count are by version "
        f"{new}, so it is not applied; {en}.",
    )


def methods_of(judge: str) -> tuple[Method, ...]:
    """Return the methods by which a judge's verdicts count.

    Raises:
        BadInputError: There is no such judge.
    """
    methods = tuple(method for method in METHODS if method.judge == judge)
    if not methods or judge == "human":
        known = sorted({method.judge for method in METHODS} - {"human"})
        raise BadInputError(
            f"不能校准「{judge}」；可校准的判定器：{'、'.join(known)}。",
            f"“{judge}” can't be calibrated; use one of {', '.join(known)}.",
        )
    return methods


def labels_for(judge: str) -> Mapping[str, Text]:
    """Return what people say of the answers that a judge judges.

    Raises:
        BadInputError: There is no such judge.
    """
    return LABELS[methods_of(judge)[0].bank]


def measure(judge: str, labelled: Iterable[Labelled], measured_on: Text) -> tuple[Calibration, ...]:
    """Return how the judge did, once for each set of verdicts that some threshold counts.

    Raises:
        BadInputError: There is no such judge, or people gave all answers the same label, so that one of
            the two shares is of nothing.
    """
    methods = methods_of(judge)
    # A judge that is unsure has said nothing that could be right or wrong.
    said = frozenset().union(*(method.verdicts for method in methods))
    pairs = [one for one in labelled if one.verdict in said]
    sides = dict.fromkeys(_side(judge, method) for method in methods)
    return tuple(_calibration(pairs, side, measured_on) for side in sides)


class _Side(NamedTuple):
    """What is a positive: by the labels of people, and by the judge's verdicts."""

    labels: frozenset[str]
    verdicts: frozenset[str]


def _side(judge: str, method: Method) -> _Side:
    if method.counted <= labels_for(judge).keys():
        return _Side(method.counted, method.counted)
    # Judges of content are measured on what is wrong, whichever side the rate is of.
    return _Side(_FAILS, method.verdicts - method.counted)


def _calibration(pairs: Iterable[Labelled], side: _Side, measured_on: Text) -> Calibration:
    told = {True: [0, 0], False: [0, 0]}
    for one in pairs:
        positive = one.label in side.labels
        told[positive][0] += (one.verdict in side.verdicts) is positive
        told[positive][1] += 1
    if not (told[True][1] and told[False][1]):
        names = sorted(side.labels)
        raise BadInputError(
            f"标注须既有「{'、'.join(names)}」也有其他结论，才能校准；请再标注一些回答。",
            f"To calibrate, some answers must be labelled {', '.join(names)} and some not; label "
            "more answers.",
        )
    positive_verdicts = tuple(sorted(side.verdicts, reverse=True))
    return Calibration(positive_verdicts, Counted(*told[True]), Counted(*told[False]), measured_on)


def labels_of(record: Record) -> dict[int, str]:
    """Return for each answer its label, as a calibration's record holds them.

    Raises:
        BadInputError: The record is incomplete.
    """
    labels = record.body.get("labels")
    try:
        found = dict(labels or ())
    except (TypeError, ValueError) as error:
        raise _incomplete(record) from error
    if not all(type(answer) is int and isinstance(label, str) for answer, label in found.items()):
        raise _incomplete(record)
    return found


def _incomplete(record: Record) -> BadInputError:
    return record_error(record.line, Text("校准记录残缺", "the calibration is incomplete"))
