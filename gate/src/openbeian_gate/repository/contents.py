"""From a repository's verified files to the snapshot that decisions are made by."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from openbeian_gate.following import FetchLimits
from openbeian_gate.repository.kept import Verified
from openbeian_gate.verify.gate_rules import GateRules, parse_gate_rules
from openbeian_gate.verify.keys import PublicKeySet, parse_keys
from openbeian_gate.verify.repository_names import KEYS, POLICY, SNAPSHOT, STATUSES
from openbeian_gate.verify.snapshot import Snapshot, parse_snapshot, verify_snapshot
from openbeian_gate.verify.status_list import StatusList, parse_status_list, verify_status_list

__all__ = ["Contents", "read_contents"]


@dataclass(frozen=True, slots=True)
class Contents:
    """What the files say."""

    snapshot: Snapshot
    rules: GateRules
    keys: PublicKeySet
    base: tuple[str, str, Snapshot]
    """The snapshot as it was published, with its hash and that of the keys it was checked by."""


def read_contents(
    verified: Verified, read: Callable[[str], bytes], limits: FetchLimits, *, before: Contents | None
) -> Contents:
    """Return what the files that `verified` names say.

    The age of the snapshot is counted from the repository's timestamp, which says that nothing has changed
    since. Its times are those it carries, or those of the rules, whichever are shorter.

    Args:
        verified: The hashes, as signed.
        read: Returns the file of a hash, checked.
        limits: On the size of the snapshot.
        before: What was read last; a snapshot that has not changed is not read again.

    Raises:
        GateError: A file is malformed, not signed as it should be, or does not belong to the others.
        OSError: A file can't be read.
    """
    sha256 = verified.sha256
    rules = parse_gate_rules(read(sha256[POLICY]))
    keys = parse_keys(read(sha256[KEYS]))
    wanted = sha256[SNAPSHOT], sha256[KEYS]
    if before is not None and before.base[:2] == wanted:
        base = before.base[2]
    else:
        base = verify_snapshot(parse_snapshot(read(sha256[SNAPSHOT]), max_bytes=limits.max_bytes), keys)
    listed = verify_status_list(parse_status_list(read(sha256[STATUSES])), keys)
    snapshot = _as_of(verified.issued_at, base, listed, rules)
    return Contents(snapshot, rules, keys, (*wanted, base))


def _as_of(issued_at: datetime, base: Snapshot, listed: StatusList, rules: GateRules) -> Snapshot:
    grace_for = min(base.grace_for, rules.grace_for)
    return replace(
        base,
        version=listed.version,
        issued_at=issued_at,
        expires_at=issued_at + grace_for,
        ttl_for=min(base.ttl_for, rules.ttl_for, grace_for),
        grace_for=grace_for,
        checkpoint=listed.checkpoint,
        index=listed.over(base.index, digest=base.digest),
        digest=hashlib.sha256(f"{base.digest}\n{listed.digest}".encode()).hexdigest(),
    )
