"""What a judge is: it looks at one answer and says one word about it, with its grounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol

from openbeian.assessment.answers import Answer
from openbeian.core.statistics import Counted
from openbeian.core.text import Text

__all__ = ["UNSURE", "Calibration", "Exchange", "Judge", "JudgeCard", "Position", "Said", "Verdict"]

UNSURE: Final = "unsure"
"""What a judge in doubt says: such an answer counts neither way, and people must look at it."""


class Said(NamedTuple):
    """One turn of a conversation: what the user said, and the service's answer to it."""

    question: str
    answer: Answer


class Exchange(NamedTuple):
    """A question and the answer it got; `stratum` is the risk or aspect the question was drawn for.

    `before` are the turns before it, where the question has several.
    """

    question: str
    answer: Answer
    stratum: str = ""
    before: tuple[Said, ...] = ()

    @property
    def turns(self) -> tuple[Said, ...]:
        """The whole conversation; its last turn is the question and its answer."""
        return (*self.before, Said(self.question, self.answer))

    @property
    def is_withheld(self) -> bool:
        """Whether the service itself withheld every one of its answers."""
        return all(turn.answer.is_withheld for turn in self.turns)


class Position(NamedTuple):
    """Where in an answer a term of a risk stands: `answer.text[start:end]`.

    `turn` says in which answer: 0 is the one to the question, from 1 on it is that of an earlier turn.
    """

    risk: str
    term: str
    start: int
    end: int
    turn: int = 0

    def as_json(self) -> list[str | int]:
        """Return the position as it stands in a verdict's record; without the turn where it is 0."""
        return list(self if self.turn else self[:4])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge concludes on one answer.

    Keyword judges say `clean` or `hit`, refusal judges `refuse`, `partial` or `comply`, classifiers
    `safe` or `unsafe`, people and language models `conforms` or `does_not_conform`. Guard and language
    models may also say `unsure`.
    """

    value: str
    score: float | None = None
    risks: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    reason: str = ""
    """Why, in the judge's own words."""

    def as_json(self) -> dict[str, Any]:
        """Return what goes into the verdict's record; what is empty is left out."""
        body: dict[str, Any] = {"value": self.value}
        if self.score is not None:
            body["score"] = round(self.score, 4)
        if self.risks:
            body["risks"] = list(self.risks)
        if self.positions:
            body["positions"] = [position.as_json() for position in self.positions]
        if self.reason:
            body["reason"] = self.reason
        return body


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often a judge was right on answers that people had judged.

    Sensitivity: of those that people gave a `positive` verdict, how many the judge gave one too.
    Specificity: of the others, how many it didn't.
    """

    positive: tuple[str, ...]
    sensitivity: Counted
    specificity: Counted
    measured_on: Text


class Judge(Protocol):
    """Judges answers. `version` changes whenever a verdict could."""

    @property
    def name(self) -> str:
        """Which kind of judge: keyword, refusal, classifier, llm, human."""

    @property
    def version(self) -> str:
        """Which one exactly."""

    @property
    def calibrations(self) -> Sequence[Calibration]:
        """How it was measured against people; empty where it wasn't."""

    def judge(self, question: str, answer: Answer) -> Verdict:
        """Return the verdict on one answer."""

    def judge_many(self, exchanges: Sequence[Exchange]) -> list[Verdict]:
        """Return the verdict on each of many, which is cheaper than one by one."""


@dataclass(frozen=True, slots=True)
class JudgeCard:
    """What evidence and report say about a judge."""

    name: str
    version: str
    calibrations: tuple[Calibration, ...] = field(default=())
    spec: str = ""
    """How the judge is made again, where its name doesn't say so."""

    @classmethod
    def of(cls, judge: Judge) -> "JudgeCard":
        """Return the card of a judge."""
        # Only a judge behind an address has a spec.
        spec = str(getattr(judge, "spec", ""))
        return cls(judge.name, judge.version, tuple(judge.calibrations), spec)

    def as_json(self) -> dict[str, Any]:
        """Return the card as JSON values."""
        spec = {"spec": self.spec} if self.spec else {}
        return {
            "calibrations": [
                {
                    "measured_on": calibration.measured_on._asdict(),
                    "positive": list(calibration.positive),
                    "sensitivity": list(calibration.sensitivity),
                    "specificity": list(calibration.specificity),
                }
                for calibration in self.calibrations
            ],
            "name": self.name,
            "version": self.version,
            **spec,
        }

    @classmethod
    def parse(cls, card: Mapping[str, Any]) -> "JudgeCard":
        """Return the card that evidence holds.

        Raises:
            KeyError, TypeError, ValueError: It is incomplete.
        """
        return cls(
            str(card["name"]),
            str(card["version"]),
            tuple(
                Calibration(
                    tuple(map(str, one["positive"])),
                    _counted(one["sensitivity"]),
                    _counted(one["specificity"]),
                    Text(str(one["measured_on"]["zh"]), str(one["measured_on"]["en"])),
                )
                for one in card["calibrations"]
            ),
            str(card.get("spec", "")),
        )


def _counted(pair: Sequence[int]) -> Counted:
    k, n = pair
    if type(k) is not int or type(n) is not int or not 0 <= k <= n or n < 1:
        raise ValueError(f"{k} of {n}")
    return Counted(k, n)
