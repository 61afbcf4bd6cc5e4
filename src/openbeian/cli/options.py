"""Options that several commands share, said once."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.console import say
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.standards import EDITION_IDS, load_edition, load_profile

__all__ = [
    "AsJSON",
    "EditionId",
    "ProfileName",
    "Quiet",
    "RunDir",
    "SignKey",
    "StopEarly",
    "chosen_edition",
    "example",
]

EditionId = Annotated[
    str, typer.Option("--edition", help=say(Text("标准版本", "Edition")) + ": " + " | ".join(EDITION_IDS))
]
ProfileName = Annotated[
    str, typer.Option("--profile", help=say(Text("缩减方案，如 demo", "A reduced profile, such as demo")))
]
AsJSON = Annotated[bool, typer.Option("--json", help=say(Text("输出 JSON", "Print JSON")))]
Quiet = Annotated[bool, typer.Option("--quiet", help=say(Text("不显示进度", "Show no progress")))]
RunDir = Annotated[Path, typer.Argument(help=say(Text("评估目录", "The run's directory")))]
SignKey = Annotated[
    Path | None,
    typer.Option(
        "--sign-key",
        help=say(Text("签名私钥文件；不存在则新建", "Private key that signs the evidence; made if missing")),
    ),
]
StopEarly = Annotated[
    str,
    typer.Option(
        "--stop-early",
        metavar="certain|sprt[:α,β]",
        help=say(
            Text(
                "提前停止：certain 结论已定即停；sprt 按序贯检验停，仅供摸底",
                "Stop early: certain, when the rest can't matter; sprt, by Wald's test, for a first look",
            )
        ),
    ),
]


def chosen_edition(edition_id: str, profile: str) -> Edition:
    """Return the edition that the options name, under its profile where one is named."""
    edition = load_edition(edition_id)
    return edition.with_profile(load_profile(profile)) if profile else edition


def example(command: str) -> str:
    """Return the line under a command's help that shows it in use."""
    return f"{say(Text('例', 'Example'))}: {command}"
