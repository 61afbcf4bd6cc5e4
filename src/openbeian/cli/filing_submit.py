"""`beian filing submit`: pack a dossier, send it so that it can be gone on with, check it, hand it in."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from openbeian.cli.console import error_console, guarded, out, print_json, progress_bars, say
from openbeian.cli.dossier_findings import print_findings
from openbeian.cli.options import AsJSON, Quiet
from openbeian.cli.portal_access import KeyEnv, Portal, client_of
from openbeian.core.text import Text
from openbeian.dossier.checks import Finding
from openbeian.dossier.folder import read_folder
from openbeian.dossier.packing import pack
from openbeian.dossier.submission import PortalClient, PortalRefusedError

__all__ = ["EXAMPLE", "HELP", "submit"]

HELP = Text(
    "把材料目录整套交给门户：断点续传、逐条检查，无误且三名签署人确认后提交。"
    "退出码：0 已提交，1 有须更正或待确认之处",
    "Hand a dossier's folder in at a portal: sent so that it can be gone on with, checked rule by rule, "
    "handed in once nothing is wrong and three signatories have confirmed. Exit code: 0 handed in, "
    "1 something is to be mended or confirmed",
)
EXAMPLE = "beian filing submit dossier/ --portal https://beian.example.org --dry-run"


@guarded
def submit(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=say(Text("材料目录", "The dossier's folder")))
    ],
    portal: Portal,
    reference: Annotated[
        str,
        typer.Option(
            metavar="A-YYYY-NNNNNN",
            help=say(
                Text(
                    "接着办理这件申请；默认新建", "Go on with this application; by default a new one is begun"
                )
            ),
        ),
    ] = "",
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help=say(
                Text(
                    "试运行：只检查，门户不留任何记录", "Only have it checked; the portal keeps nothing of it"
                )
            ),
        ),
    ] = False,
    key_env: KeyEnv = "",
    quiet: Quiet = False,
    as_json: AsJSON = False,
) -> None:
    """Print what was kept and found, and where it stands; exit 1 where something is still to be done."""
    client = client_of(portal, key_env)
    with tempfile.TemporaryDirectory(prefix="beian-filing-") as made:
        archive = pack(folder, Path(made) / f"{folder.resolve().name}.zip").path
        if dry_run:
            outcome = asyncio.run(_try_out(client, archive))
        else:
            outcome = asyncio.run(_hand_in(client, folder, archive, reference, is_quiet=quiet or as_json))
    if as_json:
        print_json(outcome)
    else:
        _print(outcome, folder)
    if not outcome["done"]:
        raise typer.Exit(1)


async def _try_out(client: PortalClient, archive: Path) -> dict[str, Any]:
    async with client:
        found = await client.dry_run(archive)
    return {"dry_run": True, "done": found["may_be_submitted"] and not found["refused"], **found}


async def _hand_in(
    client: PortalClient, folder: Path, archive: Path, reference: str, *, is_quiet: bool
) -> dict[str, Any]:
    async with client:
        if not reference:
            read = read_folder(folder)
            made = await client.create(edition=read.edition_id, profile=read.profile, facts={})
            reference = str(made["reference"])
            # Told at once: whoever is cut off goes on with it.
            error_console.print(f"{say(Text('申请', 'Application'))} {reference}", markup=False)
        with progress_bars(quiet=is_quiet) as bars:
            task = bars.add_task(say(Text("上传", "Sending")), total=None, note="")

            def told(sent: int, of: int) -> None:
                bars.update(task, completed=sent, total=of)

            taken = await client.upload(reference, archive, told)
        checked = await client.validate(reference)
        outcome = {"reference": reference, **taken["dossier"], **checked, "done": False, "waits_for": None}
        return outcome | (await _submitted(client, reference) if checked["may_be_submitted"] else {})


async def _submitted(client: PortalClient, reference: str) -> dict[str, Any]:
    try:
        handed_in = await client.submit(reference)
    except PortalRefusedError as error:
        if error.reason != "not_confirmed":
            raise
        return {"waits_for": error.text._asdict()}
    return {"done": True, "status": handed_in["status"], "version": handed_in["version"]}


def _print(outcome: Mapping[str, Any], folder: Path) -> None:
    for one in outcome["refused"]:
        left_out = say(Text("未接收", "Not taken"))
        why = say(Text(**one["why"]))
        out.print(f"[red]{left_out}[/] {escape(one['name'])}：{escape(why)}", soft_wrap=True)
    print_findings(_findings(outcome["findings"]), of=str(folder))
    if outcome.get("dry_run"):
        out.print(say(Text("试运行：门户没有留下任何记录。", "Dry run: the portal has kept nothing of it.")))
    elif outcome["done"]:
        handed_in = Text(
            f"已提交 {outcome['reference']}，第 {outcome['version']} 版。",
            f"{outcome['reference']} is handed in, version {outcome['version']}.",
        )
        out.print(say(handed_in), markup=False)
    else:
        if outcome["waits_for"]:
            out.print(say(Text(**outcome["waits_for"])), markup=False, soft_wrap=True)
        again = f"beian filing submit {folder} --reference {outcome['reference']} --portal …"
        out.print(f"{say(Text('之后继续', 'Then go on with'))}: {again}", markup=False, soft_wrap=True)


def _findings(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    return [
        Finding(
            one["check"],
            one["severity"],
            one["clause"],
            one["subject"],
            Text(**one["found"]),
            Text(**one["mend"]),
        )
        for one in rows
    ]
