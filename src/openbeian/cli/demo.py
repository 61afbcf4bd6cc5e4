"""`beian demo`: two services through the whole life of a filing, on a real model, on this machine."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text
from openbeian.demo.processes import Processes
from openbeian.demo.stage import Stage, prepare_home

if TYPE_CHECKING:
    from openbeian.demo.story import Story

__all__ = ["HELP", "demo"]

HELP = Text(
    "演示：两项服务走完备案全过程，使用本机上的真实模型",
    "Take two services through the whole life of a filing, on a real model",
)


@guarded
def demo(
    home: Annotated[
        Path, typer.Option(help=say(Text("演示所用目录", "Folder for the demonstration")))
    ] = Path("var/demo"),
    headless: Annotated[
        bool, typer.Option("--headless", help=say(Text("结束后不保持运行", "End instead of serving")))
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Assess, apply, correct, decide, certify, publish, gate, suspend; then serve the portal."""
    from openbeian.demo.story import tell  # noqa: PLC0415  loads Django and the engine only for this command

    started = time.monotonic()
    folder = prepare_home(home)
    with Processes(folder / "logs") as processes:
        story = tell(Stage(folder, processes))
        took_s = time.monotonic() - started
        if as_json:
            print_json(_as_json(story, took_s))
        else:
            _print_story(story, took_s)
        if not headless:
            if not as_json:
                _print_addresses(story)
            processes.wait()
    if not story.is_whole:
        raise typer.Exit(1)


def _as_json(story: "Story", took_s: float) -> dict[str, object]:
    return {
        "whole": story.is_whole,
        "moments": [
            {"what": moment.what._asdict(), "result": moment.result._asdict()} for moment in story.moments
        ],
        "numbers": story.numbers,
        "runs": [str(run) for run in story.runs],
        "portal": story.stage.portal,
        "accounts": [person.email for person in story.cast.people],
        "password": story.password,
        "took_s": round(took_s, 1),
    }


def _print_story(story: "Story", took_s: float) -> None:
    table = Table(title=say(Text("演示经过", "What happened")), title_justify="left", show_lines=False)
    table.add_column(say(Text("何事", "What")))
    table.add_column(say(Text("结果", "Result")), overflow="fold")
    for moment in story.moments:
        table.add_row(say(moment.what), say(moment.result))
    out.print(table)
    out.print(say(Text("用时", "Took")) + f" {took_s:.0f} s")


def _print_addresses(story: "Story") -> None:
    stage = story.stage
    rows = {
        Text("公示名录", "Public register"): stage.portal + "/",
        Text("登录", "Log in"): stage.portal + "/accounts/login/",
        Text("接口文档", "API"): stage.portal + "/api/v1/openapi.json",
        Text("评估报告", "Assessment reports"): str(stage.home / "runs"),
        Text("账号", "Accounts"): ", ".join(person.email for person in story.cast.people),
        Text("密码（各账号相同）", "Password (the same for all)"): story.password,
    }
    table = Table(show_header=False, title=say(Text("可打开的地址", "Addresses")), title_justify="left")
    for label, value in rows.items():
        table.add_row(say(label), value)
    out.print(table)
    out.print(say(Text("按 Ctrl-C 结束。", "Ctrl-C ends it.")))
