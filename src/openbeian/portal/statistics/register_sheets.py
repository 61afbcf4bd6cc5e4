"""The statistics of what is on file."""

from collections.abc import Mapping, Sequence
from typing import Final

from openbeian.core.register_counts import (
    GENERAL,
    Concentration,
    Period,
    RegisterRow,
    by_month,
    by_round,
    cross,
    industry_shift,
    of_route,
)
from openbeian.core.text import Text
from openbeian.industries import Industry, load_rules
from openbeian.portal.statistics.sheets import NONE_YET, RANK, SERIES, Column, Sheet
from openbeian.standards import load_jurisdictions

__all__ = [
    "by_industry",
    "largest_providers",
    "months",
    "rounds",
    "shift",
]

_NEW: Final = Column("new", Text("新增", "New"), is_drawn=True)
_TOTAL: Final = Column("total", Text("累计", "Total"))
_COUNT: Final = Column("count", Text("数量", "Number"), is_drawn=True)


def months(rows: Sequence[RegisterRow], route: str) -> Sheet:
    """Count one series by month."""
    series, counted = SERIES[route], of_route(rows, route)
    periods = by_month(counted)
    undated = sum(row.entries for row in counted if row.issued_on is None)
    return Sheet(
        f"{route}s-by-month",
        Text(f"每月新增与累计：{series.zh}", f"{series.en} by month"),
        _newest(periods) if periods else NONE_YET,
        _dated(undated),
        (Column("month", Text("月份", "Month"), is_number=False), _NEW, _TOTAL),
        periods,
    )


def _dated(undated: int) -> Text:
    left_out = Text(f"没有日期的 {undated} 项不在表内。", f" {undated} without a day are left out.")
    return Text(
        "按发证或公布的日期计；后来暂停、撤销的，当月仍算新增。" + (left_out.zh if undated else ""),
        "By the day of the certificate or the one published; what was suspended or revoked later still was "
        "new in its month." + (left_out.en if undated else ""),
    )


def _newest(periods: Sequence[Period]) -> Text:
    last, most = periods[-1], max(periods, key=lambda one: one.new)
    return Text(
        f"{last.label} 新增 {last.new} 项，累计 {last.total} 项；新增最多的是 {most.label}，{most.new} 项。",
        f"{last.new} were new in {last.label}, {last.total} in all; the most in one month were {most.new}, "
        f"in {most.label}.",
    )


def rounds(rows: Sequence[RegisterRow]) -> Sheet:
    """Count what each round certified."""
    periods = by_round(of_route(rows, "filing"))
    return Sheet(
        "certified-by-round",
        Text("每批发证", "Certified by round"),
        Text(
            f"第 {periods[-1].label} 批发证 {periods[-1].new} 项，各批合计 {periods[-1].total} 项。",
            f"Round {periods[-1].label} certified {periods[-1].new}; {periods[-1].total} in all rounds.",
        )
        if periods
        else NONE_YET,
        Text(
            "在本系统发证的备案；名单上公布的不属于任何批次。",
            "Certified here; what lists published is of no round.",
        ),
        (Column("round", Text("批次", "Round"), is_number=False), _NEW, _TOTAL),
        periods,
    )


def by_industry(rows: Sequence[RegisterRow]) -> Sheet:
    """Count filings by industry and province; every row is on file."""
    counted = cross(of_route(rows, "filing"))
    totals: dict[str, int] = {}
    for (industry, _), count in counted.items():
        totals[industry] = totals.get(industry, 0) + count
    order = sorted(totals, key=lambda industry: (-totals[industry], industry))
    places = load_jurisdictions()
    table = [
        (_industry(industry), places[code].short, counted[industry, code])
        for industry in order
        for code in places
        if counted[industry, code]
    ]
    lead = _industry(order[0]) if order else None
    return Sheet(
        "filings-by-industry-and-jurisdiction",
        Text("行业与属地：备案", "Filings by industry and province"),
        Text(
            f"最多的行业是{lead.zh}，{totals[order[0]]} 项。",
            f"The largest industry is {lead.en}, with {totals[order[0]]}.",
        )
        if lead
        else NONE_YET,
        Text(
            "行业按服务名称、单位和用途判定；把握不足一半的不计，留待人工判定。",
            "By the name, company and stated use, each with its reasons.",
        ),
        (
            Column("industry", Text("行业", "Industry"), is_number=False),
            Column("jurisdiction", Text("属地", "Province"), is_number=False),
            _COUNT,
        ),
        table,
        is_crossed=True,
    )


def _industry(industry: str) -> Text:
    return load_rules().name(Industry(industry))


def shift(rows: Sequence[RegisterRow]) -> Sheet:
    """Show how filings move from general models to specific industries."""
    years = industry_shift(of_route(rows, "filing"))
    return Sheet(
        "shift-to-industries",
        Text("从通用到行业", "From general to specific industries"),
        Text(
            f"{years[-1].year} 年新增的备案中，面向行业的占 {years[-1].specific / years[-1].classified:.0%}"
            f"（{years[-1].specific}/{years[-1].classified}）。",
            f"Of the filings new in {years[-1].year}, {years[-1].specific / years[-1].classified:.0%} are "
            f"for an industry ({years[-1].specific} of {years[-1].classified}).",
        )
        if years
        else NONE_YET,
        Text(
            f"判定为「{_industry(GENERAL).zh}」的是通用，其余是行业；未判定或没有日期的不计。",
            f"What is classified “{_industry(GENERAL).en}” is general, everything else specific; what is not "
            "classified or has no day is left out.",
        ),
        (
            Column("year", Text("年份", "Year"), is_number=False),
            Column("specific", Text("面向行业", "For an industry")),
            Column("classified", Text("已判定", "Classified")),
            Column("percent", Text("行业占比（%）", "For an industry (%)"), is_drawn=True),
        ),
        [
            (str(one.year), one.specific, one.classified, round(100 * one.specific / one.classified, 1))
            for one in years
        ],
    )


def largest_providers(spread: Concentration, names: Mapping[str, str]) -> Sheet:
    """Show how far filings are in few hands; `names` gives the name of each provider."""
    return Sheet(
        "filings-by-provider",
        Text("提供者集中度：备案", "Filings by provider"),
        Text(
            f"{spread.entries} 项备案属于 {spread.providers} 家提供者；表中最多的 {len(spread.largest)} 家有 "
            f"{spread.of_largest} 项。",
            f"{spread.entries} filings belong to {spread.providers} providers; the {len(spread.largest)} "
            f"listed have {spread.of_largest}.",
        )
        if spread.entries
        else NONE_YET,
        Text(
            "提供者按统一社会信用代码区分，没有代码的按名称；名称取其多数备案所用的。至多列十家，并列而列不全的都不列。",
            "Providers are told apart by credit code, without one by name, and called what most of their "
            "filings call them; at most ten are listed, and none of a tie that would not fit.",
        ),
        (RANK, Column("provider", Text("提供者", "Provider"), is_number=False), _COUNT),
        [(one.rank, names.get(one.key, one.key), one.entries) for one in spread.largest],
    )
