"""The certificate inside a PDF: the files attached to it, which are what is verified.

What the page shows is for people. Anybody can draw a page; the attached certificate can't be forged, and
whoever verifies is shown what it says.
"""

import io
from typing import Final, NamedTuple

from openbeian_gate.errors import GateError, MalformedError, UnreadablePDFError
from openbeian_gate.verify.canonical import MAX_BYTES

__all__ = ["CERTIFICATE_NAME", "PROOF_NAME", "Attached", "is_pdf", "read_attached"]

CERTIFICATE_NAME: Final = "certificate.json"
PROOF_NAME: Final = "certificate.tlog-proof"
_MAX_PDF_BYTES: Final = 1 << 25


class Attached(NamedTuple):
    """What a certificate's PDF carries, not yet believed."""

    certificate: bytes
    proof: bytes | None


def is_pdf(data: bytes) -> bool:
    """Say whether the file begins like a PDF."""
    return data.startswith(b"%PDF-")


def read_attached(data: bytes) -> Attached:
    """Return the certificate and the log proof attached to a PDF.

    Raises:
        MalformedError: It is not a readable PDF, or carries no certificate, or one twice.
        UnreadablePDFError: What reads PDF files is not installed.
    """
    try:
        from pypdf import PdfReader  # noqa: PLC0415  needs the extra `pdf`
    except ImportError as error:
        raise UnreadablePDFError(
            "缺少读取 PDF 所需的组件；请执行 pip install 'openbeian-gate[pdf]'，或核验 PDF 所附的 JSON。",
            "What reads PDF files is not installed; run: pip install 'openbeian-gate[pdf]', "
            "or verify the JSON attached to the PDF.",
        ) from error
    if len(data) > _MAX_PDF_BYTES:
        raise MalformedError("PDF 文件过大", "the PDF is too large")
    try:
        attachments = PdfReader(io.BytesIO(data)).attachments
        certificate = _only(attachments.get(CERTIFICATE_NAME, []))
        proofs = attachments.get(PROOF_NAME, [])
        return Attached(certificate, _only(proofs) if proofs else None)
    except GateError:
        raise
    except Exception as error:  # a reader of hostile files fails in more ways than its documentation lists
        raise MalformedError("PDF 无法读取", f"the PDF cannot be read ({type(error).__name__})") from error


def _only(contents: list[bytes]) -> bytes:
    if len(contents) != 1 or len(contents[0]) > MAX_BYTES:
        raise MalformedError("PDF 未附唯一的证书文件", "the PDF has not exactly one certificate attached")
    return contents[0]
