"""`beian register site`: a static copy of the public site, for any web server."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.console import guarded, out, print_json, progress_bars, say
from openbeian.cli.options import AsJSON, Quiet
from openbeian.clock import now
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "register_site"]

HELP = Text(
    "把整个公开站点写成静态文件（中英文页面、数据、订阅、日志），任何网页服务器都能提供；中断后再执行会接着做",
    "Write the whole public site as static files (pages in both languages, data, feeds, log) that any web "
    "server can serve; run again after a break and it goes on",
)
EXAMPLE = "beian register site copy --address https://beian.example.org"


@guarded
def register_site(
    folder: Annotated[
        Path,
        typer.Argument(
            help=say(
                Text("目录，须为空、不存在或为先前的副本", "A folder: empty, not there, or an earlier copy")
            ),
            show_default=False,
        ),
    ],
    address: Annotated[
        str,
        typer.Option(
            help=say(
                Text(
                    "副本将来的地址，用于订阅和站点地图；页面之间总用相对地址",
                    "Where the copy will be served, for feeds and sitemap; pages use relative links",
                )
            )
        ),
    ] = "",
    quiet: Quiet = False,
    as_json: AsJSON = False,
) -> None:
    """Follow every public link of the portal of BEIAN_HOME or DATABASE_URL and keep what it answers."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.prepare()
    from openbeian.portal.opendata.site import write_site  # noqa: PLC0415

    with progress_bars(quiet=quiet or as_json) as bars:
        task = bars.add_task(say(Text("写页面", "Writing pages")), total=None, note="")

        def told(done: int, known: int) -> None:
            bars.update(task, completed=done, total=known)

        site = write_site(folder, address=address, at=now(), told=told)
    if as_json:
        print_json({"folder": str(folder), **site.as_json()})
        return
    said = Text(
        f"{folder}：{site.addresses} 个地址，中英文，日志 {site.log_size} 条",
        f"{folder}: {site.addresses} addresses in both languages, log size {site.log_size}",
    )
    out.print(say(said), markup=False, soft_wrap=True)
    for dead in site.dead:
        out.print(f"  {say(Text('没有这一页', 'not there'))}: {dead}", markup=False, soft_wrap=True)
