"""`beian serve`: the portal, its sequencer and its worker, on one machine, with one command."""

import multiprocessing
import os
from typing import Annotated

import typer

from openbeian.cli.console import error_console, guarded, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text

__all__ = ["HELP", "serve"]

HELP = Text("运行备案门户（网站、日志发布、后台任务）", "Run the portal: web server, log, background work")


@guarded
def serve(
    host: Annotated[str, typer.Option(help=say(Text("监听地址", "Address to listen on")))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=say(Text("端口", "Port")))] = 8000,
    interval: Annotated[
        float, typer.Option(min=0.1, help=say(Text("发布日志的间隔（秒）", "Seconds between publications")))
    ] = 1.0,
    as_json: AsJSON = False,
) -> None:
    """Run the portal until Ctrl-C; data live in BEIAN_HOME (default ./var)."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.prepare_to_serve()
    own = os.getpid()
    context = multiprocessing.get_context("spawn")
    beside = [
        context.Process(target=server.run_sequencer, args=(interval,), daemon=True, name="sequencer"),
        context.Process(target=server.run_open_data, daemon=True, name="open data"),
        context.Process(target=server.run_worker, daemon=True, name="worker"),
        context.Process(target=server.run_background, daemon=True, name="background"),
    ]
    for process in beside:
        process.start()
    address = f"http://{host}:{port}/"
    if as_json:
        print_json({"address": address})
    else:
        error_console.print(f"{say(Text('门户地址', 'The portal is at'))} {address}")
    try:
        server.run_web(host, port)
    finally:
        # Workers of the web server are forked from here and end here too: what runs beside is not theirs.
        if os.getpid() == own:
            for process in beside:
                process.terminate()
            for process in beside:
                process.join()
