"""Checking a certificate somebody was given: the file itself, the log's proof, and how the filing stands now.

The file comes from a stranger and is kept nowhere. It is read as the gate reads it, within limits.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text
from openbeian.portal.filings.models import Filing
from openbeian.portal.register.queries import find_entry
from openbeian_gate.errors import GateError
from openbeian_gate.refusals import ExpiredError
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.certificate import (
    Certificate,
    SignedCertificate,
    check_in_force,
    parse_certificate,
    verify_certificate,
)
from openbeian_gate.verify.keys import PublicKeySet, load_keys
from openbeian_gate.verify.pdf import Attached, is_pdf, read_attached
from openbeian_gate.verify.proof import parse_proof, verify_certificate_logged
from openbeian_gate.verify.sd_jwt import is_sd_jwt

__all__ = ["MOST_BYTES", "CheckedCertificate", "NotGenuineError", "check_certificate", "check_size"]

MOST_BYTES: Final = 4 << 20
"""The largest file that is read: a certificate's PDF is a tenth of that."""


class NotGenuineError(BadInputError):
    """The file is no certificate of this register, or was altered."""

    code = "not_genuine"


@dataclass(frozen=True, slots=True)
class CheckedCertificate:
    """A genuine certificate, and what it is worth today."""

    certificate: Certificate
    log_index: int | None
    """Where the proof that came with it stands in the log; None where none came."""
    expired: bool
    """Whether the certificate's own term has ended."""
    filing: Filing | None
    """The filing it is of, as it stands now; None where the register knows none."""
    is_latest: bool
    """Whether it is the very certificate the register holds."""


def check_size(octets: int) -> None:
    """Check that a file is not too large to be read.

    Raises:
        BadInputError: It is.
    """
    if octets > MOST_BYTES:
        limit = MOST_BYTES >> 20
        raise BadInputError(
            f"文件超过 {limit} MiB；请上传证书的 JSON 或 PDF 原件。",
            f"The file is larger than {limit} MiB; upload the certificate's own JSON or PDF.",
        )


def check_certificate(data: bytes, *, on: date) -> CheckedCertificate:
    """Return what a certificate file proves on the day `on`.

    Raises:
        BadInputError: It is too large, no certificate, not this register's, altered, or its proof fails.
        CouldNotRunError: The register's public keys are not there.
    """
    check_size(len(data))
    if is_sd_jwt(data):
        raise BadInputError(
            "这是供电子钱包使用的 SD-JWT 凭证；请上传证书的 JSON 或 PDF，或用 beian-gate verify 离线核验它。",
            "This is a credential for wallets (SD-JWT); upload the certificate's JSON or PDF, or verify it "
            "offline with beian-gate verify.",
        )
    keys = _keys()
    try:
        signed, proof = _read(data)
        certificate = verify_certificate(signed, keys)
        index = _logged(signed, proof, keys)
    except GateError as error:
        raise NotGenuineError(*error.text) from error
    filing = find_entry(certificate.number)
    return CheckedCertificate(
        certificate, index, _has_ended(certificate, on), filing, filing is not None and _is_of(signed, filing)
    )


def _read(data: bytes) -> tuple[SignedCertificate, bytes | None]:
    attached = read_attached(data) if is_pdf(data) else Attached(data, None)
    return parse_certificate(attached.certificate), attached.proof


def _logged(signed: SignedCertificate, proof: bytes | None, keys: PublicKeySet) -> int | None:
    if proof is None:
        return None
    parsed = parse_proof(proof)
    verify_certificate_logged(signed, parsed, keys, origin=settings.BEIAN_LOG_ORIGIN)
    return parsed.index


def _has_ended(certificate: Certificate, on: date) -> bool:
    try:
        check_in_force(certificate, on=on)
    except ExpiredError:
        return True
    return False


def _is_of(signed: SignedCertificate, filing: Filing) -> bool:
    return parse_certificate(canonical(filing.certificate)).digest == signed.digest


def _keys() -> PublicKeySet:
    path = settings.BEIAN_HOME / "public" / "keys.json"
    try:
        return load_keys(path)
    except (OSError, GateError) as error:
        text = Text(
            "登记机关的公钥暂不可用；请稍后再试。",
            "The register's public keys are not there; try again later.",
        )
        raise CouldNotRunError(*text) from error
