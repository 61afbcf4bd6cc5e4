"""Options that several commands share, said once."""

from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from openbeian.assessment import Scope
from openbeian.cli.console import say
from openbeian.clock import now
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.standards import EDITION_IDS, load_edition, load_profile

__all__ = [
    "AsJSON",
    "CheckpointFile",
    "CorpusPaths",
    "EditionId",
    "Force",
    "LogKeyOption",
    "OnDay",
    "OneField",
    "ProfileName",
    "Quiet",
    "RunDir",
    "ScanDir",
    "SeedFrom",
    "SignKey",
    "StopEarly",
    "WithoutAspect",
    "chosen_day",
    "chosen_edition",
    "chosen_scope",
    "example",
]

CorpusPaths = Annotated[
    list[str],
    typer.Argument(help=say(Text("语料文件、目录或 s3:// 等地址", "Files, folders, s3:// addresses"))),
]
CheckpointFile = Annotated[
    Path | None,
    typer.Option(help=say(Text("承诺之后的日志检查点", "Log checkpoint after the commitment"))),
]
EditionId = Annotated[
    str, typer.Option("--edition", help=say(Text("标准版本", "Edition")) + ": " + " | ".join(EDITION_IDS))
]
ProfileName = Annotated[
    str, typer.Option("--profile", help=say(Text("缩减方案，如 demo", "A reduced profile, such as demo")))
]
AsJSON = Annotated[bool, typer.Option("--json", help=say(Text("输出 JSON", "Print JSON")))]
Force = Annotated[
    bool, typer.Option("--force", help=say(Text("覆盖已有文件", "Overwrite a file that is there")))
]
LogKeyOption = Annotated[
    str,
    typer.Option(
        "--log-key",
        metavar="FILE|KEY",
        help=say(
            Text(
                "日志公钥（文件、keys.json 或公钥本身），用于核验检查点的签名",
                "Key of the log (a file, keys.json or the key itself) that checks the checkpoint's signature",
            )
        ),
    ),
]
OnDay = Annotated[
    str,
    typer.Option("--on", metavar="DATE", help=say(Text("按此日计算，默认今天", "The day to go by; today"))),
]
OneField = Annotated[
    str,
    typer.Option(
        metavar="FIELD",
        help=say(Text("声明服务只面向此领域", "Declare that the service is for this field alone")),
    ),
]
WithoutAspect = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ASPECT",
        help=say(
            Text(
                "与该领域无关、须拒答的方面，可多次给出",
                "Aspect the field has nothing to do with, to be refused; repeat",
            )
        ),
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help=say(Text("不显示进度", "Show no progress")))]
RunDir = Annotated[Path, typer.Argument(help=say(Text("评估目录", "The run's directory")))]
ScanDir = Annotated[Path, typer.Argument(help=say(Text("扫描目录", "The scan's directory")))]
SeedFrom = Annotated[
    str,
    typer.Option("--seed-from", help=say(Text("种子来源", "Seed")) + ": commitment | checkpoint | HEX"),
]
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


def chosen_scope(one_field: str, without_aspect: list[str] | None) -> Scope:
    """Return what the options declare the service to be for; everything, where they declare nothing."""
    return Scope.declared(one_field, without_aspect or ())


def example(command: str) -> str:
    """Return the line under a command's help that shows it in use."""
    return f"{say(Text('例', 'Example'))}: {command}"


def chosen_day(on: str) -> date:
    """Return the day that the option names, else today in China."""
    if not on:
        return now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    try:
        return date.fromisoformat(on)
    except ValueError as error:
        raise BadInputError(
            f"--on「{on}」不是日期；请写成 2026-11-23。",
            f"--on “{on}” is no date; write it as 2026-11-23.",
        ) from error
