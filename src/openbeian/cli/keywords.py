"""`beian keywords`: bring keyword libraries in and out, check them, and compare two."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment import Keyword, load_keywords
from openbeian.banks.checking import KeywordCheck, check_keywords
from openbeian.banks.differences import Difference, differences
from openbeian.banks.exporting import check_free, keywords_as, write_whole
from openbeian.banks.importing import Called
from openbeian.banks.keyword_lists import import_keywords
from openbeian.cli import findings
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import (
    AsJSON,
    EditionId,
    Force,
    OnDay,
    ProfileName,
    chosen_day,
    chosen_edition,
    example,
)
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(help=say(Text("关键词库", "Keyword libraries")), no_args_is_help=True)

File = Annotated[Path, typer.Argument(help=say(Text("关键词库文件", "Keyword library")))]
_TERMS = Text("词", "terms")


@app.command(
    "check",
    help=say(
        Text(
            "检查关键词库：格式、覆盖、更新时间、重复",
            "Check a keyword library: format, coverage, age, duplicates",
        )
    ),
    epilog=example("beian keywords check keywords.jsonl --edition tc260-003"),
)
@guarded
def check(
    file: File,
    edition: EditionId = "tc260-003",
    profile: ProfileName = "",
    on: OnDay = "",
    as_json: AsJSON = False,
) -> None:
    """Read the library and say what is wrong with it; exit 1 if anything is."""
    library = load_keywords(file)
    found = check_keywords(library, chosen_edition(edition, profile), chosen_day(on))
    if as_json:
        print_json({**library.seal.as_json(), "starter": library.starter, **_check_as_json(found)})
    else:
        out.print(f"{file}: {len(library.keywords)} {say(_TERMS)}", markup=False)
        if library.starter:
            note = Text("起步库：词条温和，不满足 8.1", "a starter library: mild terms, it does not meet 8.1")
            out.print("  " + say(note))
        _print_check(found)
    if not found.conforms:
        raise typer.Exit(1)


def _print_check(found: KeywordCheck) -> None:
    findings.print_coverage(found.coverage)
    findings.print_age(found.age, found.on)
    for title, groups in (
        (Text("只差空格或标点的重复词", "duplicates but for spaces and punctuation"), found.duplicates),
        (Text("归入多种风险的词（允许）", "terms under several risks (allowed)"), found.several_risks),
    ):
        findings.print_list(title, [" = ".join(map(_written, group)) for group in groups])
    long = Text("比一般关键词长的词（允许）", "terms longer than generally (allowed)")
    findings.print_list(long, [_written(keyword) for keyword in found.too_long])
    if found.conforms:
        out.print("  " + say(Text("达到要求", "meets the requirements")))


def _check_as_json(found: KeywordCheck) -> dict[str, object]:
    return {
        "conforms": found.conforms,
        "coverage": findings.coverage_as_json(found.coverage),
        "shortfalls": findings.coverage_as_json(found.shortfalls),
        "age": findings.age_as_json(found.age, found.on),
        "duplicates": [[_as_json(one) for one in group] for group in found.duplicates],
        "several_risks": [[_as_json(one) for one in group] for group in found.several_risks],
        "too_long": [_as_json(one) for one in found.too_long],
    }


@app.command(
    "import",
    help=say(
        Text(
            "导入关键词库：网信办表格、CSV 或 JSONL；略过的每一行都会列出",
            "Import a keyword library from the office's tables, CSV or JSONL; every row left out is named",
        )
    ),
    epilog=example("beian keywords import 关键词.xlsx --to keywords.jsonl"),
)
@guarded
def import_(
    files: Annotated[
        list[Path], typer.Argument(help=say(Text("关键词文件", "Keyword files")), show_default=False)
    ],
    to: Annotated[Path, typer.Option(help=say(Text("写到此 JSONL 文件", "The JSONL file to write")))],
    layout: Annotated[
        str, typer.Option("--format", metavar="office|csv|jsonl", help=say(Text("格式", "Format")))
    ] = "",
    name: Annotated[str, typer.Option(help=say(Text("词库名称", "Name of the library")))] = "",
    version: Annotated[
        str, typer.Option(metavar="DATE", help=say(Text("版本日期", "Version: the day of its last update")))
    ] = "",
    force: Force = False,
    as_json: AsJSON = False,
) -> None:
    """Read the files, write one library, and name every row that did not come into it."""
    check_free(to, (".jsonl",), force=force)
    done = import_keywords(files, on=chosen_day(""), layout=layout, called=Called(name, version))
    write_whole(to, done.library.canonical, force=force)
    findings.print_written(to, done.library.seal, _TERMS, done.left_out, as_json=as_json)


@app.command(
    "export",
    help=say(
        Text(
            "导出关键词库为 XLSX、CSV（网信办表格）或 JSONL", "Export a library as an office's table or JSONL"
        )
    ),
    epilog=example("beian keywords export keywords.jsonl --to 关键词库.xlsx"),
)
@guarded
def export(
    file: File,
    to: Annotated[Path, typer.Option(help=say(Text("写到此文件", "The file to write")))],
    force: Force = False,
    as_json: AsJSON = False,
) -> None:
    """Write the library in the form that the file's suffix names."""
    check_free(to, (".xlsx", ".csv", ".jsonl"), force=force)
    library = load_keywords(file)
    write_whole(to, keywords_as(library, to), force=force)
    findings.print_written(to, library.seal, _TERMS, as_json=as_json)


@app.command(
    "diff",
    help=say(
        Text(
            "比较两个关键词库：增加、删除、改归其他风险的词",
            "Compare two libraries: terms added, removed, moved to another risk",
        )
    ),
    epilog=example("beian keywords diff last-week.jsonl this-week.jsonl"),
)
@guarded
def diff(
    before: Annotated[Path, typer.Argument(help=say(Text("旧库", "The old library")))],
    after: Annotated[Path, typer.Argument(help=say(Text("新库", "The new library")))],
    as_json: AsJSON = False,
) -> None:
    """Print what changed from one library to the other; terms are the same when they are folded alike."""
    changes = differences(load_keywords(before), load_keywords(after))
    if as_json:
        print_json(_changes_as_json(changes))
        return
    for title, keywords in (
        (Text("增加", "added"), changes.added),
        (Text("删除", "removed"), changes.removed),
    ):
        findings.print_list(title, [_written(keyword) for keyword in keywords])
    findings.print_list(
        Text("改归其他风险", "moved to another risk"),
        [f"{one.term}: {', '.join(one.before)} → {', '.join(one.after)}" for one in changes.moved],
    )
    if not any(changes):
        out.print("  " + say(Text("没有变化", "no change")))


def _changes_as_json(changes: Difference) -> dict[str, object]:
    return {
        "added": [_as_json(keyword) for keyword in changes.added],
        "removed": [_as_json(keyword) for keyword in changes.removed],
        "moved": [
            {"term": one.term, "before": list(one.before), "after": list(one.after)} for one in changes.moved
        ],
    }


def _written(keyword: Keyword) -> str:
    return f"{keyword.term} ({keyword.risk})"


def _as_json(keyword: Keyword) -> dict[str, str]:
    return {"term": keyword.term, "risk": keyword.risk}
