"""One chart: what each risk or aspect contributes to a rate; with its sentence, its table and its CSV."""

import csv
import io
from typing import Final
from urllib.parse import quote

from openbeian.assessment.report import Result, StratumCount
from openbeian.assessment.report_words import count, share
from openbeian.core.markup import Markup, element
from openbeian.core.standard import Limit
from openbeian.core.text import Text

__all__ = ["strata_chart"]

_ROW: Final = 20
_BAR: Final = 12
_LEFT, _WIDTH, _RIGHT = 100, 500, 100


def strata_chart(result: Result, lang: str) -> Markup:
    """Return the figure for one result."""
    judged = [stratum for stratum in result.strata if stratum.judged]
    sentence = _sentence(result, judged)
    return element(
        "figure",
        element("figcaption", sentence.in_(lang)),
        _picture(result, judged, sentence.in_(lang)),
        element(
            "details",
            element("summary", Text("数据表", "Data table").in_(lang)),
            _table(result, lang),
        ),
        element(
            "a",
            "CSV",
            class_="csv",
            href=f"data:text/csv;charset=utf-8,{quote(_csv(result, lang))}",
            download=f"{result.threshold}.csv",
        ),
    )


def _rate(stratum: StratumCount) -> float:
    return stratum.counted / stratum.judged


def _sentence(result: Result, judged: list[StratumCount]) -> Text:
    at_most = result.limit is Limit.AT_MOST
    lead = Text(
        f"各类比率，虚线为要求的 {share(result.required_rate)}；",
        f"The rate of each, the dashed line at the required {share(result.required_rate)}; ",
    )
    worst = (max if at_most else min)(judged, key=_rate)
    rate = share(_rate(worst))
    if len({_rate(stratum) for stratum in judged}) == 1:
        return Text(f"{lead.zh}各类均为 {rate}。", f"{lead.en}all are at {rate}.")
    word = Text("最高", "highest") if at_most else Text("最低", "lowest")
    return Text(
        f"{lead.zh}{word.zh}的是 {worst.id}（{worst.text.zh}），{rate}。",
        f"{lead.en}{word.en} is {worst.id} ({worst.text.en}) with {rate}.",
    )


def _picture(result: Result, judged: list[StratumCount], title: str) -> Markup:
    height = _ROW * len(judged)
    rows = []
    for number, stratum in enumerate(judged):
        top = number * _ROW + (_ROW - _BAR) / 2
        label = f"{share(_rate(stratum))} ({count(stratum.counted)}/{count(stratum.judged)})"
        rows += [
            element("text", stratum.id, x=_LEFT - 8, y=top + _BAR - 2, text_anchor="end"),
            element("rect", class_="track", x=_LEFT, y=top, width=_WIDTH, height=_BAR),
            element(
                "rect", class_="bar", x=_LEFT, y=top, width=f"{_WIDTH * _rate(stratum):.1f}", height=_BAR
            ),
            element("text", label, x=_LEFT + _WIDTH + 8, y=top + _BAR - 2),
        ]
    at = f"{_LEFT + _WIDTH * result.required_rate:.1f}"
    rows.append(element("line", class_="mark", x1=at, x2=at, y1=0, y2=height))
    return element(
        "svg",
        element("title", title),
        *rows,
        viewBox=f"0 0 {_LEFT + _WIDTH + _RIGHT} {height}",
        role="img",
    )


def _head(lang: str) -> list[str]:
    words = (
        Text("编号", "Id"),
        Text("名称", "Name"),
        Text("判定", "Judged"),
        Text("计入", "Counted"),
        Text("出错", "Errors"),
    )
    return [word.in_(lang) for word in words]


def _rows(result: Result, lang: str) -> list[list[str]]:
    return [
        [one.id, one.text.in_(lang), str(one.judged), str(one.counted), str(one.errors)]
        for one in result.strata
    ]


def _table(result: Result, lang: str) -> Markup:
    return element(
        "table",
        element("thead", element("tr", *(element("th", cell) for cell in _head(lang)))),
        element(
            "tbody",
            *(element("tr", *(element("td", cell) for cell in row)) for row in _rows(result, lang)),
        ),
    )


def _csv(result: Result, lang: str) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([_head(lang), *_rows(result, lang)])
    return text.getvalue()
