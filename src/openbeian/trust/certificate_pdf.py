"""The certificate to hang up: one typeset page, PDF/A-3, with the signed certificate and its proof attached.

The page is set by Typst from fonts in given folders and from nothing else, so that the same certificate gives
the same page on every machine. A folder without Chinese letters is refused before anything is set.
"""

import hashlib
import io
import json
from collections.abc import Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final

import segno

from openbeian.trust.certificate_page import page_facts
from openbeian.typesetting import FONT_FOLDERS, SANS, SERIF, MissingFontsError, first_family, set_pdf
from openbeian_gate.verify.certificate import parse_certificate
from openbeian_gate.verify.pdf import CERTIFICATE_NAME, PROOF_NAME

__all__ = ["FONT_FOLDERS", "MissingFontsError", "certificate_pdf", "design_digest"]

_TEMPLATE: Final = "certificate.typ"


def certificate_pdf(
    signed: bytes,
    *,
    proof: bytes | None,
    address: str,
    at: datetime,
    fonts: Sequence[Path] = FONT_FOLDERS,
) -> bytes:
    """Return the PDF of a certificate.

    Args:
        signed: The certificate file, as `sign_certificate` returns it.
        proof: Its `.tlog-proof` file; None while it is not in the log yet.
        address: The verification page.
        at: The time the file says it was made.
        fonts: Folders with fonts.

    Raises:
        MalformedError: `signed` is not a certificate file.
        MissingFontsError: The folders hold none of the font families.
        CouldNotRunError: The page cannot be set.
    """
    facts = page_facts(
        parse_certificate(signed).claims,
        address=address,
        font=first_family((*SERIF, *SANS), fonts),
        is_proved=proof is not None,
    )
    files = {CERTIFICATE_NAME: signed} if proof is None else {CERTIFICATE_NAME: signed, PROOF_NAME: proof}
    attachments = [{"name": name, **_ATTACHMENTS[name]} for name in files]
    files |= {
        "facts.json": json.dumps(facts | {"attachments": attachments}, ensure_ascii=False).encode(),
        "qr.svg": _qr(address),
        _TEMPLATE: _template(),
    }
    return set_pdf(files, _TEMPLATE, what=("证书", "certificate"), standards=["a-3a"], at=at, folders=fonts)


def design_digest() -> bytes:
    """Return the SHA-256 of what pages look like: it differs where another version sets them differently."""
    words = resources.files(__package__).joinpath("certificate_page.py").read_bytes()
    return hashlib.sha256(_template() + words).digest()


def _template() -> bytes:
    return resources.files(__package__).joinpath(_TEMPLATE).read_bytes()


_ATTACHMENTS: Final = {
    CERTIFICATE_NAME: {
        "relationship": "source",
        "type": "application/json",
        "description": "签名的证书数据 Signed certificate",
    },
    PROOF_NAME: {
        "relationship": "supplement",
        "type": "text/plain",
        "description": "公开日志收录证明 Proof of inclusion in the public log",
    },
}


def _qr(address: str) -> bytes:
    """Return the QR code as a picture, with room for dirt: a quarter of it may be unreadable."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", border=2, dark="#16181d", xmldecl=False
    )
    return drawn.getvalue()
