"""`beian-gate verify`: what a file proves offline: a certificate (JSON, PDF, SD-JWT) or a log proof."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from openbeian_gate.errors import GateError, MalformedError
from openbeian_gate.messages import CREDENTIAL, LOGGED, ON_THE_PAGE, PROVED, UNLOGGED, VERIFIED, WITHHELD
from openbeian_gate.text import Text
from openbeian_gate.verify.certificate import (
    SignedCertificate,
    check_in_force,
    parse_certificate,
    verify_certificate,
)
from openbeian_gate.verify.cosignatures import check_witnessed
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.log_entry import parse_log_entry
from openbeian_gate.verify.pdf import Attached, check_printed, is_pdf, read_attached
from openbeian_gate.verify.proof import (
    Proof,
    is_proof,
    parse_proof,
    verify_certificate_logged,
    verify_proof,
)
from openbeian_gate.verify.sd_jwt import check_credential_in_force, is_sd_jwt, parse_sd_jwt, verify_sd_jwt

__all__ = ["Asked", "NoProofError", "Verified", "verify_file"]

_BEIJING_FOR: Final = timedelta(hours=8)


class NoProofError(GateError):
    """Witnesses are asked for, and there is no proof that could show them."""

    code = "no_proof"


class Asked(NamedTuple):
    """What the file must stand up to."""

    keys: PublicKeySet
    proof: bytes | None
    """A proof given beside the file; the one attached to a PDF counts where there is none."""
    origin: str | None
    witnesses: int
    at: datetime


class Verified(NamedTuple):
    """What holds, in words and as values."""

    text: Text
    values: dict[str, object]


def verify_file(data: bytes, asked: Asked) -> Verified:
    """Return what a file proves.

    Raises:
        GateError: It is none of the kinds known, does not hold, or its term has ended.
    """
    if is_sd_jwt(data):
        return _credential(data, asked)
    if is_proof(data):
        return _entry(data, asked)
    return _certificate(data, asked)


def _certificate(data: bytes, asked: Asked) -> Verified:
    printed = is_pdf(data)
    attached = read_attached(data) if printed else Attached(data, None)
    signed = parse_certificate(attached.certificate)
    certificate = verify_certificate(signed, asked.keys)
    logged, facts = _logged(signed, attached.proof if asked.proof is None else asked.proof, asked)
    if printed:
        check_printed(data, certificate)
    # The register's days are days in China.
    check_in_force(certificate, on=(asked.at + _BEIJING_FOR).date())
    values = {
        "number": certificate.number,
        "service": certificate.service.name,
        "provider": certificate.provider.name,
        "issued_on": certificate.issued_on,
    }
    zh, en = (
        VERIFIED.in_(tongue).format(
            **values, logged=logged.in_(tongue), page=ON_THE_PAGE.in_(tongue) if printed else ""
        )
        for tongue in ("zh", "en")
    )
    return Verified(Text(zh, en), {"verified": True, **facts, "certificate": signed.envelope.document})


def _logged(signed: SignedCertificate, data: bytes | None, asked: Asked) -> tuple[Text, dict[str, object]]:
    """Check the proof, if there is one, and say what it shows."""
    if data is None:
        if asked.witnesses:
            raise _no_proof()
        return UNLOGGED, {"logged": False}
    proof = parse_proof(data)
    _, checkpoint = verify_certificate_logged(signed, proof, asked.keys, origin=asked.origin)
    facts = _place(proof, checkpoint.size, asked)
    text = Text(*(LOGGED.in_(tongue).format(**facts) for tongue in ("zh", "en")))
    return text, {"logged": True, **facts}


def _place(proof: Proof, size: int, asked: Asked) -> dict[str, object]:
    seen = check_witnessed(proof.checkpoint, asked.keys, at_least=asked.witnesses)
    return {"log_index": proof.index, "log_size": size, "witnesses": len(seen)}


def _credential(data: bytes, asked: Asked) -> Verified:
    if asked.witnesses or asked.proof is not None:
        raise _no_proof()
    credential = verify_sd_jwt(parse_sd_jwt(data), asked.keys)
    check_credential_in_force(credential, at=asked.at)
    values = {
        "number": credential.number,
        "service": credential.service,
        "issuer": credential.issuer,
        "issued_on": (credential.issued_at + _BEIJING_FOR).date(),
        "withheld": credential.withheld,
    }
    zh, en = (
        CREDENTIAL.in_(tongue).format(
            **values, left_out=WITHHELD.in_(tongue).format(**values) if credential.withheld else ""
        )
        for tongue in ("zh", "en")
    )
    shown = {"verified": True, "withheld": credential.withheld, "credential": dict(credential.claims)}
    return Verified(Text(zh, en), shown)


def _entry(data: bytes, asked: Asked) -> Verified:
    proof = parse_proof(data)
    if proof.leaf is None:
        raise MalformedError("日志证明未附条目", "the log proof carries no entry")
    checkpoint = verify_proof(proof, proof.leaf, asked.keys, origin=asked.origin)
    entry = parse_log_entry(proof.leaf)
    facts = _place(proof, checkpoint.size, asked)
    said = {"kind": entry.kind, "subject": entry.subject, "at": entry.at.isoformat(), **facts}
    zh, en = (PROVED.in_(tongue).format(**said, origin=checkpoint.origin) for tongue in ("zh", "en"))
    shown = {**said, "facts": dict(entry.facts), "hashes": dict(entry.hashes)}
    return Verified(Text(zh, en), {"verified": True, "origin": checkpoint.origin, "entry": shown, **facts})


def _no_proof() -> NoProofError:
    return NoProofError(
        "核验见证需要日志证明；请加 --proof，SD-JWT 凭证请核验其证书的 JSON 或 PDF。",
        "Witnesses are seen in a log proof only; give --proof, or verify the certificate's JSON or PDF "
        "instead of its SD-JWT.",
    )
