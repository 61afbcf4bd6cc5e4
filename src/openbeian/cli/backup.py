"""`beian backup`: a whole copy of the portal, checked by hash."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "KEYS_APART", "backup"]

HELP = Text(
    "备份门户：数据库、文件与日志，逐个文件记录哈希；不含密钥",
    "Copy the portal: database, files and log, each file with its hash; without its keys",
)
EXAMPLE = "beian backup /srv/backups/2026-11-23"
KEYS_APART = Text(
    "不含密钥（BEIAN_HOME/keys 与 BEIAN_SECRET_KEY）；请另行保管。",
    "The keys (BEIAN_HOME/keys and BEIAN_SECRET_KEY) are not in it; keep them somewhere else.",
)


@guarded
def backup(
    folder: Annotated[Path, typer.Argument(help=say(Text("新目录", "A new folder")))],
    as_json: AsJSON = False,
) -> None:
    """Copy while the portal runs; nothing waits for it but the log, for a moment."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.set_up()
    from openbeian import clock  # noqa: PLC0415  the same
    from openbeian.portal.operations.copies import back_up  # noqa: PLC0415  the same

    copied = back_up(folder, at=clock.now())
    if as_json:
        print_json({"folder": str(folder), **copied._asdict(), "left_out": ["keys"]})
        return
    number, octets = copied.files, copied.octets
    out.print(
        say(
            Text(
                f"{folder}：{number} 个文件，{octets:,} 字节，日志 {copied.log_size} 条",
                f"{folder}: {number} files, {octets:,} bytes, a log of {copied.log_size} entries",
            )
        ),
        soft_wrap=True,
    )
    error_console.print(say(KEYS_APART), soft_wrap=True)
