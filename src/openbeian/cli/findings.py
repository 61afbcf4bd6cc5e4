"""How the commands print what was found in banks and keyword libraries, and what an import left out."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from openbeian.assessment import Age, Coverage
from openbeian.banks.checking import Alike
from openbeian.banks.left_out import REASONS, LeftOut, count_reasons
from openbeian.cli.console import out, print_json, say
from openbeian.core.text import Text
from openbeian.evidence import Seal
from openbeian.standards import load_taxonomy

__all__ = [
    "age_as_json",
    "alike_as_json",
    "coverage_as_json",
    "print_age",
    "print_alike",
    "print_coverage",
    "print_list",
    "print_written",
]

_ENOUGH, _SHORT = Text("达到", "enough"), Text("不足", "short")


def print_coverage(coverage: Iterable[Coverage]) -> None:
    """Print a table: in all and for each risk or aspect what is held, what is needed, and the clause."""
    table = Table(box=SIMPLE_HEAD)
    headings = (
        Text("范围", "Of"),
        Text("现有 / 需要", "Held / needed"),
        Text("结果", "Result"),
        Text("条款", "Clause"),
    )
    for heading in headings:
        table.add_column(say(heading))
    names = _names()
    for one in coverage:
        result = f"[red]{say(_SHORT)}[/red]" if one.is_short else say(_ENOUGH)
        what = f"{one.stratum} {say(names[one.stratum])}" if one.stratum else say(one.threshold.text)
        table.add_row(what, f"{one.found} / {one.needed}", result, one.threshold.clause)
    out.print(table)


def _names() -> dict[str, Text]:
    taxonomy = load_taxonomy()
    names = {risk.id: risk.text for risk in taxonomy.risks}
    return names | {aspect.id: aspect.text for aspect in taxonomy.aspects}


def coverage_as_json(coverage: Iterable[Coverage]) -> list[dict[str, object]]:
    """Return coverage as JSON values."""
    return [
        {
            "threshold": one.threshold.id,
            "clause": one.threshold.clause,
            "stratum": one.stratum,
            "needed": one.needed,
            "found": one.found,
        }
        for one in coverage
    ]


def print_age(age: Age, on: date) -> None:
    """Print until when the last update is recent enough, or that it isn't."""
    clause = Text(f"条款 {age.threshold.clause}", f"clause {age.threshold.clause}")
    said = _age_said(age, on)
    out.print(f"  {say(said)} ({say(clause)})", markup=False, style="" if age.is_current(on) else "red")


def _age_said(age: Age, on: date) -> Text:
    if age.updated_on is None:
        return Text(
            "版本没有日期，无法判断更新时间；请写成 2026-11-23",
            "the version has no date, so its age can't be told; write it as 2026-11-23",
        )
    if age.is_current(on):
        return Text(
            f"更新于 {age.updated_on}，应于 {age.due_on} 前再次更新",
            f"updated on {age.updated_on}, the next update is due by {age.due_on}",
        )
    if age.updated_on > on:
        return Text(
            f"版本日期 {age.updated_on} 晚于 {on}；请核对日期",
            f"the version's date {age.updated_on} is later than {on}; correct it",
        )
    return Text(
        f"更新于 {age.updated_on}，本应于 {age.due_on} 前更新；请更新并改版本日期",
        f"updated on {age.updated_on}, the next update was due by {age.due_on}; update it and its version",
    )


def age_as_json(age: Age, on: date) -> dict[str, object]:
    """Return age as JSON values."""
    return {
        "threshold": age.threshold.id,
        "clause": age.threshold.clause,
        "updated_on": age.updated_on and age.updated_on.isoformat(),
        "due_on": age.due_on and age.due_on.isoformat(),
        "on": on.isoformat(),
        "current": age.is_current(on),
    }


def print_alike(title: Text, pairs: Sequence[Alike]) -> None:
    """Print pairs of questions that say almost the same."""
    print_list(
        title,
        [f"{pair.first.id} ~ {pair.second.id} ({pair.similarity:.2f}): {pair.second.text}" for pair in pairs],
    )


def alike_as_json(pairs: Iterable[Alike]) -> list[dict[str, object]]:
    """Return pairs of questions as JSON values."""
    return [
        {
            "first": pair.first.id,
            "second": pair.second.id,
            "similarity": round(pair.similarity, 4),
            "text": pair.second.text,
        }
        for pair in pairs
    ]


def print_list(title: Text, lines: Sequence[str]) -> None:
    """Print how many there are of something, and each in a line; nothing where there is none."""
    if lines:
        out.print(f"  {say(title)}: {len(lines)}", markup=False)
        for line in lines:
            out.print(f"    {escape(line)}", soft_wrap=True)


def _print_left_out(rows: Sequence[LeftOut]) -> None:
    """Print how many rows were left out for which reason, then each with its place."""
    for reason, count in count_reasons(rows).items():
        out.print(f"  {say(Text('略过', 'left out'))}: {say(REASONS[reason])} {count}", markup=False)
    for row in rows:
        out.print(f"    {escape(say(row.said))}", soft_wrap=True)


def print_written(
    to: Path, seal: Seal, unit: Text, left_out: Sequence[LeftOut] | None = None, *, as_json: bool
) -> None:
    """Print which file was written, how much is in it, and, of an import, every row that was left out.

    Args:
        to: the file.
        seal: what names its content.
        unit: what is counted in it.
        left_out: the rows that an import left out; None where nothing was imported.
        as_json: print JSON values instead.
    """
    if as_json:
        rows = {} if left_out is None else _left_out_as_json(left_out)
        print_json({"to": str(to), **seal.as_json(), **rows})
        return
    out.print(f"{to}: {seal.items} {say(unit)}", markup=False)
    _print_left_out(left_out or ())


def _left_out_as_json(rows: Sequence[LeftOut]) -> dict[str, object]:
    """Return what was left out as JSON values: how many for each reason, and every row."""
    return {
        "counts": {str(reason): count for reason, count in count_reasons(rows).items()},
        "left_out": [
            {"file": str(row.file), "line": row.line, "reason": str(row.reason), "said": say(row.said)}
            for row in rows
        ],
    }
