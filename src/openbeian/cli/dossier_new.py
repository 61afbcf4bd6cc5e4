"""`beian dossier new`: begins a dossier's folder, with facts from a file or asked for one by one."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.dossier_asking import ask_for_facts
from openbeian.cli.dossier_build import DossierDir
from openbeian.cli.options import AsJSON, EditionId, Force, ProfileName, chosen_edition
from openbeian.core.errors import CouldNotRunError
from openbeian.core.text import Text
from openbeian.dossier.folder import FOLDER_FILE, read_folder
from openbeian.dossier.form import Facts, FieldProblem, check_facts
from openbeian.dossier.starting import read_facts, save_facts, start_folder

__all__ = ["EXAMPLE", "HELP", "new"]

HELP = Text(
    "新建材料目录：逐项询问事实，或用 --from 读入；再次运行则接着填写",
    "Begin a dossier's folder: asks for the facts one by one, or takes them from a file; run again to go on",
)
EXAMPLE = "beian dossier new dossier/ --from facts.yaml"


@guarded
def new(
    folder: DossierDir,
    facts_file: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help=say(Text("存有事实的 YAML 文件", "A YAML file with the facts"))
        ),
    ] = None,
    edition: EditionId = "gbt-45654-2025",
    profile: ProfileName = "",
    force: Force = False,
    as_json: AsJSON = False,
) -> None:
    """Make the folder; ask for what is missing where a person sits at the terminal."""
    chosen_edition(edition, profile)
    facts: Facts = read_facts(facts_file) if facts_file else {}
    is_new = force or facts_file is not None or not (folder / FOLDER_FILE).exists()
    if is_new:
        start_folder(folder, edition=edition, profile=profile, facts=facts, force=force)
    if facts_file is None and not as_json:
        _ask(folder)
    problems = list(check_facts(read_folder(folder).facts))
    if as_json:
        print_json({"folder": str(folder), "problems": [_as_json(one) for one in problems]})
    else:
        _print(folder, problems)


def _ask(folder: Path) -> None:
    read = read_folder(folder)
    is_whole = ask_for_facts(read.facts, keep=lambda facts: save_facts(folder, facts))
    if not is_whole:
        raise CouldNotRunError(
            f"已中断；填过的都在 {read.file} 中，再次运行 beian dossier new {folder} 接着填写。",
            f"Stopped; what you entered is in {read.file}. Run beian dossier new {folder} again to go on.",
        )


def _print(folder: Path, problems: list[FieldProblem]) -> None:
    for one in problems:
        line = f"{one.field.id}: {say(one.found)} — {say(one.mend)}"
        error_console.print(line, markup=False, soft_wrap=True)
    left = Text(f"还有 {len(problems)} 项要填写或更正", f"{len(problems)} entries to fill in or correct")
    done = Text(
        "各项齐全；接着运行 beian dossier build", "Every entry is there; run beian dossier build next"
    )
    error_console.print(say(left if problems else done), markup=False)
    out.print(str(folder / FOLDER_FILE), markup=False, soft_wrap=True)


def _as_json(problem: FieldProblem) -> dict[str, object]:
    return {
        "entry": problem.field.id,
        "missing": problem.missing,
        "found": problem.found._asdict(),
        "mend": problem.mend._asdict(),
    }
