"""The certificate: what a filing's holder shows, checkable offline.

It states the facts as they were on the day of issue. Whether the filing still stands today is the snapshot's
to say. Members that this version does not know are signed with the rest and passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from openbeian_gate.errors import MalformedError
from openbeian_gate.refusals import ExpiredError
from openbeian_gate.text import Text
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.envelope import Envelope, parse_envelope
from openbeian_gate.verify.fields import Fields
from openbeian_gate.verify.keys import ED25519, PublicKeySet

__all__ = [
    "CERTIFICATE_SCHEMA",
    "ROUTES",
    "Certificate",
    "CertifiedProvider",
    "CertifiedRound",
    "CertifiedService",
    "Route",
    "SignedCertificate",
    "check_in_force",
    "parse_certificate",
    "verify_certificate",
]

CERTIFICATE_SCHEMA: Final = "openbeian.certificate/1"
Route = Literal["filing", "registration"]
ROUTES: Final[Mapping[str, Route]] = {"filing": "filing", "registration": "registration"}


@dataclass(frozen=True, slots=True)
class CertifiedService:
    """The service, and the model it runs on."""

    id: str
    name: str
    model: str


@dataclass(frozen=True, slots=True)
class CertifiedProvider:
    """Who provides it, with the unified social credit code."""

    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class CertifiedRound:
    """The round it was issued in."""

    number: int
    name: str
    on: date

    def to_json(self) -> dict[str, JSONValue]:
        """Return the member of the document."""
        return {"number": self.number, "name": self.name, "on": self.on.isoformat()}


@dataclass(frozen=True, slots=True)
class Certificate:
    """The facts a certificate states."""

    number: str
    route: Route
    service: CertifiedService
    provider: CertifiedProvider
    jurisdiction: str
    edition: str
    profile: str
    round: CertifiedRound | None
    """None for a certificate issued outside any round."""
    issued_on: date
    valid_until: date | None
    """The last day in force; None while no end is set."""
    evidence_sha256: str | None
    """The head of the assessment's evidence; None where the route asks for no assessment."""
    notice: Text
    issuer: str

    def to_json(self) -> dict[str, JSONValue]:
        """Return the document that is signed."""
        return {
            "schema": CERTIFICATE_SCHEMA,
            "algorithm": ED25519,
            "number": self.number,
            "route": self.route,
            "service": {"id": self.service.id, "name": self.service.name, "model": self.service.model},
            "provider": {"name": self.provider.name, "uscc": self.provider.uscc},
            "jurisdiction": self.jurisdiction,
            "edition": self.edition,
            "profile": self.profile,
            "round": None if self.round is None else self.round.to_json(),
            "issued_on": self.issued_on.isoformat(),
            "valid_until": None if self.valid_until is None else self.valid_until.isoformat(),
            "evidence_sha256": self.evidence_sha256,
            "notice": {"zh": self.notice.zh, "en": self.notice.en},
            "issuer": self.issuer,
        }


@dataclass(frozen=True, slots=True)
class SignedCertificate:
    """A certificate as it claims to be."""

    claims: Certificate
    envelope: Envelope

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical certificate: what the log entry of its issue names."""
        return self.envelope.digest


def parse_certificate(data: bytes) -> SignedCertificate:
    """Read a certificate file.

    Raises:
        MalformedError: It is not one.
    """
    envelope = parse_envelope(data, "certificate", CERTIFICATE_SCHEMA)
    fields = Fields(envelope.document, "certificate")
    fields.choice("algorithm", [ED25519])
    return SignedCertificate(_parse_claims(fields), envelope)


def verify_certificate(signed: SignedCertificate, keys: PublicKeySet) -> Certificate:
    """Return the facts of a certificate that a trusted key has signed.

    Raises:
        BadSignatureError: None has, or the content was altered.
    """
    signed.envelope.check(keys, "certificate")
    return signed.claims


def check_in_force(certificate: Certificate, *, on: date) -> None:
    """Check that the certificate's own term covers the day `on`.

    Raises:
        ExpiredError: The last day has passed.
    """
    if certificate.valid_until is not None and on > certificate.valid_until:
        raise ExpiredError(certificate.number)


def _parse_claims(fields: Fields) -> Certificate:
    service, provider, notice = (fields.object_(name) for name in ("service", "provider", "notice"))
    claims = Certificate(
        number=fields.text("number"),
        route=ROUTES[fields.choice("route", ROUTES)],
        service=CertifiedService(service.text("id"), service.text("name"), service.text("model")),
        provider=CertifiedProvider(provider.text("name"), provider.text("uscc")),
        jurisdiction=fields.text("jurisdiction"),
        edition=fields.text("edition"),
        profile=fields.text("profile"),
        round=None if fields.is_null("round") else _parse_round(fields.object_("round")),
        issued_on=fields.day("issued_on"),
        valid_until=None if fields.is_null("valid_until") else fields.day("valid_until"),
        evidence_sha256=None if fields.is_null("evidence_sha256") else fields.sha256("evidence_sha256"),
        notice=Text(notice.text("zh"), notice.text("en")),
        issuer=fields.text("issuer"),
    )
    if claims.valid_until is not None and claims.valid_until < claims.issued_on:
        raise MalformedError("证书的有效期早于发证日期", "the certificate ends before it was issued")
    return claims


def _parse_round(fields: Fields) -> CertifiedRound:
    return CertifiedRound(fields.integer("number", minimum=1), fields.text("name"), fields.day("on"))
