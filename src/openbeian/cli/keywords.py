"""`beian keywords`: what a keyword library holds, and what an edition asks of it."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment import keyword_shortfalls, load_keywords
from openbeian.cli.bank import print_shortfalls, shortfalls_as_json
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, EditionId, ProfileName, chosen_edition, example
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(help=say(Text("关键词库", "Keyword libraries")), no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `check` a command of its own while it is the only one."""


@app.command(
    "check",
    help=say(Text("检查关键词库的格式与覆盖", "Check a keyword library's format and coverage")),
    epilog=example("beian keywords check keywords.jsonl --edition tc260-003"),
)
@guarded
def check(
    file: Annotated[Path, typer.Argument(help=say(Text("关键词库文件", "Keyword library")))],
    edition: EditionId = "tc260-003",
    profile: ProfileName = "",
    as_json: AsJSON = False,
) -> None:
    """Read the library and say what it lacks; exit 1 if it lacks anything."""
    library = load_keywords(file)
    shortfalls = keyword_shortfalls(library, chosen_edition(edition, profile))
    if as_json:
        print_json({**library.seal.as_json(), "shortfalls": shortfalls_as_json(shortfalls)})
    else:
        out.print(f"{file}: {len(library.keywords)} " + say(Text("词", "terms")), markup=False)
        print_shortfalls(shortfalls)
    if shortfalls:
        raise typer.Exit(1)
