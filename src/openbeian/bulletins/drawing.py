"""The charts: one Vega-Lite specification each, drawn as SVG for pages and print, as PNG for Word."""

import json
from typing import Any, Final, NamedTuple

from openbeian.bulletins.document import Bulletin, Chart
from openbeian.bulletins.words import industry_name, place_name
from openbeian.core.register_counts import GENERAL
from openbeian.core.text import Language, Text
from openbeian.typesetting.charts import ACCENT, PALE, chart_config, png_of, svg_of

__all__ = ["MOST_BARS", "PRINT", "SCREEN", "Size", "chart_png", "chart_svg", "specification"]

MOST_BARS: Final = 12
"""A ranking draws no more bars; the table beside it has every row."""
_MOST_MONTHS: Final = 36


class Size(NamedTuple):
    """How wide a chart is drawn, and how large its words are, in pixels."""

    width: int
    font: int


PRINT: Final = Size(520, 12)
SCREEN: Final = Size(380, 13)
"""Narrower, so that a phone need not shrink its words much."""


def chart_svg(chart: Chart, bulletin: Bulletin, language: Language, *, size: Size = PRINT) -> str:
    """Return the chart as SVG, without a ground of its own."""
    return svg_of(json.dumps(specification(chart, bulletin, language, size=size), ensure_ascii=False))


def chart_png(chart: Chart, bulletin: Bulletin, language: Language) -> bytes:
    """Return the chart as PNG on white, sharp enough for print."""
    spec = {**specification(chart, bulletin, language), "background": "white"}
    return png_of(json.dumps(spec, ensure_ascii=False))


def specification(
    chart: Chart, bulletin: Bulletin, language: Language, *, size: Size = PRINT
) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart."""
    draw = {
        "months": _months,
        "ranking": _ranking,
        "years": _years,
        "industries": _industries,
        "offices": _offices,
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": None,
        "description": chart.title.in_(language),
        "config": chart_config(size.font),
        **draw[chart.query.statistic](chart, bulletin, language, size),
    }


def _bars(
    rows: list[dict[str, Any]], axis: Text, language: Language, color: dict[str, Any], size: Size
) -> dict[str, Any]:
    """Return horizontal bars with their numbers; each row has `name`, `value` and `shown`."""
    return {
        "width": size.width,
        "height": {"step": 26},
        "data": {"values": rows},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False}},
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": axis.in_(language),
                "axis": {"tickCount": 4, "tickMinStep": 1},
                "scale": {"domainMin": 0},
            },
        },
        "layer": [
            {"mark": {"type": "bar", "height": 15}, "encoding": {"color": color}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"text": {"field": "shown"}},
            },
        ],
    }


def _ranking(chart: Chart, bulletin: Bulletin, language: Language, size: Size) -> dict[str, Any]:
    own = bulletin.scope.jurisdiction
    drawn = list(chart.rows[:MOST_BARS])
    # The jurisdiction the bulletin is about is drawn wherever it stands.
    drawn += [row for row in chart.rows[MOST_BARS:] if row[1] == own]
    rows = [
        {
            "name": f"{rank}  {place_name(str(code)).in_(language)}",
            "value": number,
            "shown": str(number),
            "own": code == own,
        }
        for rank, code, number in drawn
    ]
    return _bars(rows, Text("在册备案（项）", "Filings on file"), language, _highlighted(own), size)


def _offices(chart: Chart, bulletin: Bulletin, language: Language, size: Size) -> dict[str, Any]:
    own = bulletin.scope.jurisdiction
    rows = [
        {"name": place_name(str(code)).in_(language), "value": days, "shown": f"{days:g}", "own": code == own}
        for code, _, days in chart.rows
        if isinstance(days, int | float)
    ]
    return _bars(rows, Text("天（中位数）", "Days (median)"), language, _highlighted(own), size)


def _highlighted(own: str) -> dict[str, Any]:
    """Colour the bar of the bulletin's own jurisdiction; all of them where it has none."""
    return {"condition": {"test": "datum.own", "value": ACCENT}, "value": PALE if own else ACCENT}


def _industries(chart: Chart, bulletin: Bulletin, language: Language, size: Size) -> dict[str, Any]:  # noqa: ARG001  as the others
    new, before = (text.in_(language) for text in (Text("新增", "New"), Text("此前", "Before")))
    rows = [
        {
            "name": industry_name(str(row[0])).in_(language),
            "value": share or 0,
            "kind": kind,
            "shown": _percent(share),
        }
        for row in chart.rows[:MOST_BARS]
        for kind, share in ((new, row[2]), (before, row[4]))
    ]
    scale = {"domain": [new, before], "range": [ACCENT, PALE]}
    spec = _bars(
        rows,
        Text("占已判定行业的比例（%）", "Share of what is classified (%)"),
        language,
        {"field": "kind", "type": "nominal", "scale": scale, "sort": None},
        size,
    )
    spec["height"] = {"step": 15}
    spec["encoding"]["yOffset"] = {"field": "kind", "sort": None, "scale": {"paddingInner": 0.1}}
    spec["encoding"]["y"]["scale"] = {"paddingInner": 0.35}
    spec["layer"][0]["mark"] = {"type": "bar"}
    spec["layer"][1]["mark"]["fontSize"] = size.font - 1
    return spec


def _percent(share: object) -> str:
    return "" if share is None else f"{share:g}"


def _months(chart: Chart, bulletin: Bulletin, language: Language, size: Size) -> dict[str, Any]:  # noqa: ARG001  as the others
    """Return the total as a line over the new ones as bars, each with an axis of its own."""
    rows = [{"month": row[0], "new": row[1], "total": row[2]} for row in chart.rows[-_MOST_MONTHS:]]
    step = max(1, len(rows) // 8)
    labelled = [row["month"] for row in rows[::-1][::step]]
    months = {"labelAngle": 0, "labelOverlap": True, "values": labelled, "title": None}

    def encoded(field: str, title: Text, axis: dict[str, Any]) -> dict[str, Any]:
        y = {
            "field": field,
            "type": "quantitative",
            "title": title.in_(language),
            "axis": {"tickCount": 3, "tickMinStep": 1},
        }
        return {"x": {"field": "month", "type": "ordinal", "axis": axis}, "y": y}

    total = encoded("total", Text("累计", "Total so far"), {**months, "labels": False, "title": None})
    return {
        "data": {"values": rows},
        "spacing": 14,
        "vconcat": [
            {
                "width": size.width,
                "height": 120,
                "encoding": total,
                "layer": [
                    {"mark": {"type": "line", "strokeWidth": 2, "color": ACCENT, "point": len(rows) == 1}},
                    {
                        "transform": [{"filter": {"field": "month", "equal": labelled[0]}}],
                        "mark": {"type": "text", "align": "right", "dy": -9},
                        "encoding": {"text": {"field": "total"}},
                    },
                ],
            },
            {
                "width": size.width,
                "height": 80,
                "mark": {"type": "bar", "color": ACCENT},
                "encoding": encoded("new", Text("当月新增", "New in the month"), months),
            },
        ],
    }


def _years(chart: Chart, bulletin: Bulletin, language: Language, size: Size) -> dict[str, Any]:  # noqa: ARG001  as the others
    specific = Text("面向行业", "For an industry").in_(language)
    general = industry_name(GENERAL).in_(language)
    rows = [
        {"name": row[0], "kind": kind, "value": value, "order": order}
        for row in chart.rows
        for order, (kind, value) in enumerate(
            ((specific, row[3] or 0), (general, round(100 - float(row[3] or 0), 1)))
        )
    ]
    return {
        "width": size.width,
        "height": {"step": 34},
        "data": {"values": rows},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False}},
            "x": {
                "field": "value",
                "type": "quantitative",
                "stack": "zero",
                "title": Text("占比（%）", "Share (%)").in_(language),
                "scale": {"domain": [0, 100]},
                "axis": {"tickCount": 4, "tickMinStep": 1},
            },
            "order": {"field": "order"},
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 20},
                "encoding": {
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "sort": None,
                        "scale": {"domain": [specific, general], "range": [ACCENT, PALE]},
                    }
                },
            },
            {
                "transform": [{"filter": "datum.order == 0 && datum.value >= 8"}],
                "mark": {"type": "text", "align": "right", "dx": -6, "color": "white"},
                "encoding": {"text": {"field": "value", "format": ".1f"}},
            },
        ],
    }
