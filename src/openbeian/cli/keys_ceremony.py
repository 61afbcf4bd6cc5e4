"""`beian keys ceremony`: makes every key of a repository and signs its first root."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from openbeian.cli.carried_files import read_carried, write_carried
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.key_passwords import new_password
from openbeian.cli.options import AsJSON
from openbeian.clock import now
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.trust.repository.ceremony import Ceremony, CeremonyPlan, hold_ceremony
from openbeian.trust.repository.keys import public_file_of, spoken
from openbeian.trust.repository.protocol import ROLE_NAMES, ceremony_protocol
from openbeian_gate.errors import GateError
from openbeian_gate.verify.gate_rules import GateRules
from openbeian_gate.verify.keys import PublicKeySet, parse_keys
from openbeian_gate.verify.repository_names import root_fingerprint

__all__ = ["EXAMPLE", "HELP", "ceremony"]

HELP = Text(
    "举行密钥仪式：生成全部密钥，签署第一份根文件，写下记录",
    "Hold the key ceremony: make every key, sign the first root, write the protocol",
)
EXAMPLE = "beian keys ceremony ceremony --public-keys keys.json"


@guarded
def ceremony(
    folder: Annotated[
        Path,
        typer.Argument(
            help=say(
                Text(
                    "结果所在目录；其下 root-1 等可先挂载各人的介质",
                    "Where the results go; media of the people may be mounted below, as root-1 and so on",
                )
            )
        ),
    ],
    public_keys: Annotated[
        Path,
        typer.Option(
            help=say(
                Text(
                    "登记机关的公钥文件（证书、日志、快照）",
                    "The register's key file (certificates, log, snapshots)",
                )
            )
        ),
    ],
    root_people: Annotated[int, typer.Option(help=say(Text("持根密钥的人数", "People with a root key")))] = 3,
    targets_people: Annotated[
        int, typer.Option(help=say(Text("持发布密钥的人数", "People with a targets key")))
    ] = 3,
    register_signers: Annotated[
        int,
        typer.Option(
            help=say(Text("签署登记册的机器数，1 或 2", "Machines that sign for the register, 1 or 2"))
        ),
    ] = 1,
    ttl: Annotated[
        int, typer.Option(help=say(Text("快照视为最新的秒数", "Seconds a snapshot is fresh")))
    ] = 60,
    grace: Annotated[
        int, typer.Option(help=say(Text("失联时的宽限秒数", "Seconds of grace during an outage")))
    ] = 86_400,
    poll: Annotated[
        int, typer.Option(help=say(Text("闸口每隔几秒查看", "Seconds between looks of a gate")))
    ] = 30,
    as_json: AsJSON = False,
) -> None:
    """Make the keys, each person's under their own password; print the fingerprints to read aloud."""
    at = now()
    plan = CeremonyPlan(
        _keys(public_keys),
        GateRules(timedelta(seconds=ttl), timedelta(seconds=grace), timedelta(seconds=poll)),
        root_people=root_people,
        targets_people=targets_people,
        register_signers=register_signers,
    )
    held = hold_ceremony(folder, plan, password=new_password, at=at)
    write_carried(folder / "root.json", held.root)
    for key in held.keys:
        public = public_file_of(key.file)
        write_carried(folder / "public-keys" / public.name, read_carried(public))
    write_carried(folder / "protocol.md", ceremony_protocol(held, at=at).encode())
    if as_json:
        print_json(_as_json(folder, held))
    else:
        _print(folder, held)


def _keys(file: Path) -> PublicKeySet:
    try:
        return parse_keys(read_carried(file))
    except GateError as error:
        raise BadInputError(f"{file}：{error.text.zh}", f"{file}: {error.text.en}") from error


def _as_json(folder: Path, held: Ceremony) -> dict[str, object]:
    return {
        "root": str(folder / "root.json"),
        "root_fingerprint": root_fingerprint(held.root),
        "protocol": str(folder / "protocol.md"),
        "keys": [
            {
                "role": key.role,
                "name": key.public.name,
                "fingerprint": key.public.fingerprint,
                "file": str(key.file),
            }
            for key in held.keys
        ],
    }


def _print(folder: Path, held: Ceremony) -> None:
    out.print(
        say(Text("请逐组朗读并与记录核对：", "Read aloud, group by group, and compare with the protocol:"))
    )
    for key in held.keys:
        out.print(f"{say(ROLE_NAMES[key.role])} {key.public.name}", markup=False)
        out.print(f"  {spoken(key.public.fingerprint)}", markup=False, soft_wrap=True)
    out.print(say(Text("根文件", "The root file")))
    out.print(f"  {spoken(root_fingerprint(held.root))}", markup=False, soft_wrap=True)
    out.print(f"{say(Text('记录', 'Protocol'))}: {folder / 'protocol.md'}", markup=False, soft_wrap=True)
