"""A bulletin in one language, laid out in order; page, PDF and Word file are written from this alone."""

from dataclasses import dataclass
from typing import Final

from openbeian.bulletins.document import Bulletin, Chart
from openbeian.bulletins.tables import Table, certified_table, chart_table, sources_table
from openbeian.bulletins.words import Run, runs, shown
from openbeian.core.text import Language, Text

__all__ = ["Headline", "LaidChart", "LaidSection", "Layout", "lay_out"]

_KICKER: Final = Text("生成式人工智能服务备案公报", "Bulletin on the filing of generative-AI services")
_HEADLINES: Final = {
    "on_file": Text("项备案在册", "filings on file"),
    "new": Text("项新增", "newly filed"),
    "rank": Text("名次（按在册数）", "rank by what is on file"),
    "jurisdictions": Text("个属地有在册备案", "jurisdictions with filings"),
}
_MOST_HEADLINES: Final = 3
_RANK: Final = Text("第 {n}", "{n}")


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure set large, and what it counts."""

    shown: str
    meaning: str
    figure: str


@dataclass(frozen=True, slots=True)
class LaidChart:
    """A chart with its sentence and its table; the picture is drawn by whoever shows it."""

    chart: Chart
    title: str
    sentence: tuple[Run, ...]
    table: Table
    plain_sentence: str


@dataclass(frozen=True, slots=True)
class LaidSection:
    """A part of the analysis."""

    id: str
    heading: str
    sentences: tuple[tuple[Run, ...], ...]
    charts: tuple[LaidChart, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything a reader sees, in order."""

    bulletin: Bulletin
    language: Language
    kicker: str
    title: str
    dateline: str
    notices: tuple[str, ...]
    headlines: tuple[Headline, ...]
    takeaways_heading: str
    takeaways: tuple[tuple[Run, ...], ...]
    editor_heading: str
    editor: tuple[str, ...]
    list_heading: str
    lists: tuple[Table, ...]
    list_note: str
    sections: tuple[LaidSection, ...]
    method_heading: str
    method: tuple[str, ...]
    sources_heading: str
    sources: Table
    data_label: str
    """What stands over the data table of a chart."""


def lay_out(bulletin: Bulletin, language: Language) -> Layout:
    """Lay a bulletin out in one language."""

    def said(zh: str, en: str) -> str:
        return Text(zh, en).in_(language)

    lists = (certified_table(bulletin, series, language) for series in ("filing", "registration"))
    return Layout(
        bulletin=bulletin,
        language=language,
        kicker=_KICKER.in_(language),
        title=bulletin.title.in_(language),
        dateline=_dateline(bulletin, language),
        notices=_notices(bulletin, language),
        headlines=_headlines(bulletin, language),
        takeaways_heading=said("要点", "Key takeaways"),
        takeaways=tuple(tuple(runs(one, bulletin.figures, language)) for one in bulletin.takeaways),
        editor_heading=said("编者的话", "From the editor"),
        editor=_paragraphs(bulletin.editor.in_(language)),
        list_heading=said("本批名单", "Certified in this round")
        if bulletin.scope.round
        else said("本期名单", "New in this period"),
        lists=tuple(table for table in lists if table is not None),
        list_note=said(
            f"另有 {bulletin.not_listed} 项未列出，见登记册。",
            f"{bulletin.not_listed} more are not listed here; the register has them.",
        )
        if bulletin.not_listed
        else "",
        sections=_sections(bulletin, language),
        method_heading=said("统计说明", "Notes on method"),
        method=tuple(note.in_(language) for note in bulletin.method),
        sources_heading=said("数字的来源", "Where each figure comes from"),
        sources=sources_table(bulletin, language),
        data_label=said("数据表", "Data table"),
    )


def _dateline(bulletin: Bulletin, language: Language) -> str:
    held = bulletin.scope.round
    parts = [Text(bulletin.issuer, bulletin.issuer)]
    if held is not None:
        parts.append(Text(f"{held.held_on}", f"{held.held_on}"))
        if held.place:
            parts.append(Text(held.place, held.place))
    parts.append(Text(f"数据截至 {bulletin.as_of}", f"figures as of {bulletin.as_of}"))
    return " · ".join(part.in_(language) for part in parts)


def _notices(bulletin: Bulletin, language: Language) -> tuple[str, ...]:
    notices = []
    if bulletin.has_demo:
        notices.append(
            Text(
                "演示：部分条目按缩减样本评估，不具效力。",
                "DEMO: some entries were assessed with a reduced sample and have no effect.",
            )
        )
    if bulletin.corrects:
        notices.append(
            Text(
                f"本公报更正「{bulletin.corrects}」。",
                f"This bulletin corrects the bulletin {bulletin.corrects}.",
            )
        )
    return tuple(notice.in_(language) for notice in notices)


def _headlines(bulletin: Bulletin, language: Language) -> tuple[Headline, ...]:
    found = [
        Headline(_large(name, bulletin, language), meaning.in_(language), name)
        for name, meaning in _HEADLINES.items()
        if name in bulletin.figures
    ]
    return tuple(found[:_MOST_HEADLINES])


def _large(name: str, bulletin: Bulletin, language: Language) -> str:
    written = shown(bulletin.figures[name], language)
    return _RANK.fill(n=written).in_(language) if name == "rank" else written


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip())


def _sections(bulletin: Bulletin, language: Language) -> tuple[LaidSection, ...]:
    return tuple(
        LaidSection(
            section.id,
            section.heading.in_(language),
            tuple(tuple(runs(one, bulletin.figures, language)) for one in section.sentences),
            tuple(_chart(chart, bulletin, language) for chart in section.charts),
        )
        for section in bulletin.sections
    )


def _chart(chart: Chart, bulletin: Bulletin, language: Language) -> LaidChart:
    sentence = tuple(runs(chart.sentence, bulletin.figures, language))
    return LaidChart(
        chart,
        chart.title.in_(language),
        sentence,
        chart_table(chart, language),
        "".join(run.text for run in sentence),
    )
