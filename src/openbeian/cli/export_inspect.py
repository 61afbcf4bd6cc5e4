"""`beian assess export-inspect`: a run's evidence as a log that `inspect view` opens."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment.eval_log_export import export_eval_log
from openbeian.cli.assess import RunDir
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "export_inspect"]

HELP = Text("导出为 Inspect 日志，供 inspect view 打开", "Export as a log that inspect view opens")
EXAMPLE = "beian assess export-inspect run1 --to run1.eval"


@guarded
def export_inspect(
    directory: RunDir,
    to: Annotated[Path, typer.Option("--to", help=say(Text("写入的文件 .eval", "The file, .eval")))],
    force: Annotated[
        bool, typer.Option("--force", help=say(Text("覆盖已有文件", "Overwrite the file")))
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Write samples, scores, metrics and seals; the evidence itself stays as it is."""
    done = export_eval_log(directory, to, force=force)
    if as_json:
        print_json({"to": str(to), **done._asdict()})
        return
    out.print(
        say(
            Text(
                f"已写入 {to}：{done.samples} 个样本，其中 {done.errors} 个出错；证据末行哈希 {done.head}。",
                f"Wrote {to}: {done.samples} samples, {done.errors} of them errors; the evidence ends in "
                f"{done.head}.",
            )
        ),
        markup=False,
        soft_wrap=True,
    )
