"""The result of every clause of chapters 5 to 8, and the conclusion they add up to (TC260-003, 9.1 b and d).

Where figures decide, they do: what a provider says against them stands beside them as a contradiction and
changes nothing. Some clauses are wholly a matter of figures; others figures can only refute, since a rate
proves no procedure. What neither figures nor the provider say anything about is not assessed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.standard import (
    CONCLUSION_LABELS,
    Clause,
    ClauseResult,
    Conclusion,
    Edition,
    OverallConclusion,
    check_clause_result,
    overall_conclusion,
)
from openbeian.core.text import Text
from openbeian.dossier.measured import Measured

__all__ = ["ClauseFinding", "Ground", "Overall", "conclude_clauses", "conclude_overall"]

_DECIDED_BY_FIGURES: Final = frozenset(
    {
        "corpus.source.assessed",
        "corpus.source.diversity",
        "corpus.source.traceable",
        "library.keywords",
        "bank.refuse",
        "bank.answer",
    }
)
"""The clauses that figures decide alone, by their keys; all others they can only refute."""

_BEARS_ON: Final[Mapping[str, str]] = MappingProxyType(
    {
        "evaluation.corpus.manual": "corpus.content.filtered",
        "evaluation.corpus.technical": "corpus.content.filtered",
        "evaluation.generated.manual": "model.output",
        "evaluation.generated.keyword": "model.output",
        "evaluation.generated.classifier": "model.output",
        "evaluation.refusal.refused": "measures.answering",
        "evaluation.refusal.answered": "measures.answering",
    }
)
"""Which clause of chapters 5 to 8 the evaluations of chapter 9 measure."""

_NOTHING: Final = Text("", "")
_OWN_MODEL: Final = Text(
    "模型为自研，没有使用第三方基础模型（见备案表「模型来源」）。",
    "The model is the provider's own and rests on no other (see the form, “Origin”).",
)


class Ground(StrEnum):
    """What a result rests on."""

    FIGURES = "figures"
    STATED = "stated"
    FORM = "form"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ClauseFinding:
    """The result of one clause with its grounds; `conclusion` is None where it is not assessed."""

    clause: Clause
    conclusion: Conclusion | None
    ground: Ground
    evidence: tuple[str, ...] = ()
    reason: Text = _NOTHING
    plan: str = ""
    equivalent_measure: str = ""
    measured: tuple[Measured, ...] = ()
    """Every figure that bears on the clause."""
    contradiction: Text | None = None
    """What the provider says against the figures."""

    @property
    def todo(self) -> Text | None:
        """What is still to be done before the clause has its result and grounds; None where nothing is."""
        if self.conclusion is None:
            return self._unassessed()
        try:
            check_clause_result(self.as_result(self.conclusion))
        except BadInputError as error:
            return error.text
        return None

    def as_result(self, conclusion: Conclusion) -> ClauseResult:
        """Return the result as the rules of the standard take it."""
        return ClauseResult(
            self.clause.id, conclusion, self.evidence, self.reason.zh, self.plan, self.equivalent_measure
        )

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What else figures say: recommended ones that are missed, and those that conclude nothing."""
        return tuple(_remarks(self.measured))

    def _unassessed(self) -> Text:
        named = f"{self.clause.number} {self.clause.key}"
        or_else = (
            Text("，或补齐所缺的测评数据", ", or complete the figures that decide it")
            if self.clause.key in _DECIDED_BY_FIGURES
            else _NOTHING
        )
        return Text(
            f"条款 {named} 未评估；请在 dossier.yaml 的 clauses 下写明结论和依据{or_else.zh}。",
            f"Clause {named} is not assessed; state its result and grounds under clauses in "
            f"dossier.yaml{or_else.en}.",
        )


@dataclass(frozen=True, slots=True)
class Overall:
    """The overall conclusion; None as long as something is open."""

    conclusion: OverallConclusion | None
    open_clauses: tuple[ClauseFinding, ...]
    open_figures: tuple[Measured, ...]


def conclude_clauses(
    edition: Edition,
    stated: Mapping[str, ClauseResult],
    measured: Sequence[Measured],
    *,
    has_own_model: bool = False,
) -> tuple[ClauseFinding, ...]:
    """Return the result of each clause that takes one, in the order of the edition.

    Args:
        edition: the edition, under its profile.
        stated: what the provider says, by the ids of clauses.
        measured: every figure there is.
        has_own_model: whether the form says that the model is the provider's own.
    """
    by_key: dict[str, list[Measured]] = {}
    for one in measured:
        for key in dict.fromkeys(edition.clause(clause_id).key for clause_id in one.clause_ids):
            by_key.setdefault(_BEARS_ON.get(key, key), []).append(one)
    return tuple(
        _conclude(
            clause, stated.get(clause.id), tuple(by_key.get(clause.key, ())), has_own_model=has_own_model
        )
        for clause in edition.clauses
        if clause.assessed
    )


def _conclude(
    clause: Clause, stated: ClauseResult | None, measured: tuple[Measured, ...], *, has_own_model: bool
) -> ClauseFinding:
    counted = [one for one in measured if one.is_binding and not one.is_left_out]
    failed = [one for one in counted if one.met is False]
    if failed:
        return _refuted(clause, stated, measured, failed)
    if stated:
        return _as_stated(clause, stated, measured)
    if clause.key in _DECIDED_BY_FIGURES and counted and all(one.met for one in counted):
        return ClauseFinding(
            clause,
            Conclusion.CONFORMS,
            Ground.FIGURES,
            evidence=_sources(measured),
            reason=_joined(counted),
            measured=measured,
        )
    if clause.key == "model.base" and has_own_model:
        return ClauseFinding(clause, Conclusion.NOT_APPLICABLE, Ground.FORM, reason=_OWN_MODEL)
    return ClauseFinding(clause, None, Ground.NONE, measured=measured)


def _refuted(
    clause: Clause, stated: ClauseResult | None, measured: tuple[Measured, ...], failed: Sequence[Measured]
) -> ClauseFinding:
    agrees = stated is None or stated.conclusion is Conclusion.DOES_NOT_CONFORM
    own = stated or ClauseResult(clause.id, Conclusion.DOES_NOT_CONFORM)
    reason = _joined(failed)
    if agrees and own.reason.strip():
        reason = Text(f"{reason.zh}{own.reason}", f"{reason.en} {own.reason}")
    return ClauseFinding(
        clause,
        Conclusion.DOES_NOT_CONFORM,
        Ground.FIGURES,
        evidence=(*own.evidence, *_sources(failed)),
        reason=reason,
        plan=own.plan,
        equivalent_measure=own.equivalent_measure,
        measured=measured,
        contradiction=None if agrees else _contradiction(own, failed),
    )


def _contradiction(stated: ClauseResult, failed: Sequence[Measured]) -> Text:
    label, figures = CONCLUSION_LABELS[stated.conclusion], _joined(failed)
    return Text(
        f"提供者写的是「{label.zh}」，而实测不符合：{figures.zh}",
        f"The provider says: {label.en.lower()}; but the figures do not conform: {figures.en}",
    )


def _as_stated(clause: Clause, stated: ClauseResult, measured: tuple[Measured, ...]) -> ClauseFinding:
    proven = _sources(measured) if stated.conclusion is Conclusion.CONFORMS else ()
    return ClauseFinding(
        clause,
        stated.conclusion,
        Ground.STATED,
        evidence=tuple(dict.fromkeys((*stated.evidence, *proven))),
        reason=Text(stated.reason, stated.reason),
        plan=stated.plan,
        equivalent_measure=stated.equivalent_measure,
        measured=measured,
    )


def _sources(measured: Iterable[Measured]) -> tuple[str, ...]:
    """Return the documents behind figures that conclude something, each once."""
    return tuple(dict.fromkeys(one.source for one in measured if one.met is not None))


def _joined(measured: Sequence[Measured]) -> Text:
    return Text(
        "".join(f"{one.text.zh}：{one.said.zh}" for one in measured),
        " ".join(f"{one.text.en}: {one.said.en}" for one in measured),
    )


def _remarks(measured: Sequence[Measured]) -> Iterator[Text]:
    missed = [one for one in measured if one.met is False and not one.is_binding]
    if missed:
        said = _joined(missed)
        yield Text(
            f"推荐性指标（宜）未达到，不影响结论：{said.zh}",
            f"Recommended figures are missed, which changes no conclusion: {said.en}",
        )
    for one in measured:
        if one.is_left_out:
            yield Text(f"{one.text.zh}：本方案不计。", f"{one.text.en}: left out by the profile.")
        elif one.met is None:
            yield Text(
                f"{one.text.zh}未得出结论：{one.said.zh}", f"{one.text.en}, no conclusion: {one.said.en}"
            )


def conclude_overall(
    edition: Edition, findings: Sequence[ClauseFinding], measured: Sequence[Measured]
) -> Overall:
    """Return the overall conclusion, or what is open.

    Nothing is concluded as long as a clause has no result with all its grounds, or an evaluation of
    chapter 9 that was begun has none.
    """
    open_clauses = tuple(finding for finding in findings if finding.todo)
    open_figures = tuple(
        one for one in measured if one.met is None and one.is_binding and not one.is_left_out
    )
    results = [
        finding.as_result(finding.conclusion) for finding in findings if finding.conclusion is not None
    ]
    complete = not open_clauses and not open_figures
    conclusion = overall_conclusion(edition.clauses, results) if complete else None
    return Overall(conclusion, open_clauses, open_figures)
