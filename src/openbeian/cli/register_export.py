"""`beian register export`: the whole register as files, dated, hashed, at a size of the log."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openbeian.cli.console import guarded, out, print_json, progress_bars, say
from openbeian.cli.options import AsJSON, Quiet
from openbeian.clock import now
from openbeian.core.text import Text

if TYPE_CHECKING:
    from openbeian.portal.opendata.manifest import Manifest

__all__ = ["EXAMPLE", "HELP", "register_export"]

HELP = Text(
    "把整个登记册导出为 CSV、XLSX、JSONL、Parquet，附清单与哈希；不给目录则发布到门户的 /data/ 页",
    "Export the whole register as CSV, XLSX, JSONL and Parquet, with a manifest and hashes; without a folder "
    "it is published on the portal's page /data/",
)
EXAMPLE = "beian register export register-2026-11 --format csv,jsonl"


@guarded
def register_export(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help=say(
                Text("目录，须为空、不存在或为先前的导出", "A folder: empty, not there, or an earlier export")
            ),
            show_default=False,
        ),
    ] = None,
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="csv,xlsx,jsonl,parquet",
            help=say(Text("格式，默认全部", "Formats; all of them by default")),
        ),
    ] = "",
    quiet: Quiet = False,
    as_json: AsJSON = False,
) -> None:
    """Read the register of BEIAN_HOME or DATABASE_URL and write every format in one pass."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.prepare()
    from openbeian.portal.opendata.editions import export  # noqa: PLC0415
    from openbeian.portal.opendata.formats import chosen_formats  # noqa: PLC0415
    from openbeian.portal.opendata.published_data import data_folder, publish_data  # noqa: PLC0415
    from openbeian.portal.opendata.rows import count_rows  # noqa: PLC0415

    wanted = chosen_formats(formats)
    with progress_bars(quiet=quiet or as_json) as bars:
        task = bars.add_task(say(Text("导出", "Exporting")), total=count_rows(), note="")

        def told(rows: int) -> None:
            bars.update(task, completed=rows)

        if folder is None:
            manifest = publish_data(wanted, at=now(), told=told)
            folder = data_folder() / manifest.edition
        else:
            manifest = export(folder, wanted, at=now(), told=told)
    if as_json:
        print_json({"folder": str(folder), **manifest.as_json()})
    else:
        _print(folder, manifest)


def _print(folder: Path, manifest: "Manifest") -> None:
    counted = ", ".join(f"{route} {rows}" for route, rows in manifest.rows_by_route.items())
    head = Text(
        f"{folder}：版本 {manifest.edition}，日志 {manifest.log_size} 条，{manifest.rows} 行（{counted}）",
        f"{folder}: edition {manifest.edition}, log size {manifest.log_size}, "
        f"{manifest.rows} rows ({counted})",
    )
    out.print(say(head), markup=False, soft_wrap=True)
    for file in manifest.files:
        out.print(f"  {file.name}  {file.size:,} B  sha256 {file.sha256}", markup=False, soft_wrap=True)
