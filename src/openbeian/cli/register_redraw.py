"""`beian register redraw`: draw a random re-inspection once more, and compare."""

import json
from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text
from openbeian.evidence.reinspections import Reinspection

__all__ = ["EXAMPLE", "HELP", "register_redraw"]

HELP = Text(
    "重抽一次随机复查，与抽取记录比对", "Draw a random re-inspection again and compare it with its record"
)
EXAMPLE = "beian register redraw R-1.json"


@guarded
def register_redraw(
    record: Annotated[Path, typer.Argument(help=say(Text("抽取记录", "The record of the draw")))],
    as_json: AsJSON = False,
) -> None:
    """Exit with 0 where drawing again gives the same, with 1 where it doesn't."""
    told = Reinspection.parse(_read(record))
    differences = told.differences()
    if as_json:
        print_json(
            {"agrees": not differences, "differs": sorted(differences), "drawn": list(told.again().drawn)}
        )
    elif differences:
        for name, (recorded, right) in differences.items():
            error_console.print(f"{name}: {recorded} ≠ {right}", soft_wrap=True)
    else:
        out.print(
            say(Text("一致：重抽结果与记录相同", "it agrees: drawing again gives what the record says")),
            soft_wrap=True,
        )
        for number in told.drawn:
            out.print(f"  {number}", soft_wrap=True)
    if differences:
        raise typer.Exit(1)


def _read(file: Path) -> object:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CouldNotRunError(
            f"无法读取 {file}；请检查路径。", f"{file} can't be read ({error}); check the path."
        ) from error
    except ValueError as error:
        raise BadInputError(
            f"{file} 不是 JSON；请从抽取页面重新下载。",
            f"{file} is no JSON; download it again from the draw.",
        ) from error
