"""`beian bank`: bring question banks in and out, check them, and build those that ship."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment import BankKind, QuestionBank, load_bank
from openbeian.banks import BANKS
from openbeian.banks.build import built_files, stale_files, write_files
from openbeian.banks.checking import Alike, BankCheck, check_bank, find_in_both
from openbeian.banks.exporting import bank_as, check_free, write_whole
from openbeian.banks.importing import Called, import_bank
from openbeian.banks.rules import SOURCES
from openbeian.cli import findings
from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.options import (
    AsJSON,
    EditionId,
    Force,
    OnDay,
    OneField,
    ProfileName,
    WithoutAspect,
    chosen_day,
    chosen_edition,
    chosen_scope,
    example,
)
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(help=say(Text("测试题库", "Question banks")), no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(help=say(Text("题库文件", "Bank files")), show_default=False)]
Kind = Annotated[
    BankKind | None,
    typer.Option(help=say(Text("题库类型；文件已写明时可省略", "Which bank, unless files say"))),
]
_QUESTIONS = Text("题", "questions")


@app.command(
    "check",
    help=say(
        Text(
            "检查题库：格式、覆盖、更新时间、相近题目、误入的标题、两个拒答题库的重复",
            "Check banks: format, coverage, age, near-duplicates, headings, questions in both refusal banks",
        )
    ),
    epilog=example("beian bank check refuse.jsonl answer.jsonl --edition tc260-003"),
)
@guarded
def check(
    files: Files,
    kind: Kind = None,
    edition: EditionId = "tc260-003",
    profile: ProfileName = "",
    on: OnDay = "",
    one_field: OneField = "",
    without_aspect: WithoutAspect = None,
    as_json: AsJSON = False,
) -> None:
    """Read the banks and say what is wrong with them; exit 1 if anything is."""
    rules, day = chosen_edition(edition, profile), chosen_day(on)
    scope = chosen_scope(one_field, without_aspect)
    banks = [load_bank(path, kind=kind) for path in files]
    checks = [check_bank(bank, rules, day, scope) for bank in banks]
    in_both = find_in_both([bank.without(scope.left_out) for bank in banks])
    if as_json:
        found = zip(banks, checks, strict=True)
        print_json([_check_as_json(bank, one, in_both) for bank, one in found])
    else:
        for path, bank, one in zip(files, banks, checks, strict=True):
            _print_check(path, bank, one)
        title = Text("同时在应拒答和非拒答题库中", "in a should-refuse and a should-answer bank")
        findings.print_alike(title, in_both)
    if in_both or not all(one.conforms for one in checks):
        raise typer.Exit(1)


def _print_check(path: Path, bank: QuestionBank, found: BankCheck) -> None:
    out.print(f"{path}: {len(bank.questions)} {say(_QUESTIONS)}", markup=False)
    findings.print_coverage(found.coverage)
    findings.print_age(found.age, found.on)
    findings.print_alike(Text("几乎相同的题目", "questions almost alike"), found.alike)
    findings.print_list(
        Text("是标题，不是题目", "headings and no questions"),
        [f"{question.id}: {question.text}" for question in found.headings],
    )
    if found.conforms:
        out.print("  " + say(Text("达到要求", "meets the requirements")))


def _check_as_json(bank: QuestionBank, found: BankCheck, in_both: list[Alike]) -> dict[str, object]:
    held = set(bank.questions)
    return {
        **bank.seal.as_json(),
        "conforms": found.conforms,
        "coverage": findings.coverage_as_json(found.coverage),
        "shortfalls": findings.coverage_as_json(found.shortfalls),
        "age": findings.age_as_json(found.age, found.on),
        "alike": findings.alike_as_json(found.alike),
        "headings": [{"id": question.id, "text": question.text} for question in found.headings],
        "in_both": findings.alike_as_json(
            pair for pair in in_both if pair.first in held or pair.second in held
        ),
    }


@app.command(
    "import",
    help=say(
        Text(
            "导入题库：网信办表格、CSV、JSONL 或公开题集；略过的每一行都会列出",
            "Import a bank from the office's tables, CSV, JSONL or public sets; every row left out is named",
        )
    ),
    epilog=example("beian bank import 题库.xlsx --to refuse.jsonl --kind should_refuse --format office"),
)
@guarded
def import_(
    files: Files,
    to: Annotated[Path, typer.Option(help=say(Text("写到此 JSONL 文件", "The JSONL file to write")))],
    kind: Kind = None,
    layout: Annotated[
        str,
        typer.Option("--format", metavar="office|csv|jsonl|public:NAME", help=say(Text("格式", "Format"))),
    ] = "",
    meanings: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="CATEGORY=RISK",
            help=say(Text("某分类对应的风险，可多次给出", "What a category stands for; repeat")),
        ),
    ] = None,
    name: Annotated[str, typer.Option(help=say(Text("题库名称", "Name of the bank")))] = "",
    version: Annotated[
        str, typer.Option(metavar="DATE", help=say(Text("版本日期", "Version: the day of its last update")))
    ] = "",
    licence: Annotated[str, typer.Option(help=say(Text("许可", "Licence")))] = "",
    language: Annotated[str, typer.Option(help=say(Text("语言，如 zh", "Language, such as zh")))] = "",
    force: Force = False,
    as_json: AsJSON = False,
) -> None:
    """Read the files, write one bank, and name every row that did not come into it."""
    check_free(to, (".jsonl",), force=force)
    done = import_bank(
        files,
        kind=kind,
        on=chosen_day(""),
        layout=layout,
        called=Called(name, version, licence, language),
        decided=meanings or (),
    )
    write_whole(to, done.bank.canonical, force=force)
    if done.title is not None:
        error_console.print(
            say(
                Text(
                    "分类的对应关系是我们的解读，请复核",
                    "What its categories stand for is our reading; review it",
                )
            )
            + f": {say(done.title)}",
            markup=False,
        )
    findings.print_written(to, done.bank.seal, _QUESTIONS, done.left_out, as_json=as_json)


@app.command(
    "export",
    help=say(
        Text("导出题库为 XLSX、CSV（网信办表格）或 JSONL", "Export a bank as an office's table or JSONL")
    ),
    epilog=example("beian bank export refuse.jsonl --to 应拒答题库.xlsx"),
)
@guarded
def export(
    file: Annotated[Path, typer.Argument(help=say(Text("题库文件", "Bank file")))],
    to: Annotated[Path, typer.Option(help=say(Text("写到此文件", "The file to write")))],
    kind: Kind = None,
    force: Force = False,
    as_json: AsJSON = False,
) -> None:
    """Write the bank in the form that the file's suffix names."""
    check_free(to, (".xlsx", ".csv", ".jsonl"), force=force)
    bank = load_bank(file, kind=kind)
    write_whole(to, bank_as(bank, to), force=force)
    findings.print_written(to, bank.seal, _QUESTIONS, as_json=as_json)


@app.command(
    "build",
    help=say(
        Text("由来源生成随附题库，或核对（--check）", "Build the banks that ship, or compare them (--check)")
    ),
    epilog=example("beian bank build --check"),
)
@guarded
def build(
    only_check: Annotated[
        bool, typer.Option("--check", help=say(Text("只核对，不写文件", "Compare only, write nothing")))
    ] = False,
    language: Annotated[
        list[str] | None,
        typer.Option(help=say(Text("只生成此语言，不含关键词库", "Only this language, no keywords"))),
    ] = None,
    sources: Annotated[Path, typer.Option(help=say(Text("来源目录", "Where the sources lie")))] = SOURCES,
    into: Annotated[Path, typer.Option(help=say(Text("题库目录", "Where the banks lie")))] = BANKS,
    as_json: AsJSON = False,
) -> None:
    """Write every file, or name those that are not what their sources give and exit 1."""
    built = built_files(sources, language or ())
    stale = stale_files(built, into)
    if not only_check:
        write_files(built, into)
    if as_json:
        print_json({"files": {name: _count(content) for name, content in built.items()}, "stale": stale})
    else:
        for name, content in built.items():
            note = say(Text("与来源不符，请重新生成", "is not what its sources give; build it anew"))
            out.print(f"{name}: {note if only_check and name in stale else _count(content)}", markup=False)
    if only_check and stale:
        raise typer.Exit(1)


def _count(content: bytes) -> int:
    """Return how many lines stand below the first."""
    return content.count(b"\n") - 1
