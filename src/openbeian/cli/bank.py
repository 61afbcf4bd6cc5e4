"""`beian bank`: what a question bank holds, and what an edition asks of it."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment import Shortfall, bank_shortfalls, load_bank
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, EditionId, ProfileName, chosen_edition, example
from openbeian.core.text import Text

__all__ = ["app", "print_shortfalls", "shortfalls_as_json"]

app = typer.Typer(help=say(Text("测试题库", "Question banks")), no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `check` a command of its own while it is the only one."""


@app.command(
    "check",
    help=say(Text("检查题库的格式与覆盖", "Check a bank's format and coverage")),
    epilog=example("beian bank check refuse.jsonl --edition tc260-003"),
)
@guarded
def check(
    files: Annotated[list[Path], typer.Argument(help=say(Text("题库文件", "Bank files")))],
    edition: EditionId = "tc260-003",
    profile: ProfileName = "",
    as_json: AsJSON = False,
) -> None:
    """Read the banks and say what they lack; exit 1 if they lack anything."""
    rules = chosen_edition(edition, profile)
    lacking = 0
    entries: list[object] = []
    for path in files:
        bank = load_bank(path)
        shortfalls = bank_shortfalls(bank, rules)
        lacking += len(shortfalls)
        if as_json:
            entries.append({**bank.seal.as_json(), "shortfalls": shortfalls_as_json(shortfalls)})
        else:
            out.print(f"{path}: {len(bank.questions)} " + say(Text("题", "questions")), markup=False)
            print_shortfalls(shortfalls)
    if as_json:
        print_json(entries)
    if lacking:
        raise typer.Exit(1)


def print_shortfalls(shortfalls: list[Shortfall]) -> None:
    """Print what is missing, a line each; or that nothing is."""
    for one in shortfalls:
        where = f" {one.stratum}" if one.stratum else ""
        clause = f"{say(Text('条款', 'clause'))} {one.threshold.clause}"
        out.print(f"  {say(one.threshold.text)}{where}: {one.found} / {one.needed} ({clause})")
    if not shortfalls:
        out.print("  " + say(Text("达到要求", "meets the requirements")))


def shortfalls_as_json(shortfalls: list[Shortfall]) -> list[dict[str, object]]:
    """Return what is missing as JSON values."""
    return [
        {
            "threshold": one.threshold.id,
            "clause": one.threshold.clause,
            "stratum": one.stratum,
            "needed": one.needed,
            "found": one.found,
        }
        for one in shortfalls
    ]
