"""How figures are written for people, and what queries are called."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from openbeian.bulletins.document import Bulletin, Figure, Sentence
from openbeian.core.bulletin_figures import SPECIFIC, Query, Value
from openbeian.core.register_counts import GENERAL
from openbeian.core.text import Language, Text
from openbeian.industries import Industry, load_rules
from openbeian.standards import load_jurisdictions

__all__ = [
    "SERIES",
    "UNITS",
    "Run",
    "described",
    "grouped",
    "industry_name",
    "place_name",
    "runs",
    "said",
    "shown",
    "slots",
]

SERIES: Final = {"filing": Text("备案", "filings"), "registration": Text("登记", "registrations")}
_SLOT: Final = re.compile(r"\{(\w+)\}")
_THIN_SPACE: Final = "\u202f"
_TEENS: Final = range(11, 14)

UNITS: Final[Mapping[str, str]] = {
    "on_file": "services",
    "new": "services",
    "providers_of_new": "providers",
    "classified": "services",
    "share": "percent",
    "shift": "points",
    "largest_shift": "industry",
    "share_of_everywhere": "percent",
    "industries_of_new": "industries",
    "leading_industry": "industry",
    "rank": "place",
    "rank_shared_by": "jurisdictions",
    "jurisdictions": "jurisdictions",
    "leaders": "names of jurisdictions",
    "most_on_file": "services",
    "certified_cases": "cases",
    "median_days": "days",
    "offices_with_median": "offices",
    "shortest_median_days": "days",
    "longest_median_days": "days",
}
"""What each statistic counts."""

_CALLED: Final = {
    "on_file": Text("在册数", "on file"),
    "new": Text("新增数", "new"),
    "providers_of_new": Text("新增所属的提供者数", "providers of what is new"),
    "classified": Text("新增中已判定行业的", "new and classified"),
    "share": Text("占新增中已判定行业的比例", "share of what is new and classified"),
    "shift": Text("占比与此前之差", "share, less the share before"),
    "largest_shift": Text("占比上升最多的行业", "industry whose share rose most"),
    "share_of_everywhere": Text("占全国在册数的比例", "share of what is on file anywhere"),
    "industries_of_new": Text("新增涉及的行业数", "industries of what is new"),
    "leading_industry": Text("新增最多的行业", "industry with the most new"),
    "rank": Text("在册数的名次", "rank by what is on file"),
    "rank_shared_by": Text("同一名次的属地数", "jurisdictions that share the rank"),
    "jurisdictions": Text("有在册的属地数", "jurisdictions with something on file"),
    "leaders": Text("在册最多的属地", "jurisdictions with the most on file"),
    "most_on_file": Text("在册最多的属地的在册数", "on file where most are"),
    "certified_cases": Text("已发证件数", "cases certified"),
    "median_days": Text("首次提交到发证的中位天数", "median days from handing in to certificate"),
    "offices_with_median": Text("公布中位天数的属地数", "offices with a published median"),
    "shortest_median_days": Text("各属地中位天数的最小值", "shortest of the offices' medians"),
    "longest_median_days": Text("各属地中位天数的最大值", "longest of the offices' medians"),
    "ranking": Text("各属地在册数与名次", "jurisdictions ranked by what is on file"),
    "offices": Text("各属地已发证件数与中位天数", "cases and median days by office"),
    "months": Text("每月新增与累计", "new and total by month"),
    "years": Text("每年新增中面向行业的比例", "share for an industry by year"),
    "industries": Text("新增与此前的行业构成", "industries of what is new and of what was there"),
}


class Run(NamedTuple):
    """A stretch of a sentence; `figure` is the id of the figure it shows, empty for words."""

    text: str
    figure: str = ""


def grouped(number: float) -> str:
    """Write a number with thin groups; a whole one without decimals."""
    number = int(number) if number == int(number) else number
    return f"{number:,}".replace(",", _THIN_SPACE)


def industry_name(industry: str) -> Text:
    """Return what an industry is called; a code that is none stands for itself."""
    if industry == SPECIFIC:
        return Text("面向行业", "for an industry")
    if industry == GENERAL:
        return Text("通用", "general use")
    try:
        return load_rules().name(Industry(industry))
    except ValueError:
        return Text(industry, industry)


def place_name(code: str) -> Text:
    """Return the short name of a jurisdiction; of all of them for an empty code."""
    if not code:
        return Text("全国", "China")
    found = load_jurisdictions().get(code)
    return found.short if found else Text(code, code)


def shown(figure: Figure, language: Language) -> str:
    """Write a figure as its sentence shows it; its unit follows in words, but for the percent sign."""
    return _written(figure.value, figure.unit, language)


def _written(value: Value, unit: str, language: Language) -> str:
    if value is None:
        return Text("不公布", "kept back").in_(language)
    if isinstance(value, str):
        name = industry_name if unit == "industry" else place_name
        return Text("、", " and ").in_(language).join(name(one).in_(language) for one in value.split(","))
    match unit:
        case "percent":
            return f"{grouped(value)}%"
        case "points":
            return grouped(abs(value))
        case "place" if language == "en":
            return _ordinal(int(value))
        case _:
            return grouped(value)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def slots(sentence: Sentence, language: Language) -> list[tuple[str, str]]:
    """Return the sentence's words and, after each stretch of them, the slot that follows; none at the end."""
    parts = _SLOT.split(sentence.text.in_(language))
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def runs(sentence: Sentence, figures: Mapping[str, Figure], language: Language) -> list[Run]:
    """Return a sentence, polished where it is, with its figures and names filled in."""
    parts: list[Run] = []
    for words, slot in slots(replace(sentence, text=sentence.polished or sentence.text), language):
        parts.append(Run(words))
        if slot in sentence.names:
            parts.append(Run(sentence.names[slot].in_(language)))
        elif slot:
            parts.append(Run(shown(figures[slot], language), slot))
    return [run for run in parts if run.text]


def said(sentence: Sentence, bulletin: Bulletin, language: Language) -> str:
    """Return a sentence as plain words."""
    return "".join(run.text for run in runs(sentence, bulletin.figures, language))


def described(query: Query, language: Language) -> str:
    """Say what a query asks, for the table of sources."""
    parts = [_CALLED[query.statistic], SERIES[query.series], place_name(query.jurisdiction)]
    if query.industry:
        parts.append(industry_name(query.industry))
    if query.round is not None:
        parts.append(Text(f"第 {query.round} 批", f"round {query.round}"))
    if query.since or query.until:
        parts.append(_days(query.since, query.until))
    if query.base_until:
        parts.append(Text(f"与 {query.base_until} 及以前相比", f"compared with up to {query.base_until}"))
    parts.append(Text(f"截至 {query.as_of}", f"as of {query.as_of}"))
    return Text("，", ", ").in_(language).join(part.in_(language) for part in parts)


def _days(since: date | None, until: date | None) -> Text:
    if since is None:
        return Text(f"{until} 及以前", f"up to {until}")
    return Text(f"{since} 至 {until}", f"{since} to {until}")
