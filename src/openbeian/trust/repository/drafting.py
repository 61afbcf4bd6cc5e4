"""Metadata that people are to sign: the first, and what follows. Pure; nothing here is signed or written."""

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import TypeVar

from securesystemslib.signer import Key
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Root, TargetFile, Targets
from tuf.api.metadata import Role as TUFRole

from openbeian.core.errors import BadInputError
from openbeian.trust.repository.roles import (
    DEVELOPMENT,
    ISSUED_AT,
    LIFETIMES,
    REGISTER_ROLE,
    Lifetimes,
    Role,
    whole_second,
)
from openbeian_gate.verify.fields import format_instant

__all__ = ["first_root", "first_targets", "next_root", "next_targets", "target_of"]

_T = TypeVar("_T", Root, Targets)
_REGISTER_PATHS = "register/*"


def first_root(
    keys: Mapping[Role, Collection[Key]],
    thresholds: Mapping[Role, int],
    *,
    at: datetime,
    is_development: bool,
    lifetimes: Lifetimes = LIFETIMES,
) -> Metadata[Root]:
    """Return the first root: who may sign for root, targets, snapshot and timestamp, and how many of them."""
    named = [role for role in keys if role != REGISTER_ROLE]
    root = Root(
        version=1,
        expires=lifetimes.expiry("root", at),
        keys={key.keyid: key for role in named for key in keys[role]},
        roles={role: TUFRole([key.keyid for key in keys[role]], thresholds[role]) for role in named},
        consistent_snapshot=True,
        unrecognized_fields={DEVELOPMENT: True} if is_development else None,
    )
    return Metadata(_dated(root, at))


def first_targets(
    files: Mapping[str, bytes],
    register_keys: Iterable[Key],
    threshold: int,
    *,
    at: datetime,
    lifetimes: Lifetimes = LIFETIMES,
) -> Metadata[Targets]:
    """Return the first targets: `files` by name, and who signs for the register."""
    keys = {key.keyid: key for key in register_keys}
    role = DelegatedRole(REGISTER_ROLE, list(keys), threshold, terminating=True, paths=[_REGISTER_PATHS])
    targets = Targets(
        version=1,
        expires=lifetimes.expiry("targets", at),
        targets={name: target_of(name, data) for name, data in files.items()},
        delegations=Delegations(keys, {REGISTER_ROLE: role}),
    )
    return Metadata(_dated(targets, at))


def next_root(
    current: Root,
    role: Role,
    *,
    add: Iterable[Key] = (),
    drop: Iterable[str] = (),
    at: datetime,
    lifetimes: Lifetimes = LIFETIMES,
) -> Metadata[Root]:
    """Return the root after `current`, with keys of `role` exchanged; with none, the same for another year.

    Raises:
        BadInputError: A key to be dropped is not there, or too few keys would be left.
    """
    root = deepcopy(current)
    root.version += 1
    root.expires = lifetimes.expiry("root", at)
    for key in add:
        root.add_key(key, role)
    for keyid in drop:
        root.revoke_key(_whole_id(keyid, root.roles[role].keyids, role), role)
    _check_enough(root.roles[role], role)
    return Metadata(_dated(root, at))


def next_targets(
    current: Targets,
    *,
    files: Mapping[str, bytes],
    add: Iterable[Key] = (),
    drop: Iterable[str] = (),
    at: datetime,
    lifetimes: Lifetimes = LIFETIMES,
) -> Metadata[Targets]:
    """Return the targets after `current`, with `files` in place of theirs and keys of the register exchanged.

    Raises:
        BadInputError: A key to be dropped is not there, or too few keys would be left.
    """
    targets = deepcopy(current)
    targets.version += 1
    targets.expires = lifetimes.expiry("targets", at)
    targets.targets |= {name: target_of(name, data) for name, data in files.items()}
    for key in add:
        targets.add_key(key, REGISTER_ROLE)
    role = targets.get_delegated_role(REGISTER_ROLE)
    for keyid in drop:
        targets.revoke_key(_whole_id(keyid, role.keyids, REGISTER_ROLE), REGISTER_ROLE)
    _check_enough(role, REGISTER_ROLE)
    return Metadata(_dated(targets, at))


def target_of(name: str, data: bytes, custom: Mapping[str, str] | None = None) -> TargetFile:
    """Return the entry of a file."""
    target = TargetFile.from_data(name, data, ["sha256"])
    if custom is not None:
        target.unrecognized_fields["custom"] = dict(custom)
    return target


def _dated(signed: _T, at: datetime) -> _T:
    signed.unrecognized_fields[ISSUED_AT] = format_instant(whole_second(at))
    return signed


def _whole_id(beginning: str, keyids: Iterable[str], role: str) -> str:
    """Return the key id that begins so: people write the first groups of a fingerprint, with spaces."""
    wanted = "".join(beginning.split()).lower()
    found = [keyid for keyid in keyids if wanted and keyid.startswith(wanted)]
    if len(found) != 1:
        raise BadInputError(
            f"角色 {role} 没有（或不止一把）以 {beginning} 开头的密钥；请用 beian keys show 查看指纹。",
            f"Role {role} has no key, or several, that begin with {beginning}; see beian keys show.",
        )
    return found[0]


def _check_enough(role: TUFRole, name: str) -> None:
    if len(role.keyids) < role.threshold:
        raise BadInputError(
            f"角色 {name} 须有至少 {role.threshold} 把密钥，只剩 {len(role.keyids)} 把；请同时加入新密钥。",
            f"Role {name} needs {role.threshold} keys and would have {len(role.keyids)}; add one at once.",
        )
