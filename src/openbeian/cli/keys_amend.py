"""`beian keys amend`: asks for signatures of the rules for gates and of the register's public keys."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.carried_files import read_carried, write_carried
from openbeian.cli.console import guarded, print_json, say
from openbeian.cli.keys_show import print_request, request_facts
from openbeian.cli.options import AsJSON
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.trust.repository.adopting import check_target_files
from openbeian.trust.repository.drafting import next_targets
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.requests import SigningRequest
from openbeian.trust.repository.roles import KEYS, POLICY
from openbeian_gate.verify.gate_rules import GateRules, parse_gate_rules

__all__ = ["EXAMPLE", "HELP", "amend"]

HELP = Text(
    "修改对闸口的规则或登记机关的公钥：写出签名请求；不改即为续期",
    "Change the rules for gates or the register's public keys: writes a signing request; else renews them",
)
EXAMPLE = "beian keys amend --repository public/repository --grace 43200 --request r.json"


@guarded
def amend(
    repository: Annotated[Path, typer.Option(help=say(Text("仓库目录", "The repository's folder")))],
    request: Annotated[
        Path, typer.Option(metavar="FILE", help=say(Text("写出的签名请求", "The request to write")))
    ],
    public_keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=say(Text("登记机关新的公钥文件", "The register's new key file"))),
    ] = None,
    ttl: Annotated[
        int | None, typer.Option(min=1, help=say(Text("快照视为最新的秒数", "Seconds a snapshot is fresh")))
    ] = None,
    grace: Annotated[
        int | None,
        typer.Option(min=1, help=say(Text("失联时的宽限秒数", "Seconds of grace during an outage"))),
    ] = None,
    poll: Annotated[
        int | None, typer.Option(min=1, help=say(Text("闸口每隔几秒查看", "Seconds between looks of a gate")))
    ] = None,
    as_json: AsJSON = False,
) -> None:
    """Write the request; nothing changes until enough people have signed and it is published."""
    folder = RepositoryFolder(repository)
    targets = folder.targets(folder.root().signed).signed
    held = read_carried(folder.target_file(POLICY, targets.targets[POLICY].hashes["sha256"]))
    files = {POLICY: _changed(parse_gate_rules(held), ttl, grace, poll).to_bytes()}
    if public_keys is not None:
        files[KEYS] = read_carried(public_keys)
    check_target_files(files)
    made = SigningRequest("targets", next_targets(targets, files=files, at=now()), files)
    write_carried(request, made.to_bytes())
    if as_json:
        print_json(request_facts(made))
    else:
        print_request(made)


def _changed(rules: GateRules, ttl: int | None, grace: int | None, poll: int | None) -> GateRules:
    given = {"ttl_for": ttl, "grace_for": grace, "poll_for": poll}
    return replace(
        rules, **{name: timedelta(seconds=value) for name, value in given.items() if value is not None}
    )
