"""The keys that lie on the register's machine: one folder, a PEM file for each, named for its role.

`register.pem`, `snapshot.pem`, `timestamp.pem`; while one replaces another, `snapshot-2027.pem` beside it.
Whatever lies there signs: gates go by the keys that their root names and pass over the others.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from openbeian.core.errors import CouldNotRunError
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.repository.roles import ONLINE, Role

__all__ = ["OnlineKeys"]


@dataclass(frozen=True, slots=True)
class OnlineKeys:
    """Who signs for the online roles."""

    register: tuple[Ed25519Signer, ...]
    snapshot: tuple[Ed25519Signer, ...]
    timestamp: tuple[Ed25519Signer, ...]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read every key in `folder`.

        Raises:
            BadInputError: A file is no key.
            CouldNotRunError: A role has none, or one can't be read.
        """
        keys = {role: _load(folder, role) for role in ONLINE}
        return cls(keys["register"], keys["snapshot"], keys["timestamp"])


def _load(folder: Path, role: Role) -> tuple[Ed25519Signer, ...]:
    files = sorted([*folder.glob(f"{role}.pem"), *folder.glob(f"{role}-*.pem")])
    if not files:
        raise CouldNotRunError(
            f"{folder} 中没有角色 {role} 的在线密钥（{role}.pem）；请从密钥仪式的结果中放入。",
            f"{folder} holds no online key of role {role} ({role}.pem); put there what the ceremony made.",
        )
    return tuple(Ed25519Signer.load(file) for file in files)
