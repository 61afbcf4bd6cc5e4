"""Stopping a run early: the rule, fixed in the commitment before anything is drawn, and who watches for it.

A bank is over when one of the results that count for it is decided against the service, or all of them
for it. Results of people, and of judges that conclude nothing, are never decided while a run goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

from openbeian.assessment.banks import BankKind
from openbeian.assessment.judges.protocol import Judge
from openbeian.assessment.methods import METHODS, Method
from openbeian.core.errors import BadInputError
from openbeian.core.sequential import Decide, Sprt, curtailed
from openbeian.core.standard import Edition, Limit
from openbeian.core.statistics import cutoff_at_least, cutoff_at_most
from openbeian.evidence import Draw, Record, RecordKind

__all__ = ["Course", "StopRule", "Stopper", "counts", "sequential_test"]

_Kind = Literal["certain", "sprt"]
_DEFAULT_ODDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class StopRule:
    """When to stop: `certain`, once the rest can't matter; `sprt`, once Wald's test has decided."""

    kind: _Kind = "certain"
    alpha: float = _DEFAULT_ODDS
    """How likely at most a service exactly at the threshold is taken for a good one."""
    beta: float = _DEFAULT_ODDS
    """How likely at most a service with half as many failures is taken for a bad one."""

    @classmethod
    def named(cls, written: str) -> Self | None:
        """Return the rule written as `certain`, `sprt` or `sprt:ALPHA,BETA`; None for nothing.

        Raises:
            BadInputError: It is no such rule.
        """
        kind, _, odds = written.partition(":")
        try:
            parsed = cls.parse({"kind": kind, **_odds(odds)}) if written else None
        except (KeyError, TypeError, ValueError) as error:
            raise BadInputError(
                f"「{written}」不是提前停止的规则；请写 certain、sprt 或 sprt:0.05,0.05（两类错误率）。",
                f"“{written}” is no rule for stopping; write certain, sprt or sprt:0.05,0.05 (both error "
                "rates).",
            ) from error
        return parsed

    def as_json(self) -> dict[str, Any]:
        """Return the rule as the commitment's record holds it."""
        return {"kind": self.kind} | ({"alpha": self.alpha, "beta": self.beta} if self.kind == "sprt" else {})

    @classmethod
    def parse(cls, value: Mapping[str, Any] | None) -> Self | None:
        """Return the rule that evidence holds; None where it holds none.

        Raises:
            KeyError, TypeError, ValueError: It is no rule.
        """
        if value is None:
            return None
        if value["kind"] not in get_args(_Kind):
            raise ValueError(value["kind"])
        alpha, beta = (value.get(name, _DEFAULT_ODDS) for name in ("alpha", "beta"))
        if not all(type(one) is float and 0 < one < 0.5 for one in (alpha, beta)):  # noqa: PLR2004
            raise ValueError(f"{alpha}, {beta}")
        return cls(value["kind"], alpha, beta)


def _odds(written: str) -> dict[str, float]:
    if not written:
        return {}
    alpha, beta = map(float, written.split(","))
    return {"alpha": alpha, "beta": beta}


def sequential_test(rule: StopRule, rate: float, *, at_most: bool) -> Sprt:
    """Return Wald's test of a required rate against one with half as many failures."""
    good = rate / 2 if at_most else (1 + rate) / 2
    return Sprt(rate, good, rule.alpha, rule.beta)


def counts(method: Method, value: str | None) -> bool | None:
    """Say whether a verdict counts by a method; None where there is none, or the judge is unsure."""
    return value in method.counted if value in method.verdicts else None


class Course:
    """What one method has found so far.

    With an `order` outcomes count in the order of the draw, as far as they are known without a gap:
    answers that come quickly may differ from those that come slowly, and Wald's test must not prefer them.
    """

    def __init__(self, decide: Decide, order: Sequence[str] = ()) -> None:
        """Decide by `decide`."""
        self._decide = decide
        self._order = order
        self._at = 0
        self._known: dict[str, bool | None] = {}
        self.counted = 0
        self.done = 0
        self.decided: bool | None = None

    def put(self, question: str, *, outcome: bool | None) -> None:
        """Say whether the answer to a question counts; None where there is none because of an error."""
        if question in self._known:
            return
        self._known[question] = outcome
        if not self._order:
            self._count(outcome)
        while self._at < len(self._order) and self._order[self._at] in self._known:
            self._count(self._known[self._order[self._at]])
            self._at += 1

    def _count(self, outcome: bool | None) -> None:  # noqa: FBT001  it is the value counted
        if outcome is None or self.decided is not None:
            return
        self.counted += outcome
        self.done += 1
        self.decided = self._decide(self.counted, self.done)


class Stopper:
    """Watches the records of a run and says which banks are over."""

    def __init__(self, courses: Mapping[str, Mapping[Method, Course | None]]) -> None:
        """Watch these courses of each bank; None where a result can't be decided in the run."""
        self._courses = courses

    @classmethod
    def of(
        cls, rule: StopRule | None, edition: Edition, draws: Mapping[str, Draw], judges: Sequence[Judge]
    ) -> Self | None:
        """Return who watches a run under an edition with these judges; None without a rule."""
        if rule is None:
            return None
        by_name = {judge.name: judge for judge in judges}
        courses: dict[str, dict[Method, Course | None]] = {}
        for method in METHODS:
            is_out = bool(method.beside) or edition.is_left_out(method.threshold)
            if method.bank.value in draws and not is_out:
                concludes = _concludes(by_name.get(method.judge), method)
                course = _course(rule, edition, method, draws[method.bank.value]) if concludes else None
                courses.setdefault(method.bank.value, {})[method] = course
        return cls(courses)

    def take(self, record: Record) -> None:
        """Take the next record."""
        if record.kind not in {RecordKind.VERDICT, RecordKind.ERROR}:
            return
        for method, course in self._courses.get(str(record.body.get("bank")), {}).items():
            if course is None:
                continue
            if record.kind is RecordKind.ERROR:
                course.put(record.string("question"), outcome=None)
            elif record.body.get("judge") == method.judge:
                course.put(record.string("question"), outcome=counts(method, record.string("value")))

    def is_over(self, bank: str) -> bool:
        """Say whether nothing more need be asked of a bank."""
        courses = self._courses.get(bank, {}).values()
        decided = [course.decided if course else None for course in courses]
        return False in decided or (bool(decided) and all(decided))

    @property
    def stopped(self) -> list[str]:
        """The banks that are over."""
        return [bank.value for bank in BankKind if self.is_over(bank.value)]


def _concludes(judge: Judge | None, method: Method) -> bool:
    return judge is not None and (method.needs_no_calibration or bool(judge.calibrations))


def _course(rule: StopRule, edition: Edition, method: Method, draw: Draw) -> Course:
    rate = edition.rate(method.threshold)
    at_most = edition.threshold(method.threshold).limit is Limit.AT_MOST
    if rule.kind == "sprt":
        return Course(sequential_test(rule, float(rate), at_most=at_most).decide, tuple(draw.questions))
    sample = len(draw.questions)
    cutoff = (cutoff_at_most if at_most else cutoff_at_least)(sample, rate)
    return Course(lambda counted, done: curtailed(sample, cutoff, counted, done, at_most=at_most))
