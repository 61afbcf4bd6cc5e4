"""What was measured of the corpus, and what proves that each source may be used."""

from collections.abc import Iterator
from typing import Final

from openbeian.core.text import Text
from openbeian.corpus.report import Conclusion, Result
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_folder

__all__: list[str] = []

_REQUIRED: Final = {
    "O01": (
        "corpus.source.illegal_share.",
        Text("各来源违法不良信息占比不超限", "No source has too much illegal content"),
    ),
    "O04": ("corpus.source.diversity", Text("每种语言有多个来源", "Each language has several sources")),
    "O11": ("corpus.sample.manual.", Text("人工抽检达到要求", "The manual sample is large and good enough")),
    "O12": ("corpus.sample.tech.", Text("技术抽检达到要求", "The technical sample is large and good enough")),
}


def _has_corpus(dossier: Dossier) -> bool:
    return in_folder(dossier) and dossier.corpus is not None


def _of(dossier: Dossier, prefix: str) -> Iterator[Result]:
    for result in dossier.corpus.results if dossier.corpus else ():
        if result.threshold.startswith(prefix):
            yield result


def _register(id_: str, prefix: str, title: Text) -> None:
    @check(id_, clause="5.1–5.2、9.2", severity="warning", title=title, applies=_has_corpus)
    def _measured(dossier: Dossier, report: Report) -> Iterator[Finding]:
        for result in _of(dossier, prefix):
            if result.conclusion is Conclusion.DOES_NOT_CONFORM:
                mend = Text("清理或替换不合格的语料后重新扫描", "Clean or replace what fails and scan again")
                yield report(result.threshold, _said(result), mend)
            elif result.conclusion is Conclusion.NOT_ASSESSED:
                mend = Text("补齐这一项后重新生成语料报告", "Complete this and make the corpus report again")
                yield report(result.threshold, _said(result), mend)


def _said(result: Result) -> Text:
    return Text(f"{result.text.zh}：{result.reason.zh}", f"{result.text.en}: {result.reason.en}")


for _id, (_prefix, _title) in _REQUIRED.items():
    _register(_id, _prefix, _title)


@check(
    "O02",
    clause="5.1 c)",
    severity="error",
    title=Text(
        "每个来源有许可、采集记录、合同或授权",
        "Every source has its licence, record, contract or authorisation",
    ),
    applies=_has_corpus,
)
def _traceable(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for source in dossier.corpus.sources if dossier.corpus else ():
        for flaw in source.flaws:
            yield report(source.name, flaw, Text("在来源台账中补齐", "Complete it in the ledger of sources"))


@check(
    "O05",
    clause="9.2",
    severity="note",
    title=Text("附有语料扫描", "The corpus was scanned"),
    applies=lambda dossier: in_folder(dossier) and dossier.stated.route == "filing",
)
def _scanned(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if dossier.corpus is None:
        yield report(
            "corpus",
            Text("没有语料扫描，5.1、5.2 与 9.2 由人核对", "There is no scan; people check 5.1, 5.2 and 9.2"),
            Text(
                "运行 beian corpus scan，并在 corpus 中写明目录",
                "Run beian corpus scan and name its folder under corpus",
            ),
        )
