"""`beian register import`: takes published lists over into the portal's register."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from openbeian.assessment.collecting import not_collecting
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.cli.register import chosen_series
from openbeian.clock import now
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.portal.spreading import Spread, processes_beside
from openbeian.published import Reading, Series, list_bytes, load_published_rows, read_list_bytes

if TYPE_CHECKING:
    from openbeian.portal.register.actions import TakenOver

__all__ = ["EXAMPLE", "HELP", "get_ready", "register_import"]

HELP = Text(
    "把已公布的名单收入登记册；同一名单收两次不会改变任何内容。先用 preview 查看；有冲突的不收，退出码为 1",
    "Take published lists over into the register; the same list twice changes nothing. Look with preview "
    "first; what conflicts is left out, and the exit code is 1",
)
EXAMPLE = "beian register import 广东省已备案信息.xlsx"
_LONG: Final = 1 << 19
"""Bytes of a list that takes longer to write than other processes take to start: some five thousand rows."""
_SHIPPED = Text("随附的已公布条目", "the published entries that ship")


@guarded
def register_import(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help=say(Text("名单文件，按先后", "Lists, the oldest first")), show_default=False),
    ] = None,
    shipped: Annotated[
        bool,
        typer.Option(
            "--shipped",
            help=say(Text("收入随附的已公布条目", "Take over the published entries that ship")),
        ),
    ] = False,
    series: Annotated[
        str,
        typer.Option(
            metavar="filing|registration",
            help=say(Text("名单没有写明时：备案或登记", "What the lists are of, where they don't say")),
        ),
    ] = "",
    as_json: AsJSON = False,
) -> None:
    """Take every list over, one after the other; the database is that of BEIAN_HOME or DATABASE_URL."""
    told = chosen_series(series)
    if not files and not shipped:
        raise BadInputError(
            "没有指定名单：请给出文件，或用 --shipped 收入随附的条目。",
            "No list was named: give files, or --shipped for the entries that ship.",
        )
    with not_collecting(), _helpers(files or ()) as spread:
        done = _take_all(files or (), told, shipped=shipped, spread=spread)
    if as_json:
        print_json([{"list": name, **_counts(taken)} for name, taken in done])
    else:
        for name, taken in done:
            _print(name, taken)
    if any(taken.preview.conflicting for _, taken in done):
        conflicts = Text(
            "冲突须由国家网信办的发布员在「公布名单」页上决定，之后可以再收一次。",
            "A publisher of the national office decides conflicts on the page “Published lists”; then take "
            "the list over again.",
        )
        if not as_json:
            out.print(say(conflicts), markup=False, soft_wrap=True)
        raise typer.Exit(1)


def _helpers(files: Sequence[Path]) -> AbstractContextManager[Spread]:
    """Return processes that start while a long list is read; a short one is done before they have."""
    is_long = any(file.is_file() and file.stat().st_size > _LONG for file in files)
    return processes_beside(get_ready) if is_long else nullcontext(map)


def get_ready() -> None:
    """Load what a helping process needs: dictionaries and tables, which take a second or two."""
    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.set_up()
    from openbeian.portal.register.stored_rows import entries_of  # noqa: PLC0415  the settings come first

    entries_of(load_published_rows()[:1])


def _take_all(
    files: Sequence[Path], told: Series | None, *, shipped: bool, spread: Spread
) -> "list[tuple[str, TakenOver]]":
    lists: list[tuple[str, Reading, bytes | None]] = []
    if shipped:
        lists.append((say(_SHIPPED), Reading(load_published_rows()), None))
    # Every file is read before the first one is taken over: a broken one leaves nothing half done.
    for file in files:
        read = list_bytes(file)
        lists.append((file.name, read_list_bytes(file.name, read, series=told, as_of=now().date()), read))

    from openbeian.portal import server  # noqa: PLC0415  the same

    server.prepare()
    from openbeian.portal.accounts.actions import SYSTEM  # noqa: PLC0415
    from openbeian.portal.register.actions import take_over  # noqa: PLC0415
    from openbeian.portal.register.list_actions import keep_list  # noqa: PLC0415

    done = []
    for name, reading, data in lists:
        at = now()
        brought = data and keep_list(name=name, data=data, series=told, by=SYSTEM, at=at)
        done.append(
            (name, take_over(reading, name=name, brought=brought or None, spread=spread, by=SYSTEM, at=at))
        )
    return done


def _counts(done: "TakenOver") -> dict[str, int]:
    names = ("new", "changed", "same", "conflicting", "decided", "filed_here")
    return {name: getattr(done.taken, name) for name in names}


def _print(name: str, taken: "TakenOver") -> None:
    figures = Text(
        "新增 {new}，变更 {changed}，相同 {same}，冲突 {conflicting}，已由人决定 {decided}，"
        "本系统已办理 {filed_here}",
        "{new} new, {changed} changed, {same} the same, {conflicting} conflicting, "
        "{decided} decided by people, {filed_here} filed here already",
    ).fill(**_counts(taken))
    out.print(f"{name}: {say(figures)}", markup=False)
    for conflict in taken.preview.conflicting:
        out.print(f"  {say(conflict.said)}", markup=False, soft_wrap=True)
