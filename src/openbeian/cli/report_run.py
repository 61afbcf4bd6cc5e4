"""`beian assess report`: the figures of a run, and its report as files, computed anew from the evidence."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment.report_files import FORMATS, parse_formats, write_report_files
from openbeian.cli.assess import RunDir, finish
from openbeian.cli.console import error_console, guarded, say
from openbeian.cli.options import AsJSON
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "report"]

HELP = Text("由证据重算报告，可写成文件", "Compute the report anew from the evidence; write it as files")
EXAMPLE = "beian assess report run1 --format html,json,xlsx --to reports"


@guarded
def report(
    directory: RunDir,
    formats: Annotated[
        str,
        typer.Option(
            "--format", help=say(Text("写成文件，逗号分隔", "Write files")) + ": " + ",".join(FORMATS)
        ),
    ] = "",
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help=say(Text("文件所在目录；默认为评估目录", "Their folder; by default the run's"))
        ),
    ] = None,
    as_json: AsJSON = False,
) -> None:
    """Print the figures, and write the files asked for; exit 1 if the service does not conform."""
    if to is not None and not formats:
        raise BadInputError("--to 须与 --format 同用；请补上。", "--to goes with --format; add it.")
    computed, written = write_report_files(directory, parse_formats(formats) if formats else (), to=to)
    for path in written:
        error_console.print(say(Text(f"已写入 {path}", f"wrote {path}")), markup=False, soft_wrap=True)
    finish(computed, as_json=as_json)
