"""`beian keys rotate`: asks for signatures of a change of a role's keys."""

from pathlib import Path
from typing import Annotated, cast

import typer

from openbeian.cli.carried_files import write_carried
from openbeian.cli.console import guarded, print_json, say
from openbeian.cli.keys_show import print_request, request_facts
from openbeian.cli.options import AsJSON
from openbeian.clock import now
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.trust.repository.drafting import next_root, next_targets
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.keys import read_public_key
from openbeian.trust.repository.requests import SigningRequest
from openbeian.trust.repository.roles import REGISTER_ROLE, ROLES, Role

__all__ = ["EXAMPLE", "HELP", "rotate"]

HELP = Text(
    "更换某一角色的密钥：写出签名请求；不增不减即为续期",
    "Exchange keys of a role: writes a signing request; with none named, renews it",
)
EXAMPLE = (
    'beian keys rotate root --repository public/repository --add root-4.pub --drop "3f2a" --request r.json'
)


@guarded
def rotate(
    role: Annotated[str, typer.Argument(help=say(Text("角色", "The role")) + ": " + " | ".join(ROLES))],
    repository: Annotated[Path, typer.Option(help=say(Text("仓库目录", "The repository's folder")))],
    request: Annotated[
        Path, typer.Option(metavar="FILE", help=say(Text("写出的签名请求", "The request to write")))
    ],
    add: Annotated[
        list[Path] | None,
        typer.Option(metavar="PUB", help=say(Text("加入的公钥，可多次", "A public key to add; repeat"))),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help=say(
                Text(
                    "去掉的密钥：.pub 文件，或指纹的开头；可多次",
                    "A key to drop: its .pub file, or how its fingerprint begins; repeat",
                )
            ),
        ),
    ] = None,
    as_json: AsJSON = False,
) -> None:
    """Write the request; nothing changes until enough people have signed and it is published."""
    if role not in ROLES:
        raise BadInputError(
            f"没有角色 {role}；可用的是 {'、'.join(ROLES)}。",
            f"There is no role {role}; there are {', '.join(ROLES)}.",
        )
    folder, at = RepositoryFolder(repository), now()
    root = folder.root().signed
    keys = [read_public_key(file).key for file in add or ()]
    dropped = [_keyid(key) for key in drop or ()]
    if role == REGISTER_ROLE:
        targets = folder.targets(root).signed
        made = SigningRequest("targets", next_targets(targets, files={}, add=keys, drop=dropped, at=at))
    else:
        made = SigningRequest("root", next_root(root, cast("Role", role), add=keys, drop=dropped, at=at))
    write_carried(request, made.to_bytes())
    if as_json:
        print_json(request_facts(made))
    else:
        print_request(made)


def _keyid(key: str) -> str:
    return read_public_key(Path(key)).fingerprint if key.endswith(".pub") else key
