"""`beian demo`: two services through the whole life of a filing, on a real model, on this machine."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from openbeian.cli.console import guarded, out, say
from openbeian.core.text import Text
from openbeian.demo.processes import Processes
from openbeian.demo.stage import Stage, prepare_home

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
) -> None:
    """Assess, apply, correct, decide, certify, publish, gate, suspend; then serve the portal."""
    from openbeian.demo.story import tell  # noqa: PLC0415  loads Django and the engine only for this command

    started = time.monotonic()
    folder = prepare_home(home)
    with Processes(folder / "logs") as processes:
        story = tell(Stage(folder, processes))
        table = Table(title=say(Text("演示经过", "What happened")), title_justify="left", show_lines=False)
        table.add_column(say(Text("何事", "What")))
        table.add_column(say(Text("结果", "Result")), overflow="fold")
        for moment in story.moments:
            table.add_row(say(moment.what), say(moment.result))
        out.print(table)
        out.print(say(Text("用时", "Took")) + f" {time.monotonic() - started:.0f} s")
        if not headless:
            _print_addresses(story.stage, story.password, [person.email for person in story.cast.people])
            processes.wait()
    if not story.is_whole:
        raise typer.Exit(1)


def _print_addresses(stage: Stage, password: str, people: list[str]) -> None:
    rows = {
        Text("公示名录", "Public register"): stage.portal + "/",
        Text("登录", "Log in"): stage.portal + "/accounts/login/",
        Text("接口文档", "API"): stage.portal + "/api/v1/openapi.json",
        Text("评估报告", "Assessment reports"): str(stage.home / "runs"),
        Text("账号", "Accounts"): ", ".join(people),
        Text("密码（各账号相同）", "Password (the same for all)"): password,
    }
    table = Table(show_header=False, title=say(Text("可打开的地址", "Addresses")), title_justify="left")
    for label, value in rows.items():
        table.add_row(say(label), value)
    out.print(table)
    out.print(say(Text("按 Ctrl-C 结束。", "Ctrl-C ends it.")))
