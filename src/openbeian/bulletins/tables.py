"""The tables of a bulletin as people read them: headings, cells in words, CSV."""

from dataclasses import dataclass
from typing import Final

from openbeian.bulletins.document import Bulletin, Chart
from openbeian.bulletins.words import SERIES, described, grouped, industry_name, place_name, shown
from openbeian.core.bulletin_figures import Value
from openbeian.core.csv_text import csv_text
from openbeian.core.text import Language, Text

__all__ = ["Table", "certified_table", "chart_csv", "chart_table", "sources_table"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in one language; numbers stand to the right."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    """The places of the columns that hold numbers."""
    widths: tuple[float, ...] = ()
    """How wide the columns are, one beside the other; all the same where nothing is said."""


_Column = tuple[str, Text]
_COLUMNS: Final[dict[str, tuple[_Column, ...]]] = {
    "months": (
        ("month", Text("月份", "Month")),
        ("new", Text("新增", "New")),
        ("total", Text("累计", "Total")),
    ),
    "ranking": (
        ("rank", Text("名次", "Rank")),
        ("jurisdiction", Text("属地", "Jurisdiction")),
        ("on_file", Text("在册", "On file")),
    ),
    "offices": (
        ("jurisdiction", Text("属地", "Jurisdiction")),
        ("certified", Text("已发证", "Certified")),
        ("median_days", Text("中位数（天）", "Median (days)")),
    ),
    "years": (
        ("year", Text("年份", "Year")),
        ("specific", Text("面向行业", "For an industry")),
        ("classified", Text("已判定", "Classified")),
        ("percent", Text("行业占比（%）", "For an industry (%)")),
    ),
    "industries": (
        ("industry", Text("行业", "Industry")),
        ("new", Text("新增", "New")),
        ("new_percent", Text("新增占比（%）", "Of the new (%)")),
        ("before", Text("此前", "Before")),
        ("before_percent", Text("此前占比（%）", "Of those before (%)")),
    ),
}
_WORDS: Final = frozenset({"month", "year", "jurisdiction", "industry"})


def chart_table(chart: Chart, language: Language) -> Table:
    """Return the table a chart is drawn from."""
    columns = _COLUMNS[chart.query.statistic]
    return Table(
        caption=chart.title.in_(language),
        headings=tuple(text.in_(language) for _, text in columns),
        rows=tuple(
            tuple(_cell(name, value, language) for (name, _), value in zip(columns, row, strict=True))
            for row in chart.rows
        ),
        numbers=frozenset(at for at, (name, _) in enumerate(columns) if name not in _WORDS),
    )


def _cell(name: str, value: Value, language: Language) -> str:
    if value is None:
        return "—"
    if isinstance(value, str):
        named = {"industry": industry_name, "jurisdiction": place_name}.get(name)
        return named(value).in_(language) if named else value
    return grouped(value)


def chart_csv(chart: Chart) -> str:
    """Return a chart's table as CSV: names in both languages, numbers bare."""
    columns = _COLUMNS[chart.query.statistic]
    named = {"industry": industry_name, "jurisdiction": place_name}
    header: list[str] = []
    for name, _ in columns:
        header += [name, f"{name}_zh", f"{name}_en"] if name in named else [name]
    rows: list[list[object]] = [[*header]]
    for row in chart.rows:
        cells: list[object] = []
        for (name, _), value in zip(columns, row, strict=True):
            cells.append("" if value is None else value)
            if name in named:
                cells.extend(named[name](str(value)))
        rows.append(cells)
    return csv_text(rows)


def certified_table(bulletin: Bulletin, series: str, language: Language) -> Table | None:
    """Return the list of what is new in one series; None where nothing is."""
    listed = [line for line in bulletin.certified if line.series == series]
    if not listed:
        return None
    headings = [Text("服务", "Service"), Text("提供者", "Provider"), Text("行业", "Industry")]
    widths = [1.7, 2.5, 1.6]
    if not bulletin.scope.jurisdiction:
        headings.append(Text("属地", "Jurisdiction"))
        widths.append(1.2)
    headings.append(Text("编号", "Number"))
    widths.append(2.6)
    if bulletin.scope.round is None:
        headings.append(Text("日期", "Date"))
        widths.append(1.2)
    rows = []
    for line in listed:
        in_english = language == "en" and line.provider_en
        cells = [line.service, line.provider_en if in_english else line.provider]
        cells.append(industry_name(line.industry).in_(language) if line.industry else "—")
        if not bulletin.scope.jurisdiction:
            cells.append(place_name(line.jurisdiction).in_(language))
        cells.append(line.number or "—")
        if bulletin.scope.round is None:
            cells.append(line.issued_on.isoformat() if line.issued_on else "—")
        rows.append(tuple(cells))
    called = SERIES[series]
    return Table(
        Text(f"新增{called.zh}名单", f"New {called.en}").in_(language),
        tuple(heading.in_(language) for heading in headings),
        tuple(rows),
        widths=tuple(widths),
    )


def sources_table(bulletin: Bulletin, language: Language) -> Table:
    """Return every figure with what it counts."""
    headings = (Text("数字", "Figure"), Text("所问", "What was asked"))
    return Table(
        Text("每个数字与其所问", "Each figure, and what was asked for it").in_(language),
        tuple(heading.in_(language) for heading in headings),
        tuple(
            (_signed(shown(figure, language), figure.unit, figure.value), described(figure.query, language))
            for figure in bulletin.figures_in_order.values()
        ),
    )


def _signed(written: str, unit: str, value: Value) -> str:
    return f"−{written}" if unit == "points" and isinstance(value, int | float) and value < 0 else written
