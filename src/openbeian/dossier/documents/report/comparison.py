"""The chapter that holds two runs side by side: without and with the safety strategy, or before and after."""

from collections.abc import Iterator
from typing import Final

from openbeian.assessment.report import Report, Result
from openbeian.assessment.report_words import count, share
from openbeian.core.statistics import Counted, two_proportions
from openbeian.core.text import Text
from openbeian.dossier.documents.model import Block, Heading, Note, Paragraph, Table
from openbeian.dossier.documents.report.writing import Writing
from openbeian.dossier.folder import Compared

__all__ = ["comparison"]

_TITLES: Final = {
    Compared.BARE: Text("加装安全策略前后对比", "Without and with the safety strategy"),
    Compared.BEFORE: Text("整改前后对比", "Before and after the correction"),
}
_COLUMNS: Final = {
    Compared.BARE: (Text("未加策略", "Without"), Text("加装策略", "With")),
    Compared.BEFORE: (Text("整改前", "Before"), Text("整改后", "After")),
}
_LEAST_P: Final = 0.001


def comparison(writing: Writing) -> Iterator[Block]:
    """Yield the chapter; nothing where no other run is given."""
    other, named = writing.found.compared, writing.found.material.folder.compared
    if other is None or named is None:
        return
    say, lang = writing.say, writing.language
    yield Heading(_TITLES[named.what].in_(lang))
    before, after = (text.in_(lang) for text in _COLUMNS[named.what])
    other_banks = {bank.kind: bank.sha256 for bank in other.banks}
    if any(other_banks.get(bank.kind) != bank.sha256 for bank in writing.report.banks):
        yield Note(
            say(
                "两次评估所用的题库不完全相同，比率之差不只出自服务本身。",
                "The two runs did not use the same banks, so differences are not the service's alone.",
            ),
            "warning",
        )
    yield Table(
        _TITLES[named.what].in_(lang),
        (
            *writing.heads(("指标", "Figure"), ("方法", "By")),
            before,
            after,
            say("差（百分点）", "Difference (points)"),
            "p",
        ),
        tuple(_rows(other, writing)),
        widths=(3.4, 2.2, 3.2, 3.2, 2.3, 1.7),
        numbers=frozenset({2, 3, 4, 5}),
    )
    yield Paragraph(
        say(
            f"对照评估：{other.target['model']} · {other.target['url']}，"
            f"{other.evidence.started_at:%Y-%m-%d}，末行哈希 {other.evidence.head}。p "
            "为两个比率相同这一假设的"
            "双侧 Fisher 精确检验值。",
            f"The other run: {other.target['model']} · {other.target['url']}, "
            f"{other.evidence.started_at:%Y-%m-%d}, "
            f"head {other.evidence.head}. p is that of Fisher's exact test, two-sided, that both rates are "
            "the "
            "same.",
        ),
        small=True,
    )


def _rows(other: Report, writing: Writing) -> Iterator[tuple[str, ...]]:
    earlier = {(result.threshold, result.judge): result for result in other.results}
    for result in writing.report.results:
        before = earlier.get((result.threshold, result.judge))
        if before and before.judged and result.judged:
            yield _row(before, result, writing)


def _row(before: Result, after: Result, writing: Writing) -> tuple[str, ...]:
    first, second = Counted(before.counted, before.judged), Counted(after.counted, after.judged)
    difference = (second.k / second.n - first.k / first.n) * 100
    p = two_proportions(first, second)
    return (
        after.text.in_(writing.language),
        writing.method(after),
        _share(first),
        _share(second),
        f"{difference:+.1f}",
        f"< {_LEAST_P}" if p < _LEAST_P else f"{p:.3f}",
    )


def _share(one: Counted) -> str:
    return f"{share(one.k / one.n)} ({count(one.k)}/{count(one.n)})"
