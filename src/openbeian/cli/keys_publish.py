"""`beian keys publish`: takes what people have signed into the repository."""

from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.carried_files import read_carried, write_carried
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.trust.repository.adopting import adopt
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.online import OnlineKeys
from openbeian.trust.repository.protocol import change_protocol
from openbeian.trust.repository.publisher import Publisher
from openbeian.trust.repository.requests import parse_request, parse_signature
from openbeian_gate.verify.repository_names import root_fingerprint

__all__ = ["EXAMPLE", "HELP", "publish"]

HELP = Text("发布已获足够签名的变更", "Publish a change that enough people have signed")
EXAMPLE = "beian keys publish r.json root-1.sig root-2.sig --repository public/repository --online online"


@guarded
def publish(
    request: Annotated[Path, typer.Argument(help=say(Text("签名请求", "The request")))],
    signatures: Annotated[
        list[Path], typer.Argument(help=say(Text("带回的签名文件", "The signatures brought back")))
    ],
    repository: Annotated[Path, typer.Option(help=say(Text("仓库目录", "The repository's folder")))],
    online: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help=say(
                Text(
                    "在线密钥的目录，立即重签所需；不给则由门户在半分钟内重签",
                    "Online keys, to sign anew at once; else the portal does within half a minute",
                )
            ),
        ),
    ] = None,
    protocol: Annotated[
        Path | None, typer.Option(metavar="FILE", help=say(Text("写下记录", "Write a protocol")))
    ] = None,
    as_json: AsJSON = False,
) -> None:
    """Check every signature as a gate will, and publish all of it or nothing."""
    asked, at = parse_request(read_carried(request)), now()
    brought = [parse_signature(read_carried(file)) for file in signatures]
    folder = RepositoryFolder(repository)
    publisher = None if online is None else Publisher(folder, OnlineKeys.load(online))
    metadata = adopt(folder, asked, brought, publisher=publisher, at=at)
    signers = sorted(metadata.signatures)
    if protocol is not None:
        write_carried(protocol, change_protocol(asked, signers, at=at).encode())
    fingerprint = root_fingerprint(folder.root_bytes())
    if as_json:
        print_json(
            {
                "role": asked.role,
                "version": asked.version,
                "signed_by": signers,
                "root_fingerprint": fingerprint,
            }
        )
    else:
        said = Text(
            f"已发布 {asked.role} 第 {asked.version} 版。", f"Published {asked.role} {asked.version}."
        )
        out.print(say(said), markup=False)
