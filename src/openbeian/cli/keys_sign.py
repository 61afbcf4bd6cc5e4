"""`beian keys sign`: signs a request on the machine with the key; needs nothing but the two files."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.carried_files import read_carried, write_carried
from openbeian.cli.console import error_console, guarded, print_json, say
from openbeian.cli.key_passwords import existing_password
from openbeian.cli.keys_show import print_request, request_facts
from openbeian.cli.options import AsJSON
from openbeian.core.text import Text
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.repository.keys import spoken
from openbeian.trust.repository.requests import parse_request, sign_request

__all__ = ["EXAMPLE", "HELP", "sign"]

HELP = Text(
    "签署一份签名请求：显示全部内容，写出签名文件", "Sign a request: shows all of it, writes a signature file"
)
EXAMPLE = "beian keys sign r.json --key media/root-1.pem --out root-1.sig"


@guarded
def sign(
    request: Annotated[Path, typer.Argument(help=say(Text("签名请求", "The request")))],
    key: Annotated[Path, typer.Option(metavar="FILE", help=say(Text("私钥文件", "The private key file")))],
    file: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help=say(Text("写出的签名文件", "The signature to write"))),
    ],
    as_json: AsJSON = False,
) -> None:
    """Show what is signed, ask for the password, sign. Entering the password is the consent."""
    asked = parse_request(read_carried(request))
    if not as_json:
        print_request(asked)
    signed = sign_request(asked, Ed25519Signer.load(key, existing_password(key.stem)))
    write_carried(file, signed.to_bytes())
    if as_json:
        print_json({**request_facts(asked), "signed_by": signed.signature.keyid, "signature": str(file)})
    else:
        error_console.print(
            f"{say(Text('已用此密钥签署', 'Signed with key'))} {spoken(signed.signature.keyid)}",
            soft_wrap=True,
        )
