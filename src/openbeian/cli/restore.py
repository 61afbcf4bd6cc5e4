"""`beian restore`: a copy of the portal put into an empty place, or only checked."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.backup import KEYS_APART
from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "restore"]

HELP = Text(
    "把备份恢复到空的 BEIAN_HOME 和空的数据库；先核对每个文件的哈希",
    "Put a copy into an empty BEIAN_HOME and an empty database; every file is checked first",
)
EXAMPLE = "BEIAN_HOME=/srv/beian beian restore /srv/backups/2026-11-23"


@guarded
def restore(
    folder: Annotated[Path, typer.Argument(help=say(Text("备份目录", "The folder of the copy")))],
    check: Annotated[
        bool, typer.Option("--check", help=say(Text("只核对，不恢复", "Check it, restore nothing")))
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Refuse to write over anything that is there."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.set_up()
    from openbeian.portal.operations import copies  # noqa: PLC0415  the same

    files = len(copies.check_copy(folder)["files"]) if check else copies.restore(folder).files
    if as_json:
        print_json({"folder": str(folder), "files": files, "restored": not check})
        return
    whole = Text(f"{folder}：{files} 个文件，完整无误", f"{folder}: {files} files, all as they were")
    out.print(say(whole), soft_wrap=True)
    if not check:
        error_console.print(say(KEYS_APART), soft_wrap=True)
