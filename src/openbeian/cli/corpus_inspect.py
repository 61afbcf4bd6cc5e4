"""`beian corpus inspect`: the sample of a corpus out to people, their verdicts back, chained to the scan."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment.plain import to_plain
from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.options import AsJSON, ScanDir, SignKey, example
from openbeian.clock import now
from openbeian.core.agreement import Agreement
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.corpus import Fields
from openbeian.corpus.folder import write_whole
from openbeian.corpus.picking import fetch_texts
from openbeian.corpus.record import load_result
from openbeian.corpus.report_people import agreement_text
from openbeian.corpus.verdicts import Inspections, Taken, take_verdicts
from openbeian.dossier.corpus_sheet import Document, interface, match_documents, read_judged, write_documents
from openbeian.dossier.signing import load_or_make_key, run_signer, write_public_key
from openbeian.evidence.people import pseudonym_of

__all__ = ["app"]

app = typer.Typer(
    help=say(Text("人工抽检：两人各判，第三人裁定", "People judge: two each, a third where they disagree")),
    no_args_is_help=True,
)

_SALT_BYTES = 16
_SUFFIXES = (".xlsx", ".json", ".jsonl")


@app.command(
    "export",
    help=say(Text("导出抽样供人判定", "Export the sample for people to judge")),
    epilog=example("beian corpus inspect export scan1 --to sample.xlsx"),
)
@guarded
def export(
    folder: ScanDir,
    to: Annotated[
        Path,
        typer.Option(
            help=say(
                Text("新文件 .xlsx、.json（Label Studio）或 .jsonl", "A new .xlsx, .json or .jsonl file")
            )
        ),
    ],
    disputed: Annotated[
        bool, typer.Option("--disputed", help=say(Text("只导出待第三人裁定的", "Only those two disagree on")))
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Write the documents drawn, each with an empty result; nobody's verdicts are shown."""
    _check_new(to)
    found = Inspections.read(folder)
    wanted = found.disputed() if disputed else range(1, len(found.sample) + 1)
    picked = {found.sample[number - 1]: number for number in wanted}
    if not picked:
        raise BadInputError(
            f"{folder} 中没有要判定的文档；请核对选项。",
            f"There is nothing to judge in {folder}; check the options.",
        )
    begun, _ = load_result(folder)
    texts = fetch_texts(picked, Fields(**begun.commitment["fields"]))
    documents = sorted(Document(picked[one], one, text) for one, text in texts)
    files = {to: write_documents(documents, to.suffix)}
    if to.suffix == ".json":
        files[to.with_suffix(".xml")] = interface().encode()
    for path, content in files.items():
        write_whole(path, content)
    if as_json:
        print_json({"documents": len(documents), "files": [str(path) for path in files]})
        return
    for path in files:
        out.print(
            say(Text(f"{len(documents)} 条 → {path}", f"{len(documents)} documents → {path}")), markup=False
        )


def _check_new(path: Path) -> None:
    if path.suffix not in _SUFFIXES:
        raise BadInputError(
            f"{path} 的类型不能导出；请用 .xlsx、.json（Label Studio）或 .jsonl。",
            f"{path} is of no kind that is exported; use .xlsx, .json (Label Studio) or .jsonl.",
        )
    if path.exists():
        raise BadInputError(
            f"{path} 已存在，可能有人填过；请换一个文件名。",
            f"{path} exists, and somebody may have filled it in; choose another name.",
        )


@app.command(
    "import",
    help=say(Text("导入一个人的判定", "Import what one person judged")),
    epilog=example("beian corpus inspect import scan1 sample-li.xlsx --by 李雷"),
)
@guarded
def import_(
    folder: ScanDir,
    files: Annotated[list[Path], typer.Argument(help=say(Text("填好的文件", "Files filled in")))],
    by: Annotated[
        str,
        typer.Option(
            help=say(
                Text(
                    "判定人姓名或工号；证据中只留加盐哈希",
                    "Whose verdicts: name or staff number; evidence holds a salted hash only",
                )
            )
        ),
    ],
    annotator: Annotated[
        str, typer.Option(help=say(Text("Label Studio 中的编号或邮箱", "Id or e-mail in Label Studio")))
    ] = "",
    sign_key: SignKey = None,
    as_json: AsJSON = False,
) -> None:
    """Match every row with the sample and append the verdicts; the same again changes nothing."""
    found = Inspections.read(folder)
    given = [
        one for path in files for one in match_documents(path, read_judged(path, annotator), found.sample)
    ]
    person = pseudonym_of(
        by, folder, make_salt=lambda: secrets.token_bytes(_SALT_BYTES), is_first=not found.given
    )
    done = take_verdicts(folder, given, by=person, at=now())
    if sign_key:
        signer = load_or_make_key(sign_key)
        write_whole(folder / "inspection-head.dsse.json", run_signer(signer)(done.head, now()))
        write_public_key(folder, signer)
    _print_import(done, person, as_json=as_json)


def _print_import(done: Taken, person: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"by": person, **to_plain(done)})
        return
    if not done.new + done.already:
        error_console.print(say(Text("没有填写任何判定。", "No result is filled in.")), style="yellow")
    told = Text(
        f"新增 {done.new} 个判定，{done.already} 个先前已导入，{done.settled} 条有了定论。",
        f"{done.new} new verdicts, {done.already} were there already, {done.settled} documents settled.",
    )
    out.print(say(told))
    _print_agreement(done.agreement)


@app.command(
    "status",
    help=say(Text("判定进展与一致性", "How far people have come, and how well they agree")),
    epilog=example("beian corpus inspect status scan1 --json"),
)
@guarded
def status(folder: ScanDir, as_json: AsJSON = False) -> None:
    """Print how many documents one and two people judged, what is settled, and Cohen's kappa."""
    found = Inspections.read(folder).agreement()
    if as_json:
        print_json(to_plain(found))
    else:
        _print_agreement(found)


def _print_agreement(found: Agreement) -> None:
    out.print(say(agreement_text(found)), markup=False)
