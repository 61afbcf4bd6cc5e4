"""`beian register`: the lists that offices publish, and what taking them in would change."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.markup import escape

from openbeian.cli import findings
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, OnDay, chosen_day, example
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.published import (
    FIELD_LABELS,
    FIELDS,
    SERIES_LABELS,
    Change,
    Conflict,
    LeftOut,
    Oddity,
    Preview,
    PublishedRow,
    Reading,
    Series,
    Source,
    load_published,
    merge,
    read_list,
)

__all__ = ["app", "chosen_series"]

app = typer.Typer(
    help=say(Text("公示名录：读取已公布的名单", "The register: lists as they are published")),
    no_args_is_help=True,
)


class _Read(NamedTuple):
    """A file, what was read in it, and what it would change after the files before it."""

    file: Path
    reading: Reading
    preview: Preview


@app.command(
    "preview",
    help=say(
        Text(
            "预览名单（XLSX、CSV、网页、PDF）：新增、变更、冲突，每处异常与处理；不写入。有冲突时退出码为 1",
            "Preview lists (XLSX, CSV, web page, PDF): new, changed and conflicting entries, each oddity, "
            "what was decided; writes nothing. Exits 1 where something conflicts",
        )
    ),
    epilog=example("beian register preview 广东省已备案信息.xlsx --json"),
)
@guarded
def preview(
    files: Annotated[
        list[Path],
        typer.Argument(help=say(Text("名单文件，按先后", "Lists, the oldest first")), show_default=False),
    ],
    series: Annotated[
        str,
        typer.Option(
            metavar="filing|registration",
            help=say(Text("名单没有写明时：备案或登记", "What the lists are of, where they don't say")),
        ),
    ] = "",
    alone: Annotated[
        bool,
        typer.Option(
            "--alone",
            help=say(Text("不与随附的已公布条目比较", "Don't compare with the published entries that ship")),
        ),
    ] = False,
    on: OnDay = "",
    as_json: AsJSON = False,
) -> None:
    """Read every file, and say what it would change after the ones before it."""
    told, day = chosen_series(series), chosen_day(on)
    known = () if alone else load_published()
    done: list[_Read] = []
    for file in files:
        reading = read_list(file, series=told, as_of=day)
        done.append(_Read(file, reading, merge(known, reading)))
        known = done[-1].preview.entries
    if as_json:
        print_json([_as_json(one) for one in done])
    else:
        for one in done:
            _print(one)
    if any(one.preview.conflicting for one in done):
        raise typer.Exit(1)


def chosen_series(series: str) -> Series | None:
    """Return the series that the option names; None where it names none."""
    if series and series not in list(Series):
        raise BadInputError(
            f"--series「{series}」应为 filing（备案）或 registration（登记）。",
            f"--series “{series}” must be filing or registration.",
        )
    return Series(series) if series else None


def _print(one: _Read) -> None:
    shown = one.preview
    out.print(f"{one.file}: {_counts_said(one)}", markup=False)
    findings.print_list(Text("新增", "new"), [_written(item.entry) for item in shown.new])
    changed = [
        f"{_written(item.entry)}: {_change_said(change)}" for item in shown.changed for change in item.changes
    ]
    findings.print_list(Text("变更", "changed"), changed)
    findings.print_list(Text("异常与处理", "oddities and decisions"), _sentences(one.reading.oddities))
    findings.print_list(Text("未取的行", "rows left out"), _sentences(one.reading.left_out))
    _print_conflicts(shown.conflicting)


def _print_conflicts(conflicts: Iterable[Conflict]) -> None:
    for conflict in conflicts:
        out.print(
            f"  [red]{say(Text('冲突', 'conflict'))}[/red]: {escape(say(conflict.said))}", soft_wrap=True
        )
        for row in conflict.rows:
            out.print(f"    {escape(say(row.source.place.said))}: {escape(_written(row))}", soft_wrap=True)
        for row in conflict.known:
            label = say(Text("已有", "known"))
            out.print(
                f"    {label}: {escape(_written(row))} ({escape(_source_said(row.source))})", soft_wrap=True
            )


def _counts_said(one: _Read) -> str:
    counts = _counts(one)
    by_series = ", ".join(
        f"{say(label)} {sum(row.series is series for row in one.reading.rows)}"
        for series, label in SERIES_LABELS.items()
    )
    names = {
        "new": Text("新增", "new"),
        "same": Text("相同", "same"),
        "changed": Text("变更", "changed"),
        "conflicting": Text("冲突", "conflicting"),
    }
    return f"{by_series}; " + ", ".join(f"{say(text)} {counts[name]}" for name, text in names.items())


def _counts(one: _Read) -> dict[str, int]:
    rows, left_out = len(one.reading.rows), len(one.reading.left_out)
    return {"rows": rows, **one.preview.counts, "left_out": left_out}


def _sentences(items: Iterable[Oddity | LeftOut]) -> list[str]:
    return [f"[{item.code if isinstance(item, Oddity) else item.reason}] {say(item.said)}" for item in items]


def _written(row: PublishedRow) -> str:
    parts = (
        say(SERIES_LABELS[row.series]),
        row.service,
        row.provider,
        row.number,
        row.filed_on,
        row.jurisdiction,
    )
    return " · ".join(str(part) for part in parts if part)


def _change_said(change: Change) -> str:
    before = (
        f"{_plain(change.before)} ({_source_said(change.before_source)})" if change.before_source else "—"
    )
    label = say(FIELD_LABELS[change.field])
    return f"{label} {before} → {_plain(change.after)} ({_source_said(change.after_source)})"


def _source_said(source: Source) -> str:
    where = say(source.place.said)
    return where if source.name == source.place.file else f"{source.name}: {where}"


def _plain(value: str | date | tuple[str, ...] | None) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


def _as_json(one: _Read) -> Mapping[str, object]:
    shown = one.preview
    return {
        "file": str(one.file),
        "counts": _counts(one),
        "new": [_row_as_json(item.entry) for item in shown.new],
        "same": [{"place": str(item.row.source.place), "service": item.row.service} for item in shown.same],
        "changed": [
            {
                "entry": _row_as_json(item.entry),
                "changes": [_change_as_json(change) for change in item.changes],
            }
            for item in shown.changed
        ],
        "conflicting": [
            {
                "reasons": list(item.reasons),
                "said": say(item.said),
                "rows": [_row_as_json(row) for row in item.rows],
                "known": [_row_as_json(row) for row in item.known],
            }
            for item in shown.conflicting
        ],
        "oddities": [
            {
                "code": odd.code,
                "place": odd.place._asdict(),
                "found": odd.found,
                "taken": odd.taken,
                "what": say(odd.what),
                "decided": say(odd.decided),
            }
            for odd in one.reading.oddities
        ],
        "left_out": [
            {"place": row.place._asdict(), "reason": row.reason, "found": row.found, "said": say(row.said)}
            for row in one.reading.left_out
        ],
    }


def _row_as_json(row: PublishedRow) -> dict[str, object]:
    facts = {field: row.value(field) for field in FIELDS if row.value(field)}
    return {
        "series": str(row.series),
        "sequence": row.sequence,
        **{name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()},
        "source": _source_as_json(row.source),
        "oddities": [odd.code for odd in row.oddities],
    }


def _change_as_json(change: Change) -> dict[str, object]:
    return {
        "field": change.field,
        "before": _plain(change.before),
        "after": _plain(change.after),
        "before_source": change.before_source and _source_as_json(change.before_source),
        "after_source": _source_as_json(change.after_source),
    }


def _source_as_json(source: Source) -> dict[str, object]:
    return {"name": source.name, "sha256": source.sha256, "place": source.place._asdict()}
