"""The rankings of the provinces: what is on file, and what was new in each year."""

from collections.abc import Mapping, Sequence

from openbeian.core.register_counts import Ranked, RegisterRow, new_by_year, of_route, on_file, rank, ranked
from openbeian.core.text import Text
from openbeian.portal.statistics.sheets import COUNT, NONE_YET, RANK, SERIES, Column, Sheet
from openbeian.standards import load_jurisdictions

__all__ = ["by_jurisdiction", "by_year"]


def by_jurisdiction(rows: Sequence[RegisterRow], route: str) -> Sheet:
    """Rank the provinces."""
    series = SERIES[route]
    ranking = rank(on_file(of_route(rows, route)), lambda row: row.jurisdiction)
    return Sheet(
        f"{route}s-by-jurisdiction",
        Text(f"各属地在册数：{series.zh}", f"{series.en} by province"),
        _first(ranking),
        Text(
            "有效和暂停的计入，撤销、注销、到期的不计；数量相同的名次并列；没有写明属地的不列。",
            "What is valid or suspended counts; what is revoked, cancelled or expired does not. Those with "
            "as many share a rank; what names no place is left out.",
        ),
        (
            RANK,
            Column("code", Text("代码", "Code"), is_number=False),
            Column("jurisdiction", Text("属地", "Province"), is_number=False),
            COUNT,
        ),
        [(one.rank, one.key, _name(one.key), one.entries) for one in ranking],
    )


def _first(ranking: Sequence[Ranked]) -> Text:
    if not ranking:
        return NONE_YET
    total = sum(one.entries for one in ranking)
    lead, is_one = _leading(ranking)
    has, each, zh_each = ("has", "", "") if is_one else ("have", " each", "各 ")
    return Text(
        f"{len(ranking)} 个属地共 {total} 项；最多的是{lead.zh}，{zh_each}{ranking[0].entries} 项。",
        f"{total} in {len(ranking)} provinces; {lead.en} {has} the most, {ranking[0].entries}{each}.",
    )


def _leading(ranking: Sequence[Ranked]) -> tuple[Text, bool]:
    """Return who shares the first rank, and whether it is one alone."""
    first = [_name(one.key) for one in ranking if one.rank == 1]
    names = Text("、".join(name.zh for name in first), " and ".join(name.en for name in first))
    return names, len(first) == 1


def _name(code: str) -> Text:
    place = load_jurisdictions().get(code)
    return place.short if place else Text(code, code)


def by_year(rows: Sequence[RegisterRow], route: str) -> Sheet:
    """Show what was new in each year by province, ranked by the newest year and by what is on file."""
    series, counted = SERIES[route], of_route(rows, route)
    new = new_by_year(counted)
    years = [year for _, year in new]
    shown = range(min(years), max(years) + 1) if years else range(0)
    standing = {one.key: one for one in rank(on_file(counted), lambda row: row.jurisdiction)}
    places = {code for code, _ in new} | set(standing)
    newest = ranked({code: new[code, shown[-1]] for code in places}) if years else []
    return Sheet(
        f"{route}s-new-by-year",
        Text(f"各属地逐年新增：{series.zh}", f"New {series.en.lower()} by year and province"),
        _most_new(newest, shown[-1]) if newest else NONE_YET,
        Text(
            "新增按发证或公布的日期计，后来撤销、注销、到期的仍算当年新增，没有日期或属地的不计；"
            "在册数只计有效和暂停的。名次按最近一年的新增排，数量相同的并列。",
            "New is what has its day in the year, whatever became of it later; what has no day or place is "
            "left out. On file is what is valid or suspended now. The rank is that of the newest year; those "
            "with as many share it.",
        ),
        (
            RANK,
            Column("code", Text("代码", "Code"), is_number=False),
            Column("jurisdiction", Text("属地", "Province"), is_number=False),
            *(
                Column(f"new_{year}", Text(f"{year} 年新增", f"New in {year}"), is_drawn=year == shown[-1])
                for year in reversed(shown)
            ),
            Column("on_file", Text("在册", "On file")),
            Column("rank_on_file", Text("在册名次", "Rank, on file")),
        ),
        [_line(one, [new[one.key, year] for year in reversed(shown)], standing) for one in newest],
    )


def _line(one: Ranked, new: Sequence[int], standing: Mapping[str, Ranked]) -> tuple[Text | str | int, ...]:
    here = standing.get(one.key)
    on_file_now = (here.entries, here.rank) if here else (0, "")
    return (one.rank, one.key, _name(one.key), *new, *on_file_now)


def _most_new(newest: Sequence[Ranked], year: int) -> Text:
    lead, is_one = _leading(newest)
    total = sum(one.entries for one in newest)
    each, zh_each = ("", "") if is_one else (" each", "各 ")
    return Text(
        f"{year} 年新增 {total} 项；最多的是{lead.zh}，{zh_each}{newest[0].entries} 项。",
        f"{total} were new in {year}; most in {lead.en}, {newest[0].entries}{each}.",
    )
