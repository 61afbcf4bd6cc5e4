"""`beian dossier diff`: what changed from one dossier to another."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, OnDay, chosen_day
from openbeian.core.text import Text
from openbeian.dossier.comparing import PARTS, compare
from openbeian.dossier.examining import dossier_in
from openbeian.dossier.folder import read_folder

__all__ = ["EXAMPLE", "HELP", "diff_dossiers"]

HELP = Text(
    "比较两个材料目录：表中各项、逐条结论、数字、文件、正文",
    "Compare two dossiers: entries, clauses, figures, files, text of documents",
)
EXAMPLE = "beian dossier diff before/ after/"


@guarded
def diff_dossiers(
    before: Annotated[Path, typer.Argument(help=say(Text("旧材料", "The old dossier")))],
    after: Annotated[Path, typer.Argument(help=say(Text("新材料", "The new dossier")))],
    on: OnDay = "",
    as_json: AsJSON = False,
) -> None:
    """Print every change, part by part."""
    day = chosen_day(on)
    old, new = (dossier_in(read_folder(path), on=day) for path in (before, after))
    changes = compare(old, new)
    if as_json:
        print_json(
            {"before": str(before), "after": str(after), "changes": [one.as_json() for one in changes]}
        )
        return
    for part, title in PARTS.items():
        own = [change for change in changes if change.part == part]
        if own:
            out.print(f"[bold]{say(title)}[/] · {len(own)}")
        for change in own:
            out.print(f"  {escape(say(change.what))}", soft_wrap=True)
            out.print(f"    [red]- {escape(_indented(say(change.before)))}[/]", soft_wrap=True)
            out.print(f"    [green]+ {escape(_indented(say(change.after)))}[/]", soft_wrap=True)
    if not changes:
        out.print(say(Text("没有变化", "no change")))


def _indented(text: str) -> str:
    return text.replace("\n", "\n      ")
