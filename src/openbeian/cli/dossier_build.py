"""`beian dossier build`: writes every document of a dossier from its facts and its evidence."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from openbeian.cli.console import error_console, guarded, out, print_json, progress_bars, say
from openbeian.cli.options import AsJSON, Quiet
from openbeian.clock import now
from openbeian.core.errors import BadInputError
from openbeian.core.text import LANGUAGES, Language, Text
from openbeian.dossier.folder import read_folder

if TYPE_CHECKING:
    from openbeian.dossier.building import Outcome
    from openbeian.dossier.building import Progress as Told

__all__ = ["EXAMPLE", "HELP", "build"]

HELP = Text(
    "由事实与评估证据生成全部备案材料（DOCX、PDF、XLSX）；要么全部写出，要么一份不动",
    "Write every document from facts and evidence (DOCX, PDF, XLSX); either all of them or none",
)
EXAMPLE = "beian dossier build dossier/ --lang both"
DossierDir = Annotated[
    Path,
    typer.Argument(metavar="DIR", help=say(Text("材料目录", "The dossier's folder")), show_default=False),
]


@guarded
def build(
    folder: DossierDir,
    lang: Annotated[
        str,
        typer.Option(
            metavar="zh|en|both",
            help=say(Text("语言；默认按 dossier.yaml", "Languages; by default those of dossier.yaml")),
        ),
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help=say(
                Text(
                    "只生成这一种材料，如 filing_form，可多次给出",
                    "Only this document, such as filing_form; repeat",
                )
            ),
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help=say(Text("覆盖生成后手工改过的材料", "Overwrite documents that were edited by hand since")),
        ),
    ] = False,
    quiet: Quiet = False,
    as_json: AsJSON = False,
) -> None:
    """Make the documents and say what was written and what was left out."""
    from openbeian.dossier.building import build_dossier  # noqa: PLC0415  takes long to load

    read = read_folder(folder)
    with progress_bars(quiet=quiet or as_json) as bars:
        outcome = build_dossier(
            read,
            at=now(),
            languages=_languages(lang),
            only=only or (),
            force=force,
            progress=_telling(bars),
        )
    if as_json:
        print_json(_as_json(outcome))
        return
    for one in outcome.left_out:
        name, reason = say(one.kind.name), say(one.reason)
        error_console.print(f"{name} — {reason}", markup=False, soft_wrap=True)
    for written in outcome.written:
        out.print(str(outcome.folder / written.file), markup=False, soft_wrap=True)


def _languages(lang: str) -> tuple[Language, ...]:
    if not lang:
        return ()
    chosen = LANGUAGES if lang == "both" else tuple(one for one in LANGUAGES if one == lang)
    if not chosen:
        raise BadInputError(
            f"--lang「{lang}」应为 zh、en 或 both。", f"--lang “{lang}” must be zh, en or both."
        )
    return chosen


def _telling(bars: Progress) -> "Told":
    task = bars.add_task(say(Text("生成材料", "Documents")), total=None, note="")

    def told(kind: object, done: int, of: int) -> None:
        name = getattr(kind, "name", None)
        bars.update(task, completed=done, total=of, note=say(name) if isinstance(name, Text) else "")

    return told


def _as_json(outcome: "Outcome") -> dict[str, object]:
    return {
        "folder": str(outcome.folder),
        "documents": [
            {"kind": one.kind, "language": one.language, "file": one.file, "sha256": one.sha256}
            for one in outcome.written
        ],
        "left_out": [{"kind": one.kind.id, "reason": one.reason._asdict()} for one in outcome.left_out],
    }
