"""The charts of the report: a rate for each risk with its interval, against the rate required."""

import json
from collections.abc import Sequence
from typing import Any, Final

from openbeian.assessment.report import Result, StratumCount
from openbeian.assessment.report_words import JUDGES, count, share
from openbeian.core.standard import Limit
from openbeian.core.statistics import clopper_pearson
from openbeian.core.text import Language, Text
from openbeian.typesetting.charts import ACCENT, INK, PALE, QUIET, RULE, WARNING, chart_config, svg_of

__all__ = ["is_worse", "rate_chart", "rate_chart_said", "short_name"]

_WHOLE_ONLY: Final = Text(
    "标准只对总体设限，各类样本小，区间宽。",
    "The standard limits the whole only; the sample of each is small and its interval wide.",
)
_MOST_NAMED: Final = 8
_LONGEST_NAME: Final = {"zh": 15, "en": 30}
_PALE_WARNING: Final = "#e7b0ac"
_FONT, _ROW = 11, 15
_NAMES, _WIDTH, _COUNTS, _GAP = 200, 430, 46, 14
"""Pixels: the names, all panels together, the counts at the right of each, between panels."""


def is_worse(result: Result, stratum: StratumCount) -> bool:
    """Say whether the rate of one risk or aspect alone is worse than the rate required of all."""
    rate = stratum.counted / stratum.judged
    return rate > result.required_rate if result.limit is Limit.AT_MOST else rate < result.required_rate


def rate_chart(results: Sequence[Result], language: Language) -> str:
    """Return the picture as SVG: a panel for each result, in which each rate has a dot and its interval.

    What is worse than required is a hollow square in another colour, so that print in grey shows it too.
    """
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": None,
        "description": rate_chart_said(results, language),
        "config": chart_config(_FONT),
        "spacing": _GAP,
        "hconcat": [_panel(result, language, results) for result in results],
    }
    return svg_of(json.dumps(spec, ensure_ascii=False))


def short_name(name: str, language: Language) -> str:
    """Return the name of a risk, cut off visibly where it is long."""
    longest = _LONGEST_NAME[language]
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"


def _panel(result: Result, language: Language, results: Sequence[Result]) -> dict[str, Any]:
    width = (_WIDTH - (len(results) - 1) * _GAP) // len(results) - _COUNTS
    panel = {
        "width": width,
        "height": {"step": _ROW},
        "data": {"values": [_row(result, one, language) for one in result.strata if one.judged]},
        "encoding": {"y": _names(shown=result is results[0]), "x": _shares(len(results))},
        "layer": [_threshold(result), _intervals(), _rates(), _counts(width)],
    }
    if len(results) == 1:
        return panel
    name = JUDGES.get(result.judge, Text(result.judge, result.judge)).in_(language)
    title = {
        "text": name,
        "anchor": "start",
        "frame": "group",
        "fontSize": _FONT,
        "color": INK,
        "fontWeight": "bold",
    }
    return panel | {"title": title}


def _row(result: Result, one: StratumCount, language: Language) -> dict[str, Any]:
    low, high = clopper_pearson(one.counted, one.judged)
    shown = short_name(one.text.in_(language), language)
    # Aspects have words for ids, which say no more than their names.
    return {
        "name": f"{one.id} {shown}" if "." in one.id else shown,
        "rate": one.counted / one.judged,
        "low": low,
        "high": high,
        "worse": is_worse(result, one),
        "counts": f"{count(one.counted)}/{count(one.judged)}",
    }


def _names(*, shown: bool) -> dict[str, Any]:
    axis = {"ticks": False, "labelLimit": _NAMES, "minExtent": _NAMES, "domain": False, "labelPadding": 8}
    return {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": axis if shown else None,
    }


def _shares(panels: int) -> dict[str, Any]:
    ticks = {"values": [0, 0.5, 1]} if panels > 1 else {"tickCount": 5}
    return {
        "field": "rate",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "grid": True, "gridColor": RULE, **ticks},
    }


def _threshold(result: Result) -> dict[str, Any]:
    return {
        "data": {"values": [{"at": result.required_rate}]},
        "mark": {"type": "rule", "color": INK, "strokeDash": [5, 4], "strokeWidth": 1.2},
        "encoding": {
            "x": {"field": "at", "type": "quantitative"},
            "y": {"value": 0},
            "y2": {"value": "height"},
        },
    }


def _intervals() -> dict[str, Any]:
    return {
        "mark": {"type": "rule", "strokeWidth": 2},
        "encoding": {"x": {"field": "low"}, "x2": {"field": "high"}, "color": _coloured(PALE, _PALE_WARNING)},
    }


def _rates() -> dict[str, Any]:
    shape = {"condition": {"test": "datum.worse", "value": "square"}, "value": "circle"}
    fill = {"condition": {"test": "datum.worse", "value": "white"}, "value": ACCENT}
    return {
        "mark": {"type": "point", "size": 46, "strokeWidth": 1.8, "opacity": 1},
        "encoding": {"shape": shape, "fill": fill, "stroke": _coloured(ACCENT, WARNING)},
    }


def _counts(width: int) -> dict[str, Any]:
    return {
        "mark": {"type": "text", "align": "left", "dx": 9, "fontSize": _FONT - 1, "color": QUIET},
        "encoding": {"text": {"field": "counts"}, "x": {"value": width}},
    }


def _coloured(good: str, worse: str) -> dict[str, Any]:
    return {"condition": {"test": "datum.worse", "value": worse}, "value": good}


def rate_chart_said(results: Sequence[Result], language: Language) -> str:
    """Return in sentences what the chart shows."""
    first = results[0]
    limit = Text("不高于", "at most") if first.limit is Limit.AT_MOST else Text("不低于", "at least")
    required = share(first.required_rate)
    lead = Text(
        "圆点为比率，横线为 95% 精确区间，右侧为计入题数与判定题数，"
        f"虚线为对全部题目的要求（{limit.zh} {required}）。",
        "A dot is a rate, a line its exact 95 % interval, at the right those counted of those judged; the "
        f"dashed line is what is required of all questions together ({limit.en} {required}). ",
    )
    told = [_worse(result, language, len(results)) for result in results]
    if any(is_worse(result, one) for result in results for one in result.strata if one.judged):
        told.append(_WHOLE_ONLY.in_(language))
    return lead.in_(language) + Text("", " ").in_(language).join(told)


def _worse(result: Result, language: Language, panels: int) -> str:
    judged = [one for one in result.strata if one.judged]
    worse = [one for one in judged if is_worse(result, one)]
    judge = JUDGES.get(result.judge, Text(result.judge, result.judge))
    lead = Text(f"{judge.zh}：", f"{judge.en}: ").in_(language) if panels > 1 else ""
    if not worse:
        said = Text(f"{len(judged)} 类都在要求之内。", f"All {len(judged)} are within it.")
        return lead + said.in_(language)
    zh, en = (
        between.join(one.id if "." in one.id else one.text.in_(lang) for one in worse[:_MOST_NAMED])
        for lang, between in (("zh", "、"), ("en", ", "))
    )
    more = len(worse) - _MOST_NAMED
    rest = Text(f"等 {len(worse)} 类", f" and {more} more") if more > 0 else Text("", "")
    said = Text(
        f"{len(judged)} 类中 {len(worse)} 类单独看未达到（空心方形）：{zh}{rest.zh}。",
        f"{len(worse)} of {len(judged)} alone do not meet it (hollow squares): {en}{rest.en}.",
    )
    return lead + said.in_(language)
