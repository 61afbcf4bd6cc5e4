"""`beian keys install`: puts a ceremony's results where the portal uses them."""

import os
from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text
from openbeian.trust.repository.installing import install
from openbeian.trust.repository.keys import spoken
from openbeian_gate.verify.repository_names import root_fingerprint

__all__ = ["EXAMPLE", "HELP", "install_ceremony"]

HELP = Text(
    "把仪式所得的仓库与在线密钥安装到门户", "Install a ceremony's repository and online keys in the portal"
)
EXAMPLE = "beian keys install ceremony --home /srv/beian"


@guarded
def install_ceremony(
    folder: Annotated[Path, typer.Argument(help=say(Text("仪式的目录", "The ceremony's folder")))],
    home: Annotated[
        Path | None,
        typer.Option(help=say(Text("门户的数据目录，默认 BEIAN_HOME", "The portal's folder; BEIAN_HOME"))),
    ] = None,
    as_json: AsJSON = False,
) -> None:
    """Copy them; the portal publishes from its next look on."""
    place = home or Path(os.environ.get("BEIAN_HOME") or "var")
    public = place / "public" / "repository"
    installed = install(folder, public=public, keys=place / "keys" / "repository")
    fingerprint = root_fingerprint(installed.root_bytes())
    if as_json:
        print_json({"repository": str(public), "root_fingerprint": fingerprint})
    else:
        out.print(f"{public}", markup=False, soft_wrap=True)
        out.print(spoken(fingerprint), markup=False, soft_wrap=True)
