"""Options that several commands share, said once."""

from typing import Annotated

import typer

from openbeian.cli.console import say
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.standards import EDITION_IDS, load_edition, load_profile

__all__ = ["AsJSON", "EditionId", "ProfileName", "Quiet", "chosen_edition", "example"]

EditionId = Annotated[
    str, typer.Option("--edition", help=say(Text("标准版本", "Edition")) + ": " + " | ".join(EDITION_IDS))
]
ProfileName = Annotated[
    str, typer.Option("--profile", help=say(Text("缩减方案，如 demo", "A reduced profile, such as demo")))
]
AsJSON = Annotated[bool, typer.Option("--json", help=say(Text("输出 JSON", "Print JSON")))]
Quiet = Annotated[bool, typer.Option("--quiet", help=say(Text("不显示进度", "Show no progress")))]


def chosen_edition(edition_id: str, profile: str) -> Edition:
    """Return the edition that the options name, under its profile where one is named."""
    edition = load_edition(edition_id)
    return edition.with_profile(load_profile(profile)) if profile else edition


def example(command: str) -> str:
    """Return the line under a command's help that shows it in use."""
    return f"{say(Text('例', 'Example'))}: {command}"
