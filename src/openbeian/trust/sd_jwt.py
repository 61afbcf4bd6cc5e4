"""A certificate as SD-JWT VC (RFC 9901; draft-ietf-oauth-sd-jwt-vc), for wallets and whoever reads them.

The same facts as in the certificate. Who provides the service and what it runs on may be left out by whoever
hands the credential on; the number, the service's name, the dates and the notice may not. It names no list of
statuses: whether a filing stands is for the snapshot to say, at gates and with `beian-gate check`.
"""

import hashlib
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Final

from openbeian.trust.keys import Ed25519Signer
from openbeian_gate.verify.canonical import JSONValue, canonical
from openbeian_gate.verify.certificate import Certificate, SignedCertificate
from openbeian_gate.verify.sd_jwt import CREDENTIAL_TYPE, HIDDEN, MEDIA_TYPE, digest_of, encode_part

__all__ = ["sign_sd_jwt"]

_CHINA: Final = timezone(timedelta(hours=8))
_SALT_BYTES: Final = 16
_SALT_PURPOSE: Final = b"openbeian.sd-jwt-salt/1\n"


def sign_sd_jwt(certificate: SignedCertificate, signer: Ed25519Signer, *, issuer: str, at: datetime) -> bytes:
    """Return the SD-JWT file of a certificate with every disclosure; the same for the same arguments.

    Args:
        certificate: The facts, and the digest of the certificate they are from.
        signer: The register's key. Its signatures are also where the salts come from, so that nobody else can
            guess them and the same certificate gives the same file.
        issuer: The register's address, for `iss`.
        at: When it is issued, for `iat`.
    """
    issuing = _Issuing(certificate, signer)
    payload = issuing.payload(issuer, at)
    header: dict[str, JSONValue] = {"alg": "EdDSA", "kid": signer.key_id, "typ": MEDIA_TYPE}
    message = f"{encode_part(canonical(header))}.{encode_part(canonical(payload))}"
    signature = encode_part(signer.sign(message.encode()))
    return "~".join([f"{message}.{signature}", *issuing.disclosures, ""]).encode()


class _Issuing:
    """Hides the members of one certificate and keeps what discloses them."""

    def __init__(self, certificate: SignedCertificate, signer: Ed25519Signer) -> None:
        self._facts = certificate.claims
        self._digest = certificate.digest
        self._signer = signer
        self.disclosures: list[str] = []

    def payload(self, issuer: str, at: datetime) -> dict[str, JSONValue]:
        facts = self._facts
        payload: dict[str, JSONValue] = {
            "vct": CREDENTIAL_TYPE,
            "iss": issuer,
            "iat": int(at.astimezone(UTC).timestamp()),
            "issuer": facts.issuer,
            "number": facts.number,
            "route": facts.route,
            "jurisdiction": facts.jurisdiction,
            "edition": facts.edition,
            "profile": facts.profile,
            "issued_on": facts.issued_on.isoformat(),
            "valid_until": None if facts.valid_until is None else facts.valid_until.isoformat(),
            "certificate_sha256": self._digest,
            "notice": {"zh": facts.notice.zh, "en": facts.notice.en},
            "service": {
                "name": facts.service.name,
                HIDDEN: self._hide("service", {"id": facts.service.id, "model": facts.service.model}),
            },
            "provider": {
                HIDDEN: self._hide("provider", {"name": facts.provider.name, "uscc": facts.provider.uscc})
            },
            HIDDEN: self._hide(
                "",
                {
                    "round": None if facts.round is None else facts.round.to_json(),
                    "evidence_sha256": facts.evidence_sha256,
                },
            ),
            "_sd_alg": "sha-256",
        }
        if (end := _end_of(facts)) is not None:
            payload["exp"] = end
        return payload

    def _hide(self, where: str, members: dict[str, JSONValue]) -> list[JSONValue]:
        """Return the hashes that stand for `members`, in an order that says nothing of their names."""
        made = [
            encode_part(canonical([self._salt(f"{where}.{name}"), name, value]))
            for name, value in members.items()
        ]
        self.disclosures += made
        return [*sorted(digest_of(one) for one in made)]

    def _salt(self, path: str) -> str:
        secret = self._signer.sign(_SALT_PURPOSE + f"{self._digest}\n{path}".encode())
        return encode_part(hashlib.sha256(secret).digest()[:_SALT_BYTES])


def _end_of(facts: Certificate) -> int | None:
    """Return the second at which the last day in force ends in China."""
    if facts.valid_until is None:
        return None
    return int(datetime.combine(facts.valid_until + timedelta(days=1), time(), _CHINA).timestamp())
