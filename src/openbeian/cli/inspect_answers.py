"""`beian assess inspect`: answers out to people, their verdicts back into the evidence."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.inspection_import import Imported, import_verdicts, inspections_of, read_filled
from openbeian.assessment.inspection_items import InspectedRun, Item
from openbeian.assessment.inspection_sheet import write_sheet
from openbeian.assessment.inspection_tasks import labelling_interface, write_tasks
from openbeian.assessment.plain import to_plain
from openbeian.assessment.report import InspectionReport
from openbeian.assessment.report_people import agreement
from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.options import AsJSON, RunDir, SignKey, example
from openbeian.clock import now
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text
from openbeian.dossier.signing import load_or_make_key, run_signer, write_public_key
from openbeian.evidence import ChainReader
from openbeian.evidence.people import pseudonym_of
from openbeian.standards import load_taxonomy

__all__ = ["app"]

app = typer.Typer(
    help=say(
        Text("人工研判：两人各自研判，第三人裁定", "People judge: two each, a third where they disagree")
    ),
    no_args_is_help=True,
)

_SALT_BYTES = 16
_SUFFIXES = (".xlsx", ".json")


@app.command(
    "export",
    help=say(Text("导出供人研判的表或 Label Studio 任务", "Export a sheet, or tasks for Label Studio")),
    epilog=example("beian assess inspect export run1 --to answers.xlsx"),
)
@guarded
def export(
    directory: RunDir,
    to: Annotated[Path, typer.Option(help=say(Text("输出文件 .xlsx 或 .json", "A new .xlsx or .json file")))],
    bank: Annotated[
        BankKind, typer.Option(help=say(Text("哪一题库的回答", "Answers to which bank")))
    ] = BankKind.GENERATED_CONTENT,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1, help=say(Text("只导出抽样次序的前 N 个", "Only the first N in the order of the draw"))
        ),
    ] = None,
    disputed: Annotated[
        bool, typer.Option("--disputed", help=say(Text("只导出待第三人裁定的", "Only those two disagree on")))
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Write the answers with an empty result each; nobody's verdicts are shown."""
    _check_new(to)
    run = _read(directory)
    items = (list(run.disputed(bank)) if disputed else run.of_bank(bank))[:sample]
    if not items:
        raise BadInputError(
            f"{directory} 中没有要研判的回答（{BANK_LABELS[bank].zh}）；请核对题库与选项。",
            f"There are no such answers to judge in {directory} ({BANK_LABELS[bank].en}); check the options.",
        )
    written = _write(to, items, bank)
    if as_json:
        print_json({"answers": len(items), "bank": bank.value, "files": [str(path) for path in written]})
        return
    for path in written:
        out.print(say(Text(f"{len(items)} 个回答 → {path}", f"{len(items)} answers → {path}")), markup=False)


def _write(to: Path, items: list[Item], bank: BankKind) -> list[Path]:
    if to.suffix == ".xlsx":
        files = {to: write_sheet(items, bank, load_taxonomy())}
    else:
        interface = to.with_suffix(".xml")
        _check_new(interface)
        files = {to: write_tasks(items), interface: labelling_interface(bank).encode()}
    for path, data in files.items():
        try:
            RunDirectory(path.parent).put(path, data)
        except OSError as error:
            raise CouldNotRunError(
                f"无法写入 {path}（{error.strerror}）；请换一个位置。",
                f"{path} can't be written ({error.strerror}); choose another place.",
            ) from error
    return list(files)


def _check_new(path: Path) -> None:
    if path.suffix not in {*_SUFFIXES, ".xml"}:
        raise BadInputError(
            f"{path} 的类型不能导出；请用 .xlsx 或 .json（Label Studio）。",
            f"{path} is of no kind that is exported; use .xlsx or .json (Label Studio).",
        )
    if path.exists():
        raise BadInputError(
            f"{path} 已存在，可能有人填过；请换一个文件名。",
            f"{path} exists, and somebody may have filled it in; choose another name.",
        )


def _read(directory: Path) -> InspectedRun:
    RunDirectory(directory).check_exists()
    return InspectedRun.read(ChainReader(RunDirectory(directory).evidence, drop_torn=True))


@app.command(
    "import",
    help=say(Text("导入一个人的研判", "Import what one person judged")),
    epilog=example("beian assess inspect import run1 answers-li.xlsx --by 李雷"),
)
@guarded
def import_(
    directory: RunDir,
    files: Annotated[list[Path], typer.Argument(help=say(Text("填好的文件", "Files filled in")))],
    by: Annotated[
        str,
        typer.Option(
            help=say(
                Text(
                    "研判人姓名或工号；证据中只留加盐哈希",
                    "Whose verdicts: name or staff number; evidence holds a salted hash only",
                )
            )
        ),
    ],
    annotator: Annotated[
        str,
        typer.Option(help=say(Text("Label Studio 中的编号或邮箱", "Id or e-mail in Label Studio"))),
    ] = "",
    sign_key: SignKey = None,
    as_json: AsJSON = False,
) -> None:
    """Match every row with the evidence and append the verdicts; the same again changes nothing."""
    read = [(path, read_filled(path, annotator)) for path in files]
    is_first = not _read(directory).inspected.given
    person = pseudonym_of(
        by, directory, make_salt=lambda: secrets.token_bytes(_SALT_BYTES), is_first=is_first
    )
    signer = load_or_make_key(sign_key) if sign_key else None
    done = import_verdicts(
        directory, read, by=person, at=now(), sign_head=run_signer(signer) if signer else None
    )
    if signer:
        write_public_key(directory, signer)
    _print_import(done, person, as_json=as_json)


def _print_import(done: Imported, person: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"by": person, **to_plain(done)})
        return
    if done.blank:
        listed = Text("、".join(one.zh for one in done.blank), ", ".join(one.en for one in done.blank))
        told = Text(f"尚未填写：{listed.zh}", f"Not filled in yet: {listed.en}")
        error_console.print(say(told), style="yellow", markup=False)
    told = Text(
        f"新增 {done.new} 个研判，{done.already} 个先前已导入，{done.settled} 个回答有了定论。",
        f"{done.new} new verdicts, {done.already} were there already, {done.settled} answers settled.",
    )
    out.print(say(told))
    _print_inspections(done.inspections)


@app.command(
    "status",
    help=say(Text("研判进展与一致性", "How far people have come, and how well they agree")),
    epilog=example("beian assess inspect status run1 --json"),
)
@guarded
def status(directory: RunDir, as_json: AsJSON = False) -> None:
    """Print how many answers one and two people judged, what is settled, and Cohen's kappa."""
    found = inspections_of(_read(directory))
    if as_json:
        print_json([to_plain(one) for one in found])
    else:
        _print_inspections(found)


def _print_inspections(found: tuple[InspectionReport, ...]) -> None:
    for one in found:
        out.print(f"{say(BANK_LABELS[one.bank])}: {say(agreement(one))}", markup=False)
