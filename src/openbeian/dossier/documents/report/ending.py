"""The end of the report: the conclusion once more, who signs, the annexes, and the data behind the charts."""

from collections.abc import Iterator, Sequence
from typing import Final

from openbeian.assessment.banks import BANK_LABELS
from openbeian.assessment.report import Result, StratumCount
from openbeian.assessment.report_words import count, interval
from openbeian.core.statistics import clopper_pearson
from openbeian.dossier.documents.filling import Filler
from openbeian.dossier.documents.model import (
    Block,
    Heading,
    PageBreak,
    Paragraph,
    Table,
)
from openbeian.dossier.documents.report.charts import short_name
from openbeian.dossier.documents.report.summary import conclusion_line
from openbeian.dossier.documents.report.writing import Writing
from openbeian.dossier.documents.signing import signatures
from openbeian.dossier.kinds import ATTACHMENT_KINDS
from openbeian.dossier.stated import POSTS

__all__ = ["annexes", "data_tables", "signing"]

_WIDTHS_CM: Final = {
    False: ((1.8, 6.6, 1.6), (2.6, 3.4)),
    True: ((1.4, 3.15, 1.1), (1.4, 2.05)),
}
"""Of the first columns and of those of each method: where there is one method, and where several."""


def annexes(writing: Writing) -> Iterator[Block]:
    """Yield the list of annexes: evidence, workbooks, and the provider's own proofs."""
    say = writing.say
    yield Heading(say("附件清单", "Annexes"))
    yield Table(
        say("附件", "Annexes"),
        writing.heads(("文件", "File"), ("内容", "What it is")),
        tuple(_annexes(writing)),
        widths=(8.0, 8.0),
    )


def _annexes(writing: Writing) -> Iterator[tuple[str, str]]:
    say, found = writing.say, writing.found
    folder = found.material.folder
    yield (
        found.named(found.run.evidence),
        say("评估证据：逐行哈希相连的回答与判定", "The evidence: answers and verdicts, chained by hashes"),
    )
    if found.run.head.is_file():
        yield found.named(found.run.head), say("对证据末行哈希的签名", "The signature over its head")
    if folder.compared:
        yield folder_name(writing), say("对照评估的证据", "The evidence of the other run")
    if folder.corpus:
        yield found.named(folder.corpus.scan), say("语料扫描结果", "The scan of the training data")
    yield (
        found.annex("keyword_list"),
        say("拦截关键词列表", "Keyword list"),
    )
    yield (
        found.annex("test_questions"),
        say("评估测试题：题目、回答、各方法判定", "Questions with answers and each method's verdict"),
    )
    for one in folder.attachments:
        kind = ATTACHMENT_KINDS.get(one.kind)
        yield one.name, kind.in_(writing.language) if kind else one.kind


def folder_name(writing: Writing) -> str:
    """Return the folder of the other run as documents name it."""
    other = writing.found.material.folder.compared
    return writing.found.named(other.run) if other else ""


def signing(writing: Writing) -> Iterator[Block]:
    """Yield the overall conclusion once more, over the places to sign."""
    say = writing.say
    yield PageBreak()
    yield Heading(say("总体结论与签字", "Overall conclusion and signatures"))
    yield from conclusion_line(writing)
    yield Paragraph(
        say(
            "签字人对本报告的真实性、准确性负责。法定代表人兼任其中职务的，可一并签字并注明。",
            "Those who sign answer for this report being true and accurate. A legal representative who "
            "holds one "
            "of the posts signs once, with a note.",
        )
    )
    yield from signatures(tuple(POSTS), Filler(writing.found.material, writing.language))


def data_tables(writing: Writing) -> Iterator[Block]:
    """Yield the data behind the charts, a table for each bank."""
    drawn = [result for result in writing.report.results if result.judged]
    if not drawn:
        return
    yield PageBreak()
    yield Heading(writing.say("附录：各风险与方面的数据", "Appendix: data by risk and aspect"))
    for kind in dict.fromkeys(result.bank for result in drawn):
        yield _data([result for result in drawn if result.bank is kind], writing)


def _data(results: Sequence[Result], writing: Writing) -> Table:
    say = writing.say
    heads = [say("编号", "Id"), say("风险或方面", "Risk or aspect"), say("出错", "Failed")]
    for result in results:
        heads += [writing.method(result), say("区间（%）", "95 % in %")]
    bank = BANK_LABELS[results[0].bank].in_(writing.language)
    rows = zip(*(result.strata for result in results), strict=True)
    first, each = _WIDTHS_CM[len(results) > 1]
    return Table(
        say(
            f"{bank}：各方法的计入数/判定数与 95% 精确区间",
            f"{bank}: counted of judged by each method, with exact 95 % intervals",
        ),
        tuple(heads),
        tuple(_datum(strata, writing) for strata in rows),
        widths=(*first, *(each * len(results))),
        numbers=frozenset(range(2, len(heads))),
    )


def _datum(strata: Sequence[StratumCount], writing: Writing) -> tuple[str, ...]:
    one = strata[0]
    name = one.text.in_(writing.language)
    cells = [
        one.id if "." in one.id else "–",
        short_name(name, writing.language) if len(strata) > 1 else name,
        count(one.errors),
    ]
    for of_method in strata:
        counted, judged = of_method.counted, of_method.judged
        exact = clopper_pearson(counted, judged) if judged else None
        cells += [f"{count(counted)}/{count(judged)}", interval(exact).rstrip("%")]
    return tuple(cells)
