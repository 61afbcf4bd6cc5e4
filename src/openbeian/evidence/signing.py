"""What signs evidence, seen from here: somebody who signs bytes. The keys live in `openbeian.trust`."""

from typing import Protocol

__all__ = ["Signer"]


class Signer(Protocol):
    """Signs bytes under a named key."""

    @property
    def key_id(self) -> str:
        """Which key signs."""

    @property
    def algorithm(self) -> str:
        """How it signs, such as `ed25519`."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature of `data`."""
