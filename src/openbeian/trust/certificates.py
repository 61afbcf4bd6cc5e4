"""Certificates: built from the facts of a decision, and signed."""

from datetime import date
from typing import Final

from openbeian.core.text import Text
from openbeian.trust.keys import Signer, sign_with
from openbeian_gate.text import Text as GateText
from openbeian_gate.verify.certificate import (
    CERTIFICATE_SCHEMA,
    Certificate,
    CertifiedProvider,
    CertifiedRound,
    CertifiedService,
    Route,
)
from openbeian_gate.verify.envelope import build_envelope, signed_bytes

__all__ = ["NOTICE", "build_certificate", "sign_certificate"]

NOTICE: Final = Text(
    "备案不代表对服务、产品或提供者的认可，不得用于广告宣传；备案是否有效，以登记册为准。",
    "A filing is not an endorsement of the service or its provider and may not be used in advertising; "
    "whether it stands is for the register to say.",
)


def build_certificate(
    *,
    number: str,
    route: Route,
    service: CertifiedService,
    provider: CertifiedProvider,
    jurisdiction: str,
    edition: str,
    profile: str,
    held_in: CertifiedRound | None,
    issued_on: date,
    valid_until: date | None,
    evidence_sha256: str | None,
    issuer: str,
) -> Certificate:
    """Return the certificate of these facts, with the notice every certificate carries."""
    return Certificate(
        number=number,
        route=route,
        service=service,
        provider=provider,
        jurisdiction=jurisdiction,
        edition=edition,
        profile=profile,
        round=held_in,
        issued_on=issued_on,
        valid_until=valid_until,
        evidence_sha256=evidence_sha256,
        notice=GateText(*NOTICE),
        issuer=issuer,
    )


def sign_certificate(certificate: Certificate, *signers: Signer) -> bytes:
    """Return the certificate file, signed by every signer."""
    document = certificate.to_json()
    signatures = sign_with(signers, signed_bytes(CERTIFICATE_SCHEMA, document))
    return build_envelope("certificate", document, signatures)
