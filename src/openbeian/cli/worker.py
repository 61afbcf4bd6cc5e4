"""`beian worker`: carries re-tests on in the background, beside a portal that runs elsewhere."""

from typing import Annotated

import typer

from openbeian.cli.console import error_console, guarded, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "worker"]

HELP = Text(
    "执行后台任务（技术复测），可同时运行多个", "Carry background work on (re-tests); run as many as you like"
)
EXAMPLE = "beian worker --once"


@guarded
def worker(
    interval: Annotated[
        float, typer.Option(min=0.1, help=say(Text("查看任务的间隔（秒）", "Seconds between looks")))
    ] = 1.0,
    once: Annotated[
        bool, typer.Option("--once", help=say(Text("做完现有任务即退出", "End when done")))
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Work until Ctrl-C; what is worked on then is given back to the other workers."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.prepare()
    if not as_json:
        error_console.print(say(Text("后台进程已启动。", "The worker is at work.")))
    server.run_worker(interval, once=once)
    if as_json:
        print_json({"ended": True})
