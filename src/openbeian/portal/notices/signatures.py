"""Signing webhooks as the Standard Webhooks specification (1.0) says: an id, a time, and an HMAC-SHA256.

What is signed is `ID.TIMESTAMP.BODY`, byte for byte, with the secret behind `whsec_` (Base64). The secret is
never kept: it follows from a random salt in the database and the portal's own secret, so that a copy of the
database alone signs nothing.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final

from django.utils.crypto import salted_hmac

from openbeian.portal.notices.models import Endpoint

__all__ = ["headers_for", "new_salt", "secret_of"]

_PURPOSE: Final = "openbeian.webhook"
_PREFIX: Final = "whsec_"


def new_salt() -> str:
    """Return a salt nobody can guess."""
    return secrets.token_hex(16)


def secret_of(salt: str) -> str:
    """Return the secret that follows from a salt, as it is shown to whoever verifies: `whsec_…`."""
    return _PREFIX + base64.b64encode(_key(salt)).decode()


def headers_for(endpoint: Endpoint, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Return the headers that carry id, time and signatures of a body sent at `at`.

    While a secret is being replaced there are two signatures, of the new one and of the one before.
    """
    seconds = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    salts = [endpoint.salt]
    if endpoint.earlier_salt and endpoint.earlier_until is not None and at < endpoint.earlier_until:
        salts.append(endpoint.earlier_salt)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{_sign(_key(salt), signed)}" for salt in salts),
    }


def _key(salt: str) -> bytes:
    return salted_hmac(_PURPOSE, salt, algorithm="sha256").digest()


def _sign(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
