"""`beian label`: the content labels of GB 45438-2025 in files: are they there and right, and adding them."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.core.errors import BadInputError, DomainError
from openbeian.core.text import Text
from openbeian.dossier.labels import (
    LABEL_VALUES,
    VERDICTS,
    AIGCLabel,
    Report,
    Verdict,
    add_label,
    check_file,
)

__all__ = ["app"]

app = typer.Typer(
    help=say(Text("内容标识（GB 45438-2025）", "Content labels (GB 45438-2025)")), no_args_is_help=True
)

_STYLES = {
    Verdict.COMPLIANT: "green",
    Verdict.NONCOMPLIANT: "red",
    Verdict.NOT_FOUND: "yellow",
    Verdict.INCONCLUSIVE: "yellow",
}
_NOT_COMPLIANT = 1
_EXAMPLE = say(Text("例", "Example"))
_Files = Annotated[list[Path], typer.Argument(help=say(Text("文件", "The files")), show_default=False)]
_Json = Annotated[bool, typer.Option("--json", help=say(Text("输出 JSON", "Print JSON")))]


@app.command(
    "check",
    help=say(
        Text(
            "检查文件是否带有合规的标识。退出码：0 全部合规，1 有不合规、未发现或无法判断，2 文件读不了",
            "Check that files carry a label. Exit code: 0 all do, 1 some don't, 2 a file can't be read",
        )
    ),
    epilog=f"{_EXAMPLE}: beian label check picture.png speech.mp3 --json",
)
@guarded
def check(files: _Files, as_json: _Json = False) -> None:
    """Print the verdict on each file, with every reason."""
    _each(files, check_file, as_json=as_json)


@app.command(
    "add",
    help=say(
        Text(
            "为文件写入标识；除标识外文件内容逐字节不变。txt、json 加文字标识",
            "Add a label to files; but for the label no byte changes. txt and json get words of notice",
        )
    ),
    epilog=f"{_EXAMPLE}: beian label add picture.png --producer 00119111010800000000T1 --produce-id 9c1f",
)
@guarded
def add(
    files: _Files,
    producer: Annotated[
        str,
        typer.Option(
            metavar="CODE",
            help=say(Text("生成服务提供者的编码，不用名称", "Code of who made it, not a name")),
        ),
    ],
    produce_id: Annotated[
        str, typer.Option(metavar="ID", help=say(Text("内容的编号", "Number of the content")))
    ],
    label: Annotated[
        str, typer.Option(help="; ".join(f"{value} {say(text)}" for value, text in LABEL_VALUES.items()))
    ] = "1",
    propagator: Annotated[
        str, typer.Option(metavar="CODE", help=say(Text("传播服务提供者的编码", "Code of who passes it on")))
    ] = "",
    propagate_id: Annotated[
        str, typer.Option(metavar="ID", help=say(Text("传播时的编号", "Number in passing it on")))
    ] = "",
    reserved_1: Annotated[
        str, typer.Option(metavar="CODE", help=say(Text("生成方的签名或摘要", "Maker's signature or hash")))
    ] = "",
    reserved_2: Annotated[
        str, typer.Option(metavar="CODE", help=say(Text("传播方的签名或摘要", "Passer's signature or hash")))
    ] = "",
    notice: Annotated[
        bool, typer.Option(help=say(Text("md 也加文字标识", "Add words of notice to md too")))
    ] = False,
    force: Annotated[
        bool, typer.Option(help=say(Text("替换原有标识或目标文件", "Replace a label or a target file")))
    ] = False,
    out_dir: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=say(Text("写到此目录，原文件不动", "Write there instead"))),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Label each file, in its place or in another directory."""
    value = AIGCLabel(label, producer, produce_id, reserved_1, propagator, propagate_id, reserved_2)
    targets = _targets(files, out_dir)

    def labelled(path: Path) -> Report:
        return add_label(path, value, target=targets[path], replace=force, notice=notice)

    _each(files, labelled, as_json=as_json)


def _targets(files: list[Path], out_dir: Path | None) -> dict[Path, Path | None]:
    """Return where each file goes; refuse two files that would go to the same place."""
    if out_dir is None:
        return dict.fromkeys(files)
    if not out_dir.is_dir():
        raise BadInputError(
            f"目录 {out_dir} 不存在；请先建立", f"the directory {out_dir} does not exist; make it first"
        )
    targets: dict[Path, Path | None] = {path: out_dir / path.name for path in files}
    if len(set(targets.values())) < len(targets):
        raise BadInputError(
            "有两个文件同名，无法写到同一目录；请分开处理",
            "two files have the same name and can't go to one directory; label them one by one",
        )
    return targets


def _each(files: list[Path], work: Callable[[Path], Report], *, as_json: bool) -> None:
    """Do the work for every file; an error in one keeps no other from being done."""
    entries: list[object] = []
    exit_code = 0
    for path in files:
        try:
            report = work(path)
        except DomainError as error:
            exit_code = max(exit_code, error.exit_code)
            entries.append({"file": str(path), "error": {"code": error.code, **error.text._asdict()}})
            if not as_json:
                error_console.print(
                    f"[red]{escape(str(path))}[/red]  {escape(say(error.text))}", soft_wrap=True
                )
            continue
        exit_code = max(exit_code, 0 if report.verdict is Verdict.COMPLIANT else _NOT_COMPLIANT)
        entries.append({"file": str(path), **report.as_json()})
        if not as_json:
            _show(path, report)
    if as_json:
        print_json(entries)
    if exit_code:
        raise typer.Exit(exit_code)


def _show(path: Path, report: Report) -> None:
    verdict = f"[{_STYLES[report.verdict]}]{say(VERDICTS[report.verdict])}[/]"
    out.print(
        f"{verdict}  {escape(str(path))}  [dim]{report.kind} {escape(', '.join(report.places))}[/dim]",
        soft_wrap=True,
    )
    if report.label:
        shown = (f"{name} {value}" for name, value in report.label.as_json().items() if value)
        out.print(f"  {escape('  '.join(shown))}", soft_wrap=True)
    for reason in report.reasons:
        out.print(
            f"  · {escape(say(reason.text))}",
            style="dim" if reason.severity == "note" else "",
            soft_wrap=True,
        )
