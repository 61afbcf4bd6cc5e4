"""Clauses of a standard, the result an assessment gives each, and the conclusion they add up to."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = [
    "CONCLUSION_LABELS",
    "OVERALL_LABELS",
    "STRENGTH_LABELS",
    "Clause",
    "ClauseResult",
    "Conclusion",
    "OverallConclusion",
    "Provenance",
    "Strength",
    "check_clause_result",
    "check_results_complete",
    "overall_conclusion",
]


class Provenance(StrEnum):
    """How well a fact is known: two sources, one source, memory, not at all."""

    V2 = "V2"
    V3 = "V3"
    M = "M"
    UNKNOWN = "UNKNOWN"

    @property
    def is_unverified(self) -> bool:
        """Whether no readable source stands behind the fact."""
        return self in {Provenance.M, Provenance.UNKNOWN}


class Strength(StrEnum):
    """How strongly a clause binds: 应, 宜, 可."""

    SHALL = "shall"
    SHOULD = "should"
    MAY = "may"


class Conclusion(StrEnum):
    """The result of one clause."""

    CONFORMS = "conforms"
    DOES_NOT_CONFORM = "does_not_conform"
    NOT_APPLICABLE = "not_applicable"


class OverallConclusion(StrEnum):
    """The result of a whole assessment."""

    ALL_CONFORM = "all_conform"
    SOME_CONFORM = "some_conform"
    NONE_CONFORMS = "none_conforms"


STRENGTH_LABELS: Final = {
    Strength.SHALL: Text("应", "shall"),
    Strength.SHOULD: Text("宜", "should"),
    Strength.MAY: Text("可", "may"),
}
CONCLUSION_LABELS: Final = {
    Conclusion.CONFORMS: Text("符合", "Conforms"),
    Conclusion.DOES_NOT_CONFORM: Text("不符合", "Does not conform"),
    Conclusion.NOT_APPLICABLE: Text("不适用", "Not applicable"),
}
OVERALL_LABELS: Final = {
    OverallConclusion.ALL_CONFORM: Text("全部符合要求", "Meets all requirements"),
    OverallConclusion.SOME_CONFORM: Text("部分符合要求", "Meets some requirements"),
    OverallConclusion.NONE_CONFORMS: Text("全部不符合要求", "Meets no requirement"),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One item of a standard, in our own words.

    `key` is the same in every edition. `number` is what the edition prints, as far as it is known;
    `id` is unique in the edition: the number, or `chapter:key` where the item letter is not known.
    """

    id: str
    key: str
    number: str
    chapter: str
    title: Text
    summary: Text
    strength: Strength
    provenance: Provenance
    assessed: bool
    """Whether the assessment must give this clause a result of its own."""

    @property
    def is_unverified(self) -> bool:
        """Whether the wording or the number was not found in any readable source."""
        return self.provenance.is_unverified


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """What an assessment says about one clause, and on what grounds."""

    clause_id: str
    conclusion: Conclusion
    evidence: tuple[str, ...] = ()
    reason: str = ""
    plan: str = ""
    equivalent_measure: str = ""


def check_clause_result(result: ClauseResult) -> None:
    """Check that a result stands on what its conclusion needs.

    Conforming needs evidence. Not conforming needs the reason, and a plan or an equivalent measure
    with its evidence. Not applicable needs the reason.

    Raises:
        BadInputError: Something the conclusion needs is missing.
    """
    missing = _missing_grounds(result)
    if missing:
        label = CONCLUSION_LABELS[result.conclusion]
        raise BadInputError(
            f"条款 {result.clause_id} 的结论为「{label.zh}」，还缺{missing.zh}；请补充。",
            f"Clause {result.clause_id} is concluded “{label.en}” but lacks {missing.en}; add it.",
        )


def _missing_grounds(result: ClauseResult) -> Text | None:
    if result.conclusion is Conclusion.CONFORMS:
        return None if result.evidence else Text("证明材料", "evidence")
    if not result.reason.strip():
        return Text("理由", "the reason")
    if result.conclusion is Conclusion.NOT_APPLICABLE or result.plan.strip():
        return None
    if not result.equivalent_measure.strip():
        return Text("整改计划或等效措施", "a plan or an equivalent measure")
    return None if result.evidence else Text("等效措施的证明材料", "evidence for the equivalent measure")


def check_results_complete(clauses: Iterable[Clause], results: Sequence[ClauseResult]) -> None:
    """Check that every assessed clause has exactly one result and no other clause has any.

    Raises:
        BadInputError: A result is missing, doubled, or for a clause that takes none.
    """
    wanted = [clause.id for clause in clauses if clause.assessed]
    given = Counter(result.clause_id for result in results)
    missing = [clause_id for clause_id in wanted if clause_id not in given]
    if missing:
        raise BadInputError(
            f"以下条款还没有评估结论：{'、'.join(missing)}；请逐条给出。",
            f"These clauses have no result yet: {', '.join(missing)}; give each its own.",
        )
    doubled = [clause_id for clause_id, times in given.items() if times > 1]
    if doubled:
        raise BadInputError(
            f"以下条款有多个结论：{'、'.join(doubled)}；每条只保留一个。",
            f"These clauses have more than one result: {', '.join(doubled)}; keep one each.",
        )
    foreign = sorted(given.keys() - set(wanted))
    if foreign:
        raise BadInputError(
            f"以下编号不是需要单独给出结论的条款：{'、'.join(foreign)}；请删除或改正。",
            f"These are no clauses that take a result: {', '.join(foreign)}; remove or correct them.",
        )


def overall_conclusion(clauses: Sequence[Clause], results: Sequence[ClauseResult]) -> OverallConclusion:
    """Return the overall conclusion (TC260-003, 9.1 d).

    All conform when no binding clause fails; none conforms when every binding clause that applies
    fails; some conform otherwise. Recommended clauses (宜, 可) need a result but don't count here.

    Raises:
        BadInputError: The results are incomplete, or one lacks its grounds.
    """
    check_results_complete(clauses, results)
    for result in results:
        check_clause_result(result)
    binding = {clause.id for clause in clauses if clause.strength is Strength.SHALL}
    counted = {result.conclusion for result in results if result.clause_id in binding}
    if Conclusion.DOES_NOT_CONFORM not in counted:
        return OverallConclusion.ALL_CONFORM
    if Conclusion.CONFORMS not in counted:
        return OverallConclusion.NONE_CONFORMS
    return OverallConclusion.SOME_CONFORM
