"""`beian statistics`: the counts behind the statistics pages, compared with the register and made anew."""

from typing import Final

import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, example
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(
    help=say(Text("统计：核对与重新计数", "Statistics: check the counts, count anew")), no_args_is_help=True
)
_SHOWN: Final = 20
"""How many differences are printed; JSON has all of them."""


@app.command(
    "check",
    help=say(
        Text(
            "把统计所用的计数与登记册逐项核对；不一致时退出码为 1",
            "Compare the counts of the statistics with the register; the exit code is 1 where they differ",
        )
    ),
    epilog=example("beian statistics check"),
)
@guarded
def check(as_json: AsJSON = False) -> None:
    """Compare; nothing is changed. The database is that of BEIAN_HOME or DATABASE_URL."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.prepare()
    from openbeian.portal.tallies.keeping import differences  # noqa: PLC0415

    found = differences()
    if as_json:
        print_json({"agree": not found, "differences": [one._asdict() for one in found]})
    elif not found:
        out.print(say(Text("计数与登记册一致。", "The counts agree with the register.")))
    else:
        head = Text(
            "有 {n} 项计数与登记册不一致；请运行 beian statistics rebuild。",
            "Counts that differ from the register: {n}; run beian statistics rebuild.",
        )
        out.print(say(head.fill(n=len(found))))
        for one in found[:_SHOWN]:
            parts = " · ".join(part or "—" for part in one.parts)
            out.print(f"  {one.breakdown}: {parts}: {one.surplus:+}", markup=False)
    if found:
        raise typer.Exit(1)


@app.command(
    "rebuild",
    help=say(
        Text(
            "从头重新计数；期间写入者等待，读者不受影响",
            "Count everything from zero; writers wait meanwhile, readers don't",
        )
    ),
    epilog=example("beian statistics rebuild"),
)
@guarded
def rebuild(as_json: AsJSON = False) -> None:
    """Count anew; the database is that of BEIAN_HOME or DATABASE_URL."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.prepare()
    from openbeian.portal.tallies.keeping import rebuild as count_anew  # noqa: PLC0415

    counted = count_anew()
    if as_json:
        print_json(counted)
        return
    out.print(say(Text("已从头计数，各项的格数：", "Counted from zero; cells of each breakdown:")))
    for name, count in counted.items():
        out.print(f"  {name}: {count}", markup=False)
