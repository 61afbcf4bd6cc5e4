"""`beian dossier pack`: the folder as one archive, as a portal takes it in."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.console import guarded, out, print_json, progress_bars, say
from openbeian.cli.options import AsJSON, Force, Quiet
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.dossier.packing import pack

__all__ = ["EXAMPLE", "HELP", "pack_dossier"]

HELP = Text(
    "把材料目录打成一个压缩包，可在门户上传；同一目录每次打出的包相同",
    "Pack a dossier’s folder into one archive to upload at a portal; the same folder gives the same bytes",
)
EXAMPLE = "beian dossier pack dossier/ --out dossier.zip"


@guarded
def pack_dossier(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=say(Text("材料目录", "The dossier's folder")))
    ],
    to: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help=say(
                Text("压缩包；默认为目录名加 .zip", "The archive; by default the folder's name and .zip")
            ),
        ),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJSON = False,
) -> None:
    """Write the archive and print where it is, and its hash."""
    target = to or folder.resolve().with_suffix(".zip")
    if target.exists() and not force:
        raise BadInputError(
            f"{target} 已存在；请换一个文件名，或加 --force 覆盖。",
            f"{target} is there already; choose another name, or overwrite it with --force.",
        )
    with progress_bars(quiet=quiet or as_json) as bars:
        task = bars.add_task(say(Text("打包", "Packing")), total=None, note="")

        def told(name: str, done: int, of: int) -> None:
            bars.update(task, completed=done, total=of, note=name)

        packed = pack(folder, target, told=told)
    if as_json:
        print_json(
            {
                "file": str(packed.path),
                "sha256": packed.sha256,
                "size": packed.size,
                "files": list(packed.files),
            }
        )
        return
    out.print(str(packed.path), markup=False, soft_wrap=True)
    out.print(f"SHA-256 {packed.sha256}", markup=False, soft_wrap=True)
