"""What the register's repository calls things: its own roles, files, and members of the metadata."""

import hashlib
from typing import Final

__all__ = [
    "DEVELOPMENT",
    "ISSUED_AT",
    "KEYS",
    "POLICY",
    "REGISTER_ROLE",
    "SNAPSHOT",
    "STATUSES",
    "TARGET_PATHS",
    "root_fingerprint",
]

ISSUED_AT: Final = "x-openbeian-issued-at"
"""The signed member of every timestamp that says when it was made."""
DEVELOPMENT: Final = "x-openbeian-development"
"""The signed member of a root whose keys all lie on one machine."""
REGISTER_ROLE: Final = "register"
"""The delegated role for what changes by the minute."""
POLICY: Final = "policy.json"
KEYS: Final = "keys.json"
SNAPSHOT: Final = "register/snapshot.json"
STATUSES: Final = "register/statuses.json"
TARGET_PATHS: Final = (POLICY, KEYS, SNAPSHOT, STATUSES)
"""What a gate takes from the repository; the last two are the register role's."""


def root_fingerprint(root: bytes) -> str:
    """Return the SHA-256 of a root file, as `sha256sum` prints it."""
    return hashlib.sha256(root).hexdigest()
