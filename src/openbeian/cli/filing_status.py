"""`beian filing status`: where an application is, who has it, since when, what is next and by when."""

import asyncio
from typing import Annotated, Any

import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.cli.portal_access import KeyEnv, Portal, client_of
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "status"]

HELP = Text(
    "申请在哪里、由谁办理、自何时起、接下来做什么、何时之前",
    "Where an application is: who has it, since when, what is next and by when",
)
EXAMPLE = "beian filing status A-2026-000001 --portal https://beian.example.org"
_LABELS = {
    "status": Text("状态", "Status"),
    "status_since": Text("自", "Since"),
    "waiting_for": Text("由谁办理", "With"),
    "next_step": Text("接下来", "Next"),
    "due_on": Text("期限", "By"),
    "to_be_confirmed": Text("待确认", "To be confirmed by"),
    "number": Text("编号", "Number"),
}


@guarded
def status(
    reference: Annotated[str, typer.Argument(help=say(Text("申请编号", "The application's reference")))],
    portal: Portal,
    key_env: KeyEnv = "",
    as_json: AsJSON = False,
) -> None:
    """Print where it stands, and the corrections that are asked for."""
    found = asyncio.run(_asked(reference, portal, key_env))
    if as_json:
        print_json(found)
        return
    for name, label in _LABELS.items():
        value = found.get(name)
        if value:
            out.print(f"{say(label)}: {_said(value)}", markup=False, soft_wrap=True)
    for one in found["corrections"]:
        if one["status"] != "closed":
            out.print(f"- {one['item']} [{one['status']}] {one['text']}", markup=False, soft_wrap=True)


async def _asked(reference: str, portal: str, key_env: str) -> dict[str, Any]:
    async with client_of(portal, key_env) as client:
        return await client.status(reference)


def _said(value: object) -> str:
    if isinstance(value, dict):
        return say(Text(str(value["zh"]), str(value["en"])))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
