"""Signed bulletins: a bulletin's document in the envelope of certificates and snapshots.

The signature is over the document's own schema and its canonical form, so that it can never pass for a
certificate's; the keys trusted for certificates are trusted for bulletins.
"""

from collections.abc import Mapping
from typing import Any, Final

from openbeian.trust.keys import Signer, sign_with
from openbeian_gate.verify.envelope import Envelope, build_envelope, parse_envelope, signed_bytes
from openbeian_gate.verify.keys import PublicKeySet

__all__ = ["MAX_BULLETIN_BYTES", "sign_bulletin", "verify_bulletin"]

MAX_BULLETIN_BYTES: Final = 4 << 20
"""The largest bulletin read: a thousand certified entries and their charts are a tenth of it."""
_MEMBER: Final = "bulletin"


def sign_bulletin(document: Mapping[str, Any], *signers: Signer) -> bytes:
    """Return the bulletin's file, signed by every signer; unsigned where there is none."""
    kept = dict(document)
    return build_envelope(_MEMBER, kept, sign_with(signers, signed_bytes(str(kept["schema"]), kept)))


def verify_bulletin(data: bytes, keys: PublicKeySet, *, schema: str) -> Envelope:
    """Return the envelope of a bulletin that a trusted key has signed.

    Raises:
        MalformedError: It is no bulletin of this schema.
        BadSignatureError: No trusted key has signed it, or the content was altered.
    """
    envelope = parse_envelope(data, _MEMBER, schema, max_bytes=MAX_BULLETIN_BYTES)
    envelope.check(keys, "certificate")
    return envelope
