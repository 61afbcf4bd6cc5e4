"""Making a filing of a confirmed application: number, certificate, log entry, register entry."""

import json
from datetime import date, datetime

from django.conf import settings

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import FilingStatus
from openbeian.core.numbering import FilingNumber, RegistrationNumber
from openbeian.portal.applications.models import Application, Version
from openbeian.portal.applications.serials import take_serial
from openbeian.portal.applications.steps import current_version
from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.filings.register_entries import enter, rewrite
from openbeian.portal.log.models import Entry
from openbeian.portal.log.outbox import append
from openbeian.standards import load_jurisdictions
from openbeian.trust.certificates import build_certificate, sign_certificate
from openbeian.trust.keys import Signer
from openbeian_gate.verify.certificate import (
    CertifiedProvider,
    CertifiedRound,
    CertifiedService,
    SignedCertificate,
    parse_certificate,
)
from openbeian_gate.verify.index import MAX_NUMBER_BYTES
from openbeian_gate.verify.proof import CERTIFICATE_HASH

__all__ = ["amend", "issue"]


def issue(
    application: Application, round_: Round | None, *, on: date, signer: Signer, at: datetime
) -> Filing:
    """Return the new filing; call inside the transaction that takes the step, with the application locked.

    A registration has no round: the province numbers it by itself.

    Raises:
        BadInputError: The number can't be made from the service's Latin name.
    """
    version = current_version(application)
    assert version is not None, "what is confirmed has been handed in"
    provider = application.provider
    number = _next_number(application, on)
    named = CertifiedProvider(provider.name, provider.uscc)
    data = _signed_certificate(
        application, number, provider=named, version=version, round_=round_, on=on, signer=signer
    )
    entry = _log(application, parse_certificate(data), at=at)
    filing = Filing.objects.create(
        number=number,
        application=application,
        provider=provider,
        provider_name=provider.name,
        provider_name_en=provider.name_en,
        provider_uscc=provider.uscc,
        service_name=application.service_name,
        service_latin=application.service_latin,
        model_name=application.model_name,
        service_id=application.service_id,
        jurisdiction=application.jurisdiction,
        route=application.route,
        edition=application.edition,
        profile=application.profile,
        status_since=at,
        issued_on=on,
        round=round_,
        certificate=json.loads(data),
        log_entry=entry,
    )
    enter(filing)
    return filing


def _next_number(application: Application, on: date) -> str:
    code = application.jurisdiction
    pinyin = load_jurisdictions()[code].pinyin
    # Two series that are never added up: each counts by itself.
    series = RegistrationNumber if application.route == "registration" else FilingNumber
    serial = take_serial(f"{application.route}:{code}:{on.isoformat()}")
    number = str(series.build(pinyin, application.service_latin, on=on, serial=serial))
    if len(number) > MAX_NUMBER_BYTES:
        # A longer one would fit no snapshot, and so keep every other filing's status from being published.
        raise BadInputError(
            f"编号 {number} 超过 {MAX_NUMBER_BYTES} 个字符；请改用较短的拉丁名。",
            f"The number {number} is longer than {MAX_NUMBER_BYTES} characters; use a shorter Latin name.",
        )
    return number


def _signed_certificate(
    application: Application,
    number: str,
    *,
    provider: CertifiedProvider,
    version: Version,
    round_: Round | None,
    on: date,
    signer: Signer,
) -> bytes:
    certificate = build_certificate(
        number=number,
        route="registration" if application.route == "registration" else "filing",
        service=CertifiedService(application.service_id, application.service_name, application.model_name),
        provider=provider,
        jurisdiction=application.jurisdiction,
        edition=application.edition,
        profile=application.profile,
        held_in=CertifiedRound(round_.series, round_.name, round_.held_on) if round_ else None,
        issued_on=on,
        valid_until=None,
        evidence_sha256=version.evidence_head,
        issuer=settings.BEIAN_ISSUER,
    )
    return sign_certificate(certificate, signer)


def amend(filing: Filing, version: Version, *, number: int, signer: Signer, at: datetime) -> Entry:
    """Put a version that was granted on file; return the log entry that tells of it.

    The number stays. Where the certificate would say something else, another is issued in its place, and the
    entry carries its hash; call inside the transaction of the decision, with the filing locked.
    """
    application = version.application
    filing.service_name, filing.model_name = application.service_name, application.model_name
    filing.provider_name = str(version.facts.get("provider.name") or filing.provider_name)
    data = _signed_certificate(
        application,
        filing.number,
        provider=CertifiedProvider(filing.provider_name, filing.provider_uscc),
        version=version,
        round_=filing.round,
        on=filing.issued_on,
        signer=signer,
    )
    signed = parse_certificate(data)
    is_new = signed.claims.to_json() != filing.certificate["certificate"]
    entry = append(
        "filing.amended",
        filing.number,
        facts={
            "jurisdiction": filing.jurisdiction,
            "provider": filing.provider_name,
            "service": filing.service_name,
            "service_id": filing.service_id,
            "status": filing.status,
            "version": number,
        },
        hashes={"dossier": version.digest} | ({CERTIFICATE_HASH: signed.digest} if is_new else {}),
        at=at,
    )
    if is_new:
        filing.certificate, filing.log_entry = json.loads(data), entry
    filing.save(update_fields=["service_name", "model_name", "provider_name", "certificate", "log_entry"])
    rewrite(filing)
    return entry


def _log(application: Application, signed: SignedCertificate, *, at: datetime) -> Entry:
    certificate = signed.claims
    return append(
        "filing.certified",
        certificate.number,
        facts={
            "application": application.reference,
            "edition": certificate.edition,
            "issued_on": certificate.issued_on.isoformat(),
            "jurisdiction": certificate.jurisdiction,
            "profile": certificate.profile,
            "provider": certificate.provider.name,
            "round": None if certificate.round is None else certificate.round.number,
            "route": certificate.route,
            "service": certificate.service.name,
            "service_id": certificate.service.id,
            "status": FilingStatus.VALID.value,
        },
        hashes={CERTIFICATE_HASH: signed.digest},
        at=at,
    )
