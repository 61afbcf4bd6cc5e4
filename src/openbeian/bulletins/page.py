"""A bulletin as HTML: the article that the portal shows, and a file that stands alone."""

from collections.abc import Callable, Iterable
from importlib import resources
from typing import Final

from openbeian.bulletins.document import Bulletin
from openbeian.bulletins.drawing import SCREEN, chart_svg
from openbeian.bulletins.layout import LaidChart, LaidSection, Layout, lay_out
from openbeian.bulletins.tables import Table
from openbeian.bulletins.words import Run
from openbeian.core.markup import Markup, element, join
from openbeian.core.text import Language, Text

__all__ = ["article", "standalone_page"]

_HTML_LANGUAGES: Final = {"zh": "zh-Hans", "en": "en"}
_SHEETS: Final = ("standalone.css", "bulletin.css")
_CSV: Final = Text("下载 CSV", "Download CSV")


def article(
    bulletin: Bulletin, language: Language, *, csv_address: Callable[[str], str] | None = None
) -> Markup:
    """Return the article; `csv_address` gives the address of a chart's CSV by its id."""
    laid = lay_out(bulletin, language)
    return element(
        "article",
        _head(laid),
        _takeaways(laid),
        _editor(laid),
        _lists(laid),
        *(_section(section, laid, csv_address) for section in laid.sections),
        _method(laid),
        _sources(laid),
        class_="bulletin",
    )


def standalone_page(bulletin: Bulletin, language: Language) -> str:
    """Return a whole page that needs no other file."""
    sheets = resources.files(__package__).joinpath("static")
    style = "".join(sheets.joinpath(name).read_text(encoding="utf-8") for name in _SHEETS)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", bulletin.title.in_(language)),
        element("style", Markup(style)),
    )
    body = element("body", element("main", article(bulletin, language)))
    return "<!doctype html>\n" + element("html", head, body, lang=_HTML_LANGUAGES[language])


def _words(runs: Iterable[Run]) -> Markup:
    return join(
        element("a", run.text, class_="figure", href=f"#source-{run.figure}") if run.figure else run.text
        for run in runs
    )


def _head(laid: Layout) -> Markup:
    large = [element("div", element("dt", one.meaning), element("dd", one.shown)) for one in laid.headlines]
    return element(
        "header",
        element("p", laid.kicker, class_="kicker"),
        element("h1", laid.title),
        element("p", laid.dateline, class_="dateline"),
        *(element("p", notice, class_="warning") for notice in laid.notices),
        element("dl", *large, class_="headlines"),
    )


def _takeaways(laid: Layout) -> Markup:
    lines = [element("li", _words(one)) for one in laid.takeaways]
    return _part("takeaways", laid.takeaways_heading, element("ul", *lines))


def _part(part_id: str, heading: str, *content: Markup) -> Markup:
    return element(
        "section", element("h2", heading, id=f"part-{part_id}"), *content, aria_labelledby=f"part-{part_id}"
    )


def _editor(laid: Layout) -> Markup:
    if not laid.editor:
        return Markup()
    return _part("editor", laid.editor_heading, *(element("p", paragraph) for paragraph in laid.editor))


def _lists(laid: Layout) -> Markup:
    if not laid.lists:
        return Markup()
    note = [element("p", laid.list_note, class_="note")] if laid.list_note else []
    return _part("list", laid.list_heading, *(_table(table) for table in laid.lists), *note)


def _section(section: LaidSection, laid: Layout, csv_address: Callable[[str], str] | None) -> Markup:
    return _part(
        section.id,
        section.heading,
        *(element("p", _words(sentence)) for sentence in section.sentences),
        *(_figure(chart, laid, csv_address) for chart in section.charts),
    )


def _figure(laid_chart: LaidChart, laid: Layout, csv_address: Callable[[str], str] | None) -> Markup:
    chart = laid_chart.chart
    svg = chart_svg(chart, laid.bulletin, laid.language, size=SCREEN)
    download = Markup()
    if csv_address is not None:
        label = element("span", f"：{laid_chart.title}", class_="hidden-visually")
        download = element("p", element("a", _CSV.in_(laid.language), label, href=csv_address(chart.id)))
    return element(
        "figure",
        element("h3", laid_chart.title),
        element("p", _words(laid_chart.sentence)),
        element("div", Markup(svg), role="img", aria_label=laid_chart.plain_sentence, class_="picture"),
        element(
            "details",
            element("summary", f"{laid.data_label}：{laid_chart.title}"),
            _table(laid_chart.table),
            download,
        ),
        id=f"chart-{chart.id}",
    )


def _table(table: Table, row_ids: Iterable[str] = ()) -> Markup:
    ids = list(row_ids)
    head = [
        element("th", heading, scope="col", **_aligned(at, table))
        for at, heading in enumerate(table.headings)
    ]
    body = [
        element(
            "tr",
            *(
                element(
                    "td" if at else "th",
                    cell,
                    **({"data_label": table.headings[at]} if at else {"scope": "row"}),
                    **_aligned(at, table),
                )
                for at, cell in enumerate(row)
            ),
            **({"id": ids[number]} if ids else {}),
        )
        for number, row in enumerate(table.rows)
    ]
    return element(
        "table",
        element("caption", table.caption),
        element("thead", element("tr", *head)),
        element("tbody", *body),
        class_="table",
    )


def _aligned(at: int, table: Table) -> dict[str, str]:
    return {"class_": "number"} if at in table.numbers else {}


def _method(laid: Layout) -> Markup:
    return _part("method", laid.method_heading, element("ul", *(element("li", note) for note in laid.method)))


def _sources(laid: Layout) -> Markup:
    rows = _table(laid.sources, [f"source-{name}" for name in laid.bulletin.figures_in_order])
    return _part("sources", laid.sources_heading, rows)
