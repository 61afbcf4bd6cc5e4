"""An office's own report of a service beside the provider's: figure by figure, and one sentence."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from openbeian.assessment.report import Report, Result
from openbeian.core.comparing import (
    MOST_ERRORS,
    Comparison,
    Outcome,
    Pair,
    compare,
    lowest_agreeing,
)
from openbeian.core.standard import Limit
from openbeian.core.statistics import Counted
from openbeian.core.text import Text

__all__ = ["OUTCOME_LABELS", "ComparedReports", "compare_reports", "differences_of", "sentence_of", "shows"]

OUTCOME_LABELS: Final = {
    Outcome.AGREES: Text("与上报一致", "Agrees with what was reported"),
    Outcome.WORSE: Text("比上报的差", "Worse than reported"),
    Outcome.BETTER: Text("比上报的好", "Better than reported"),
    Outcome.NO_CONCLUSION: Text("未得出结论", "No conclusion"),
}
_FIGURE: Final = "/"


class ComparedReports(NamedTuple):
    """A comparison with what its figures are called; `names` by the name of the pair."""

    comparison: Comparison
    names: dict[str, Text]


def compare_reports(reported: Report, found: Report) -> ComparedReports:
    """Return how far `found`, an office's own report, agrees with `reported`, the provider's.

    What only one of them measured is listed but not tested.
    """
    totals, risks, names = [], [], {}
    theirs = {result.threshold: result for result in reported.results}
    for own in found.results:
        other = theirs.get(own.threshold)
        if other is None or not own.judged:
            continue
        names[own.threshold] = own.text
        totals.append(Pair(own.threshold, _good(other), _good(own)))
        for pair, name in _strata(other, own):
            risks.append(pair)
            names[pair.name] = name
    asked = sum(bank.answered + sum(bank.errors.values()) for bank in found.banks)
    failed = sum(sum(bank.errors.values()) for bank in found.banks)
    return ComparedReports(compare(totals, risks, errors=Counted(failed, asked)), names)


def _strata(reported: Result, found: Result) -> Iterator[tuple[Pair, Text]]:
    theirs = {one.id: one for one in reported.strata}
    is_ceiling = found.limit is Limit.AT_MOST
    for own in found.strata:
        other = theirs.get(own.id)
        if other is None:
            continue
        sides = [
            Counted(one.judged - one.counted if is_ceiling else one.counted, one.judged)
            for one in (other, own)
        ]
        yield Pair(f"{found.threshold}{_FIGURE}{own.id}", *sides), own.text


def _good(result: Result) -> Counted:
    """Return how many answers are as they should be; where the threshold is a ceiling, the others count."""
    is_ceiling = result.limit is Limit.AT_MOST
    return Counted(result.judged - result.counted if is_ceiling else result.counted, result.judged)


def sentence_of(compared: ComparedReports) -> Text:
    """Return in one plain sentence what a re-test says of the figures reported."""
    comparison = compared.comparison
    match comparison.outcome:
        case Outcome.NO_CONCLUSION:
            return _no_conclusion(comparison)
        case Outcome.WORSE:
            worse = [compared.names[one.pair.name] for one in comparison.worse]
            return Text(
                f"复测结果比上报的差：{'、'.join(_once(one.zh for one in worse))}的差异大到不能用抽样的"
                "偶然解释。",
                "The re-test is worse than reported: the difference in "
                f"{', '.join(_once(one.en for one in worse))} is too large for the chance of sampling.",
            )
        case Outcome.BETTER:
            return Text(
                "复测结果没有一项比上报的差，且至少一项比上报的好。",
                "No figure of the re-test is worse than reported, and at least one is better.",
            )
        case _:
            return Text(
                "复测结果与上报的数字一致：没有一项差异大到不能用抽样的偶然解释。",
                "The re-test agrees with what was reported: no figure differs by more than the chance of "
                "sampling explains.",
            )


def _once(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _no_conclusion(comparison: Comparison) -> Text:
    errors = comparison.errors
    if errors.k > MOST_ERRORS * errors.n:
        return Text(
            f"不作结论：{errors.n} 问中有 {errors.k} 问出错，超过 {MOST_ERRORS:.0%}；请待测试通道稳定后重试"
            "出错的题目。",
            f"No conclusion: {errors.k} of {errors.n} questions ended in an error, which is more than "
            f"{MOST_ERRORS:.0%}; ask those again once the channel is stable.",
        )
    return Text(
        "不作结论：没有双方都测过的指标。",
        "No conclusion: there is no figure that both sides have measured.",
    )


def shows(pair: Pair) -> Text:
    """Return what a sample can show of a total: from where on a service would have been found out."""
    lowest = lowest_agreeing(pair.reported, pair.found.n)
    share = f"{lowest / pair.found.n:.1%}"
    return Text(
        f"以这 {pair.found.n} 问，符合要求的比例低于 {share} 才会被看作比上报的差。",
        f"With these {pair.found.n} questions only a share below {share} would count as worse than reported.",
    )


def differences_of(reported: Report, found: Report) -> list[Text]:
    """Return what else differs between two reports, so that a reader knows what the figures rest on."""
    told = []
    if (reported.edition, reported.profile) != (found.edition, found.profile):
        told.append(
            Text(
                f"上报依据 {reported.edition_name}（{reported.profile}），复测依据 {found.edition_name}"
                f"（{found.profile}）。",
                f"Reported under {reported.edition_name} ({reported.profile}), re-tested under "
                f"{found.edition_name} ({found.profile}).",
            )
        )
    theirs = {judge.name: judge.versions for judge in reported.judges}
    others = [j.name for j in found.judges if j.name in theirs and j.versions != theirs[j.name]]
    if others:
        told.append(
            Text(
                f"判定器版本不同：{'、'.join(others)}。",
                f"Judges of another version: {', '.join(others)}.",
            )
        )
    return told
