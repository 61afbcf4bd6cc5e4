"""`beian keys show`: who may sign, until when, and the fingerprints to compare."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Role, Root, Targets

from openbeian.cli.carried_files import read_carried
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.clock import now
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.keys import read_public_key, spoken
from openbeian.trust.repository.protocol import ROLE_NAMES
from openbeian.trust.repository.requests import SigningRequest, parse_request
from openbeian_gate.verify.fields import format_instant
from openbeian_gate.verify.repository_names import root_fingerprint

__all__ = ["EXAMPLE", "HELP", "print_request", "request_facts", "show"]

HELP = Text(
    "显示仓库、根文件、签名请求或公钥：角色、期限、指纹；有过期的，退出码为 1",
    "Show a repository, root, request or key: roles, expiry, fingerprints; exits 1 where one has expired",
)
EXAMPLE = "beian keys show public/repository"


@guarded
def show(
    what: Annotated[
        Path,
        typer.Argument(
            help=say(
                Text("仓库目录、root.json、签名请求或 .pub", "Repository folder, root.json, request or .pub")
            )
        ),
    ],
    as_json: AsJSON = False,
) -> None:
    """Print it; fingerprints stand in groups of four."""
    if what.suffix == ".pub":
        key = read_public_key(what)
        _print_or_json({"name": key.name, "fingerprint": key.fingerprint}, as_json=as_json)
    elif what.is_dir():
        _show_repository(RepositoryFolder(what), as_json=as_json)
    else:
        _show_file(what, as_json=as_json)


def request_facts(request: SigningRequest) -> dict[str, object]:
    """Return what a request asks people to sign, as JSON values."""
    signed = request.metadata.signed
    return {
        "role": request.role,
        "version": request.version,
        "sha256": request.sha256,
        "expires": format_instant(signed.expires),
        "roles": _roles(signed),
        "files": {name: target.hashes["sha256"] for name, target in getattr(signed, "targets", {}).items()},
        "changed_files": {name: data.decode() for name, data in request.files.items()},
    }


def print_request(request: SigningRequest) -> None:
    """Print what a request asks people to sign."""
    facts = request_facts(request)
    _print(facts)


def _show_repository(folder: RepositoryFolder, *, as_json: bool) -> None:
    root = folder.root()
    targets = folder.targets(root.signed)
    published = folder.current()
    expiries = {"root": root.signed.expires, "targets": targets.signed.expires}
    if published is not None:
        expiries |= {
            "register": published.register.signed.expires,
            "snapshot": published.snapshot.signed.expires,
            "timestamp": published.timestamp.signed.expires,
        }
    expired = [role for role, expires in expiries.items() if expires <= now()]
    facts: dict[str, object] = {
        "root_version": root.signed.version,
        "root_fingerprint": root_fingerprint(folder.root_bytes()),
        "expires": {role: format_instant(expires) for role, expires in expiries.items()},
        "expired": expired,
        "roles": _roles(root.signed) | _roles(targets.signed),
    }
    _print_or_json(facts, as_json=as_json)
    if expired:
        raise typer.Exit(1)


def _show_file(file: Path, *, as_json: bool) -> None:
    data = read_carried(file)
    try:
        root = Metadata[Root].from_bytes(data)
    except (RepositoryError, ValueError):
        _print_or_json(request_facts(parse_request(data)), as_json=as_json)
        return
    if root.signed.type != "root":
        raise BadInputError(
            f"{file} 不是根文件；请给出仓库目录、root.json、签名请求或 .pub。",
            f"{file} is no root file; name a repository folder, a root.json, a request or a .pub.",
        )
    facts = {
        "root_version": root.signed.version,
        "root_fingerprint": root_fingerprint(data),
        "expires": {"root": format_instant(root.signed.expires)},
        "roles": _roles(root.signed),
    }
    _print_or_json(facts, as_json=as_json)


def _roles(signed: Root | Targets) -> dict[str, object]:
    if isinstance(signed, Root):
        roles: Mapping[str, Role] = signed.roles
    else:
        roles = (signed.delegations and signed.delegations.roles) or {}
    return {name: {"threshold": role.threshold, "keys": list(role.keyids)} for name, role in roles.items()}


def _print_or_json(facts: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        _print(facts)


def _print(facts: Mapping[str, Any]) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in facts.items():
        if name != "roles":
            table.add_row(name, _plain(value))
    for role, held in facts.get("roles", {}).items():
        needed = say(Text(f"须 {held['threshold']} 把", f"{held['threshold']} needed"))
        keys = "\n".join(spoken(keyid) for keyid in held["keys"])
        table.add_row(say(ROLE_NAMES[role]), f"{needed}\n{keys}")
    out.print(table, soft_wrap=True)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name} {_plain(one)}" for name, one in value.items())
    text = str(value)
    return spoken(text) if len(text) == 64 and text.isalnum() else text  # noqa: PLR2004  a SHA-256
