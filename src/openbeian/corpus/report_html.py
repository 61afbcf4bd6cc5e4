"""The report on a corpus as one page: no script, no request, in Chinese or in English."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from openbeian.core.markup import Markup, element
from openbeian.core.text import Text
from openbeian.corpus.documents import PROBLEM_LABELS, ProblemKind
from openbeian.corpus.personal import PERSONAL_LABELS, PersonalKind
from openbeian.corpus.report import CONCLUSION_LABELS, Conclusion, CorpusReport, Result, SourceRow
from openbeian.corpus.report_figures import count, interval, share, share_of, size
from openbeian.corpus.report_people import agreement_text
from openbeian.corpus.report_table import table
from openbeian.corpus.report_words import LANGUAGES, SEEDS, summary

__all__ = ["render_html"]

_SHOWN_PROBLEMS: Final = 100
_ICONS: Final = {
    Conclusion.CONFORMS: "✓",
    Conclusion.DOES_NOT_CONFORM: "✗",
    Conclusion.NOT_ASSESSED: "–",
}
_TITLE: Final = Text("训练语料安全检查报告", "Security inspection of a training corpus")


def render_html(report: CorpusReport, lang: str = "zh") -> str:
    """Return the report as a page in `lang`, `zh` or `en`."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", _TITLE.in_(lang)),
        element("style", Markup(_style())),
    )
    body = element("body", element("main", *_Page(report, lang).sections()))
    return f"<!doctype html>\n{element('html', head, body, lang='zh-Hans' if lang == 'zh' else lang)}\n"


@cache
def _style() -> str:
    return (Path(__file__).parent / "report.css").read_text("utf-8")


class _Page:
    def __init__(self, report: CorpusReport, lang: str) -> None:
        self._report = report
        self._lang = lang

    def sections(self) -> Iterator[Markup]:
        report = self._report
        yield element("h1", _TITLE.in_(self._lang))
        yield element(
            "p",
            self._say(
                f"依据 {report.edition} · {report.on} · 全部数字由扫描结果计算得出",
                f"Under {report.edition} · {report.on} · every figure is computed from the scan",
            ),
            class_="soft",
        )
        if report.notice:
            yield element("p", report.notice.in_(self._lang), class_="notice", role="note")
        yield self._figures()
        yield element("p", summary(report).in_(self._lang))
        yield from self._results()
        if report.agreement:
            yield element("h2", self._say("人工抽检", "Judged by people"))
            yield element("p", agreement_text(report.agreement).in_(self._lang))
        yield from self._sources()
        yield from self._near()
        yield from self._found()
        yield from self._passages()
        yield from self._problems()
        yield from self._origin()

    def _say(self, zh: str, en: str) -> str:
        return Text(zh, en).in_(self._lang)

    def _figures(self) -> Markup:
        total = self._report.total
        figures = [
            (count(total["documents"]), Text("条文档", "documents")),
            (count(total["characters"]), Text("字符", "characters")),
            (count(total["tokens"]), Text("词元（汉字或单词）", "tokens (Han characters or words)")),
            (size(total["bytes"]), Text("正文（UTF-8）", "of text (UTF-8)")),
            (count(total["hit_documents"]), Text("条命中关键词", "documents with a keyword")),
            (count(total["personal_documents"]), Text("条含个人信息", "with personal information")),
            (count(self._report.duplicates), Text("条完全重复", "exact duplicates")),
            (count(sum(self._report.problem_counts.values())), Text("处无法读取", "places not read")),
        ]
        return element(
            "dl",
            *(
                element("div", element("dd", number), element("dt", name.in_(self._lang)))
                for number, name in figures
            ),
            class_="figures",
        )

    def _results(self) -> Iterator[Markup]:
        yield element("h2", self._say("逐条结论", "Clause by clause"))
        head = [
            Text("要求", "Requirement"),
            Text("条款", "Clause"),
            Text("实测", "Measured"),
            Text("95% 区间", "95% interval"),
            Text("限值", "Limit"),
            Text("结论", "Conclusion"),
        ]
        rows = [
            [
                result.text.in_(self._lang),
                element("span", result.clause, class_="whole"),
                share(result),
                interval(result.interval),
                result.required.in_(self._lang) if result.required else "",
                self._state(result),
            ]
            for result in self._report.results
        ]
        yield self._table(head, rows, frozenset({2, 3, 4}))

    def _sources(self) -> Iterator[Markup]:
        yield element("h2", self._say("按来源", "By source"))
        head = [
            Text("来源", "Source"),
            Text("文档", "Documents"),
            Text("词元", "Tokens"),
            Text("命中关键词", "With a keyword"),
            Text("含个人信息", "With personal information"),
            Text("重复", "Duplicates"),
            Text("采集前", "Before collection"),
            Text("采集后", "After collection"),
            Text("来源证明", "Provenance"),
        ]
        rows = [self._source(row) for row in self._report.sources]
        yield self._table(head, rows, frozenset({1, 2, 3, 4, 5}))

    def _near(self) -> Iterator[Markup]:
        if not (near := self._report.near):
            return
        yield element("h2", self._say("近重复", "Near-duplicates"))
        head = [
            Text("来源", "Source"),
            Text("组", "Clusters"),
            Text("其中的不同文本", "Distinct texts in them"),
        ]
        rows = [[name, *map(count, found)] for name, found in sorted(near.by_source.items())]
        rows.append(
            [self._say("合计（组可跨来源）", "All (clusters may span sources)"), *map(count, near.total)]
        )
        yield self._table(head, rows, frozenset({1, 2}))

    def _source(self, row: SourceRow) -> list[str]:
        counts, documents = row.counts, row.counts["documents"]
        flaws = self._say("；", "; ").join(flaw.in_(self._lang) for flaw in row.flaws)
        proven = Conclusion.DOES_NOT_CONFORM if row.flaws else Conclusion.CONFORMS
        return [
            row.name,
            count(documents),
            count(counts["tokens"]),
            share_of(counts["hit_documents"], documents),
            share_of(counts["personal_documents"], documents),
            share_of(row.duplicates, documents),
            self._share(row.before),
            self._share(row.after),
            self._mark(proven, flaws or self._say("齐全", "complete")),
        ]

    def _found(self) -> Iterator[Markup]:
        total = self._report.total
        yield element("h2", self._say("命中与构成", "What was found"))
        head = [Text("类别", "Kind"), Text("数量", "Number")]
        personal = [
            [PERSONAL_LABELS[PersonalKind(kind)].in_(self._lang), count(times)]
            for kind, times in total["personal"].items()
        ]
        documents = self._say(" 条文档", " documents")
        names = self._report.risks
        risks = [
            [
                f"{risk} {names[risk].in_(self._lang) if risk in names else ''}".strip(),
                f"{count(times)} ({count(in_)}{documents})",
            ]
            for (risk, times), in_ in zip(
                total["hits"].items(), total["hits_by_document"].values(), strict=True
            )
        ]
        spoken = [
            [LANGUAGES[language].in_(self._lang), f"{count(times)}{documents}"]
            for language, times in total["languages"].items()
        ]
        yield self._table(head, risks + personal + spoken, frozenset({1}))
        yield element(
            "p",
            self._say(
                "命中关键词不等于违法不良：是否合格以人工判定为准。个人信息只计数，不保存其内容。",
                "A keyword is not yet illegal content: people decide what conforms. Personal information is "
                "counted and never kept.",
            ),
            class_="soft",
        )

    def _risk(self, risk: str) -> str:
        named = self._report.risks.get(risk)
        return f"{risk} {named.in_(self._lang)}" if named else risk

    def _passages(self) -> Iterator[Markup]:
        if not self._report.contexts:
            return
        yield element("h2", self._say("命中片段（随机）", "Passages, at random"))
        head = [Text("来源", "Source"), Text("风险", "Risk"), Text("片段", "Passage"), Text("位置", "Place")]
        rows = [
            [
                source,
                element("span", risk, class_="whole"),
                element("span", before, element("mark", hit), after, class_="passage"),
                element("code", place),
            ]
            for source, risk, (_, place, before, hit, after) in self._report.contexts
        ]
        yield self._table(head, rows, frozenset())

    def _problems(self) -> Iterator[Markup]:
        yield element("h2", self._say("无法读取之处", "What could not be read"))
        if not self._report.problem_counts:
            yield element("p", self._say("无。", "Nothing."))
            return
        counted = [
            f"{PROBLEM_LABELS[ProblemKind(kind)].in_(self._lang)} {count(times)}"
            for kind, times in self._report.problem_counts.items()
        ]
        yield element("p", self._say("；", "; ").join(counted))
        head = [Text("文件", "File"), Text("偏移", "Offset"), Text("原因", "Why")]
        rows = [
            [
                element("code", one.path),
                count(one.offset),
                PROBLEM_LABELS[ProblemKind(one.kind)].in_(self._lang),
            ]
            for one in self._report.problems[:_SHOWN_PROBLEMS]
        ]
        yield self._table(head, rows, frozenset({1}))

    def _origin(self) -> Iterator[Markup]:
        if not (origin := self._report.origin):
            return
        yield element("h2", self._say("依据的证据", "The evidence behind it"))
        files, drawn = count(origin.files), count(origin.drawn)
        yield element(
            "p",
            self._say(
                f"抽样之前承诺了 {files} 个文件（{size(origin.size)}）的清单，种子由该承诺"
                f"{SEEDS[origin.seed_from].zh}推出，共抽取 {drawn} 条；"
                "beian corpus verify --redraw 重新读取语料并重新抽样。",
                f"The manifest of {files} files ({size(origin.size)}) was committed to before the draw; the "
                f"seed follows from the commitment{SEEDS[origin.seed_from].en}, and {drawn} documents were "
                "drawn. beian corpus verify --redraw reads the corpus and draws again.",
            ),
        )
        head = [Text("名称", "What"), Text("SHA-256", "SHA-256")]
        rows = [
            [
                self._say("语料清单 manifest.jsonl", "Manifest, manifest.jsonl"),
                element("code", origin.manifest),
            ],
            [self._say("承诺", "Commitment"), element("code", origin.commitment)],
            [self._say("种子", "Seed"), element("code", origin.seed)],
        ]
        yield self._table(head, rows, frozenset())

    def _share(self, result: Result) -> Markup:
        """Return the state of a source's share, which has no column for its interval."""
        reason = result.reason.in_(self._lang)
        if result.interval:
            found = f"{share(result)}，95% {interval(result.interval)}"
            reason = f"{self._say(found, found.replace('，', ', '))}{self._say('；', '; ')}{reason}"
        return self._mark(result.conclusion, reason)

    def _state(self, result: Result) -> Markup:
        reason = result.reason.in_(self._lang)
        if not result.is_binding:
            reason = self._say(
                f"{reason}（宜，不影响结论）", f"{reason} (recommended, changes no conclusion)"
            )
        return self._mark(result.conclusion, reason)

    def _mark(self, conclusion: Conclusion, reason: str) -> Markup:
        words = f"{_ICONS[conclusion]} {CONCLUSION_LABELS[conclusion].in_(self._lang)}"
        return element(
            "span",
            element("span", words, class_=f"state {conclusion}"),
            element("br"),
            element("span", reason, class_="soft"),
        )

    def _table(self, head: Sequence[Text], rows: Sequence[Sequence[str]], numbers: frozenset[int]) -> Markup:
        return table([one.in_(self._lang) for one in head], rows, numbers)
