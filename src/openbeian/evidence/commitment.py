"""The commitment: what will be asked, of whom and under which rules, fixed before anything is drawn."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785

__all__ = ["Commitment", "Seal", "digest_of"]


@dataclass(frozen=True, slots=True)
class Seal:
    """A question bank or keyword library named by its content: `sha256` is that of its canonical file."""

    kind: str
    name: str
    version: str
    sha256: str
    items: int

    def as_json(self) -> dict[str, Any]:
        """Return the seal as JSON values."""
        return {
            "items": self.items,
            "kind": self.kind,
            "name": self.name,
            "sha256": self.sha256,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class Commitment:
    """Banks, keyword library, edition with profile, the description of the target, and what it is for."""

    banks: tuple[Seal, ...]
    keywords: Seal | None
    edition: str
    profile: str
    target: Mapping[str, Any]
    one_field: Mapping[str, Any] = field(default_factory=dict)
    """The declaration that the service is for one field alone; empty for a general service."""

    def as_json(self) -> dict[str, Any]:
        """Return what is hashed, as JSON values."""
        content: dict[str, Any] = {
            "banks": [bank.as_json() for bank in sorted(self.banks, key=lambda seal: seal.kind)],
            "edition": self.edition,
            "keywords": self.keywords.as_json() if self.keywords else None,
            "profile": self.profile,
            "target": dict(self.target),
        }
        # A general service is committed to as it always was, so that digests stay.
        return content | {"one_field": dict(self.one_field)} if self.one_field else content

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of the commitment as RFC 8785 JSON."""
        return digest_of(self.as_json())


def digest_of(value: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of `value` as RFC 8785 JSON."""
    return hashlib.sha256(rfc8785.dumps(dict(value))).hexdigest()
