"""`beian keys new`: makes one key, for its holder alone."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.key_passwords import new_password
from openbeian.cli.options import AsJSON
from openbeian.core.errors import CouldNotRunError
from openbeian.core.text import Text
from openbeian.trust.repository.keys import make_key, public_file_of, spoken

__all__ = ["EXAMPLE", "HELP", "new"]

HELP = Text("生成一把新密钥（私钥与 .pub 公钥文件）", "Make a new key: the private file and its public .pub")
EXAMPLE = "beian keys new root-4 --out media/root-4.pem"


@guarded
def new(
    name: Annotated[str, typer.Argument(help=say(Text("密钥的名称", "What the key is called")))],
    file: Annotated[
        Path, typer.Option("--out", metavar="FILE", help=say(Text("私钥文件", "The private key file")))
    ],
    online: Annotated[
        bool,
        typer.Option("--online", help=say(Text("在线密钥，不设口令", "An online key, without a password"))),
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Ask for a password, unless the key is an online one; print the fingerprint to read aloud."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CouldNotRunError(
            f"无法建立目录 {file.parent}；请检查路径。",
            f"The folder {file.parent} can't be made; check the path.",
        ) from error
    _, public = make_key(name, file, None if online else new_password(name))
    if as_json:
        print_json({"name": name, "fingerprint": public.fingerprint, "public": str(public_file_of(file))})
    else:
        out.print(f"{public_file_of(file)}", markup=False, soft_wrap=True)
        out.print(spoken(public.fingerprint), markup=False, soft_wrap=True)
