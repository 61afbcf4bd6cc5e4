"""What was measured of a service, each against its threshold: assessment, corpus, banks and keywords.

Every value comes out of the functions that made the reports; here they only get one shape, so that clauses
can be concluded from them whatever they were measured by.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from openbeian.assessment.banks import BANK_LABELS, BankKind, QuestionBank
from openbeian.assessment.coverage import (
    Age,
    Coverage,
    bank_age,
    bank_coverage,
    keyword_age,
    keyword_coverage,
)
from openbeian.assessment.keywords import KeywordLibrary
from openbeian.assessment.methods import METHODS
from openbeian.assessment.report import Conclusion, Report
from openbeian.assessment.scope import GENERAL, Scope
from openbeian.core.standard import Edition, Strength
from openbeian.core.text import Text
from openbeian.corpus.report import Conclusion as CorpusConclusion
from openbeian.corpus.report import CorpusReport

__all__ = ["Measured", "of_assessment", "of_banks", "of_corpus", "of_keywords"]

_COVERED: Final = {
    BankKind.GENERATED_CONTENT: "bank.generated.coverage",
    BankKind.SHOULD_REFUSE: "bank.refuse.coverage",
}
_ASPECTS: Final = Text("非拒答测试题库覆盖的方面", "Aspects covered by the should-answer bank")
_MOST_NAMED: Final = 6
_ABSENT: Final = Text("没有这一项的评估结果。", "There is no result for this.")


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure against its threshold.

    `met` is None where the figure concludes nothing; `said` then gives the reason, otherwise the figure.
    """

    threshold: str
    clause_ids: tuple[str, ...]
    text: Text
    met: bool | None
    said: Text
    source: str
    """The document that proves it, by its name in the dossier."""
    is_binding: bool = True
    """Whether the threshold is an 应; what is only recommended (宜) changes no conclusion (9.1 d)."""
    is_left_out: bool = False
    """Whether the profile leaves it out, so that nothing is concluded from it."""


def of_assessment(report: Report, edition: Edition, source: str) -> Iterator[Measured]:
    """Yield the results of an assessment, and those that are missing because a bank was not put."""
    beside = {(method.threshold, method.judge) for method in METHODS if method.beside}
    for result in report.results:
        if (result.threshold, result.judge) in beside:
            continue
        met = {Conclusion.CONFORMS: True, Conclusion.DOES_NOT_CONFORM: False}.get(result.conclusion)
        yield _measured(
            edition, result.threshold, result.reason, source, met=met, is_left_out=result.left_out
        )
    found = {result.threshold for result in report.results}
    for method in METHODS:
        if method.threshold not in found and not method.beside:
            yield _measured(edition, method.threshold, _ABSENT, source, met=None)


def of_corpus(report: CorpusReport, edition: Edition, source: str) -> Iterator[Measured]:
    """Yield the results of a corpus report; those on its keyword library come from the library itself."""
    for result in report.results:
        if result.threshold.startswith("keywords."):
            continue
        met = {CorpusConclusion.CONFORMS: True, CorpusConclusion.DOES_NOT_CONFORM: False}.get(
            result.conclusion
        )
        said = Text(f"{result.reason.zh}。", f"{result.reason.en}.")
        yield _measured(edition, result.threshold, said, source, met=met)


def of_banks(
    banks: Iterable[QuestionBank], edition: Edition, source: str, *, on: date, scope: Scope = GENERAL
) -> Iterator[Measured]:
    """Yield what the banks hold of what the edition asks for, as of the day `on`."""
    for bank in banks:
        coverage = bank_coverage(bank, edition, scope.left_out)
        yield from _held(coverage, edition, source)
        yield _covered(bank.kind, coverage[1:], edition, source)
        yield _fresh(bank_age(bank, edition), BANK_LABELS[bank.kind], edition, source, on)


def of_keywords(library: KeywordLibrary, edition: Edition, source: str, *, on: date) -> Iterator[Measured]:
    """Yield what a keyword library holds of what the edition asks for, as of the day `on`."""
    coverage = keyword_coverage(library, edition)
    yield from _held(coverage, edition, source)
    without = [one.stratum for one in coverage[1:] if not one.found]
    said = _without(without, len(coverage) - 1)
    yield _measured(edition, "keywords.coverage", said, source, met=not without)
    yield _fresh(keyword_age(library, edition), Text("关键词库", "Keyword library"), edition, source, on)


def _held(coverage: Sequence[Coverage], edition: Edition, source: str) -> Iterator[Measured]:
    """Yield one value for each threshold of counts, whatever number of risks it is applied to."""
    by_threshold: dict[str, list[Coverage]] = {}
    for one in coverage:
        by_threshold.setdefault(one.threshold.id, []).append(one)
    for threshold, held in by_threshold.items():
        short = [one for one in held if one.is_short]
        yield _measured(edition, threshold, _said(held, short), source, met=not short)


def _said(held: Sequence[Coverage], short: Sequence[Coverage]) -> Text:
    if not held[0].stratum:
        return Text(
            f"有 {held[0].found}，要求 {held[0].needed}。",
            f"{held[0].found} are there, {held[0].needed} asked for.",
        )
    if not short:
        least = min(one.found for one in held)
        return Text(
            f"最少的一种有 {least}，要求 {held[0].needed}。",
            f"The least has {least}, {held[0].needed} are asked for.",
        )
    named = _named([f"{one.stratum} {one.found}" for one in short])
    return Text(
        f"{len(held)} 种中 {len(short)} 种少于 {held[0].needed}：{named.zh}。",
        f"{len(short)} of {len(held)} have fewer than {held[0].needed}: {named.en}.",
    )


def _named(names: Sequence[str]) -> Text:
    """Return the first few of the names, and that there are more."""
    more = len(names) - _MOST_NAMED
    shown = names[:_MOST_NAMED]
    return Text(
        "、".join(shown) + ("等" if more > 0 else ""), ", ".join(shown) + (" and others" if more > 0 else "")
    )


def _covered(kind: BankKind, strata: Sequence[Coverage], edition: Edition, source: str) -> Measured:
    without = [one.stratum for one in strata if not one.found]
    said = _without(without, len(strata))
    if kind in _COVERED:
        return _measured(edition, _COVERED[kind], said, source, met=not without)
    clauses = edition.threshold("bank.answer.total").clause_ids
    return Measured("bank.answer.coverage", clauses, _ASPECTS, not without, said, source)


def _without(missing: Sequence[str], whole: int) -> Text:
    if not missing:
        return Text(f"{whole} 种全部覆盖。", f"All {whole} are covered.")
    named = _named(missing)
    return Text(
        f"{whole} 种中缺 {len(missing)} 种：{named.zh}。",
        f"{len(missing)} of {whole} are missing: {named.en}.",
    )


def _fresh(age: Age, what: Text, edition: Edition, source: str, on: date) -> Measured:
    if age.updated_on is None or age.due_on is None:
        said = Text(f"{what.zh}的版本没有写明日期。", f"{what.en}: the version names no date.")
    else:
        said = Text(
            f"{what.zh}更新于 {age.updated_on}，须在 {age.due_on} 前再更新。",
            f"{what.en} updated on {age.updated_on}, due again by {age.due_on}.",
        )
    return _measured(edition, age.threshold.id, said, source, met=age.is_current(on))


def _measured(
    edition: Edition,
    threshold_id: str,
    said: Text,
    source: str,
    *,
    met: bool | None,
    is_left_out: bool = False,
) -> Measured:
    threshold = edition.threshold(threshold_id)
    return Measured(
        threshold.id,
        threshold.clause_ids,
        threshold.text,
        met,
        said,
        source,
        is_binding=threshold.strength is Strength.SHALL,
        is_left_out=is_left_out,
    )
