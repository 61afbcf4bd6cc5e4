"""`beian filing withdraw`: take an application back for good."""

import asyncio
from typing import Annotated, Any

import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.cli.portal_access import KeyEnv, Portal, client_of
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "withdraw"]

HELP = Text("撤回申请，不能恢复", "Withdraw an application; that can't be undone")
EXAMPLE = "beian filing withdraw A-2026-000001 --portal https://beian.example.org --yes"


@guarded
def withdraw(
    reference: Annotated[str, typer.Argument(help=say(Text("申请编号", "The application's reference")))],
    portal: Portal,
    yes: Annotated[bool, typer.Option("--yes", help=say(Text("不再询问", "Don't ask once more")))] = False,
    key_env: KeyEnv = "",
    as_json: AsJSON = False,
) -> None:
    """Ask once more, withdraw, and print where it stands."""
    if not yes:
        typer.confirm(
            say(Text(f"确定撤回 {reference}？", f"Withdraw {reference} for good?")), abort=True, err=True
        )
    found = asyncio.run(_withdrawn(reference, portal, key_env))
    if as_json:
        print_json(found)
    else:
        done = Text(f"{reference} 已撤回。", f"{reference} is withdrawn.")
        out.print(say(done), markup=False)


async def _withdrawn(reference: str, portal: str, key_env: str) -> dict[str, Any]:
    async with client_of(portal, key_env) as client:
        return await client.withdraw(reference)
