"""`beian assess status`: where a run stands, also while it goes on."""

import typer

from openbeian.assessment.status import run_status
from openbeian.cli.assess import RunDir
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text
from openbeian.terminal.status import banks_table, facts, judges_table

__all__ = ["EXAMPLE", "HELP", "status"]

HELP = Text("评估进行到哪一步，下一步做什么", "Where a run stands and what is next; it isn't touched")
EXAMPLE = "beian assess status run1"


@guarded
def status(directory: RunDir, as_json: AsJSON = False) -> None:
    """Read from the evidence what is done and what is left; exit 1 while the run is not complete."""
    stands = run_status(directory)
    if as_json:
        print_json(stands.as_json())
    else:
        out.print(facts(stands), markup=False)
        out.print(banks_table(stands))
        out.print(judges_table(stands))
        out.print(say(stands.next_step), style="bold", markup=False)
    if not stands.is_complete:
        raise typer.Exit(1)
