"""Every number, result and conclusion the assessment report prints is that of the evidence."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from openbeian.assessment.report import CONCLUSION_LABELS, Conclusion, Result
from openbeian.assessment.report import Report as Assessment
from openbeian.core.text import Text
from openbeian.dossier.checks.figures import REBUILD
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_whole
from openbeian.dossier.reading import Content, plain

__all__ = ["reported_rows"]

_SHOWN: Final = 3
_NUMBER: Final = re.compile(r"(?<![A-Za-z0-9_.])(\d[\d,]*)(\.\d+)?\s*([%％])?(?![A-Za-z0-9_])")


@check(
    "R04",
    clause="9.3–9.4",
    severity="error",
    title=Text(
        "评估报告中的数字即证据所算", "The numbers of the assessment report are those of the evidence"
    ),
    applies=in_whole,
)
def _report_numbers(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if dossier.report is None:
        return
    known = _Known.of(dossier.report)
    for attached, content in dossier.documents("assessment_report"):
        if content.kind == "docx":
            for result, foreign in _foreign(content, dossier.report, known):
                yield report(
                    attached.name,
                    Text(
                        f"「{result.text.zh}」一行的 {foreign} 与证据不符"
                        f"（{result.counted}/{result.judged}）",
                        f"In the row of “{result.text.en}”, {foreign} is not of the evidence "
                        f"({result.counted}/{result.judged})",
                    ),
                    REBUILD,
                )


@dataclass(frozen=True, slots=True)
class _Known:
    """The counts and shares, in percent, that the row of a result may show."""

    counts: Mapping[str, frozenset[int]]
    shares: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, assessed: Assessment) -> "_Known":
        counts, shares = {}, {}
        for one in assessed.results:
            bank = next(bank for bank in assessed.banks if bank.kind is one.bank)
            own = (
                *(one.drawn, one.judged, one.errors, one.counted, one.cutoff, one.required_sample),
                *(one.judged - one.counted, bank.questions, bank.answered, bank.pending),
                *one.verdicts.values(),
            )
            counts[one.threshold + one.judge] = frozenset(own)
            rates = [
                one.rate,
                one.required_rate,
                one.corrected_rate,
                one.chance_at_threshold,
                bank.error_share,
            ]
            for interval in (one.wilson, one.clopper_pearson, one.corrected_interval, one.bounds):
                rates += list(interval or ())
            shares[one.threshold + one.judge] = tuple(
                100 * value for rate in rates if rate is not None for value in (rate, 1 - rate)
            )
        return cls(counts, shares)


def _foreign(content: Content, assessed: Assessment, known: _Known) -> Iterator[tuple[Result, str]]:
    """Yield the numbers in rows of results that the evidence does not give."""
    for table in content.tables:
        for row in table.rows:
            result = _result_of(row, assessed.results)
            if result:
                for written in _numbers(cell for cell in row if plain(cell) not in _names(result)):
                    if not _is_known(written, result, known):
                        yield result, written[0]


def reported_rows(content: Content, results: Sequence[Result]) -> Iterator[tuple[Result, Sequence[str]]]:
    """Yield the rows of a document's tables that name a result, as they are written."""
    for table in content.tables:
        for row in table.rows:
            result = _result_of(row, results)
            if result:
                yield result, row


def _result_of(row: Sequence[str], results: Sequence[Result]) -> Result | None:
    """Return the result a row is of; None where it names no threshold, or one that several judges have."""
    cells = {plain(cell) for cell in row}
    named = [one for one in results if cells & _names(one)]
    return named[0] if len(named) == 1 else None


def _names(result: Result) -> set[str]:
    return {plain(result.text.zh), plain(result.text.en)}


def _numbers(cells: Iterable[str]) -> Iterator[re.Match[str]]:
    for cell in cells:
        yield from _NUMBER.finditer(cell)


def _is_known(written: re.Match[str], result: Result, known: _Known) -> bool:
    whole, fraction, percent = written[1].replace(",", ""), written[2] or "", written[3]
    key = result.threshold + result.judge
    if whole + fraction in plain(result.clause) or (int(whole) == _CONFIDENCE and percent and not fraction):
        return True
    if percent or fraction:
        # The sign may stand after the second of two numbers only, or nowhere, as in 0.95.
        scales = (1.0,) if percent else (1.0, 100.0)
        return any(
            _is_share(float(whole + fraction), len(fraction), scale, known.shares[key]) for scale in scales
        )
    return int(whole) in known.counts[key]


def _is_share(value: float, digits: int, scale: float, shares: Sequence[float]) -> bool:
    """Say whether a number, rounded to so many digits after its point and the point, is one of the shares."""
    half = 10.0 ** -max(digits - 1, 0) * scale / 2 + 1e-9
    return any(abs(value * scale - share) <= half for share in shares)


_CONFIDENCE: Final = 95
"""Intervals say of which confidence they are."""


@check(
    "R05",
    clause="9.3–9.4",
    severity="error",
    title=Text("评估报告写出全部结果", "The assessment report has every result"),
    applies=in_whole,
)
def _all_results(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if dossier.report is None:
        return
    for attached, content in dossier.documents("assessment_report"):
        text = content.plain
        missing = [one for one in dossier.report.results if text and not _names(one) & _said_names(one, text)]
        if missing:
            yield report(
                attached.name,
                Text(
                    f"没有写出：{'、'.join(one.text.zh for one in missing[:_SHOWN])}",
                    f"These results are missing: {', '.join(one.text.en for one in missing[:_SHOWN])}",
                ),
                REBUILD,
            )


def _said_names(result: Result, text: str) -> set[str]:
    return {name for name in _names(result) if name in text}


@check(
    "R06",
    clause="9.3–9.4",
    severity="error",
    title=Text(
        "评估报告不隐瞒不符合的结果",
        "The report says of every result whether it conforms as the evidence does",
    ),
    applies=in_whole,
)
def _conclusions(dossier: Dossier, report: Report) -> Iterator[Finding]:
    words = {plain(text): conclusion for conclusion, label in CONCLUSION_LABELS.items() for text in label}
    for attached, content in dossier.documents("assessment_report") if dossier.report else ():
        for result, told in _told(content, dossier.report.results if dossier.report else (), words):
            if told is not result.conclusion and not result.left_out:
                label, right = CONCLUSION_LABELS[told], CONCLUSION_LABELS[result.conclusion]
                yield report(
                    attached.name,
                    Text(
                        f"「{result.text.zh}」写作「{label.zh}」，证据得出「{right.zh}」",
                        f"“{result.text.en}” is said to be “{label.en}”; the evidence says “{right.en}”",
                    ),
                    REBUILD,
                )


def _told(
    content: Content, results: Sequence[Result], words: Mapping[str, Conclusion]
) -> Iterator[tuple[Result, Conclusion]]:
    for table in content.tables:
        for row in table.rows:
            result = _result_of(row, results)
            for cell in row if result else ():
                if result and plain(cell) in words:
                    yield result, words[plain(cell)]
