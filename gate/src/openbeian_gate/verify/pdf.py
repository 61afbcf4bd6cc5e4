"""The certificate inside a PDF: the files attached to it, which are what is verified.

What the page shows is for people. Anybody can draw a page; the attached certificate can't be forged, and
whoever verifies is shown what it says. A page whose own text leaves out what is signed was altered; of one
that is a picture, or says more besides, only a person can tell.
"""

import io
import re
import threading
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from openbeian_gate.errors import GateError, MalformedError, PageDiffersError, UnreadablePDFError
from openbeian_gate.verify.canonical import MAX_BYTES
from openbeian_gate.verify.certificate import Certificate

if TYPE_CHECKING:
    from collections.abc import Callable

    from pypdf import PdfReader

__all__ = ["CERTIFICATE_NAME", "PROOF_NAME", "Attached", "check_printed", "is_pdf", "read_attached"]

CERTIFICATE_NAME: Final = "certificate.json"
PROOF_NAME: Final = "certificate.tlog-proof"
_MAX_PDF_BYTES: Final = 1 << 25
_WITHIN_S: Final = 20.0
"""Readers of hostile files have been made to go round in circles before."""
_BETWEEN_LETTERS: Final = re.compile(r"[\s\u00ad\u2010-]")
_Read = TypeVar("_Read")


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
    return _read(data, _attached)


def check_printed(data: bytes, certificate: Certificate) -> None:
    """Check that the text of a PDF's first page names what `certificate` states, as far as it has text.

    Raises:
        MalformedError: It is not a readable PDF.
        PageDiffersError: The page leaves something out.
        UnreadablePDFError: What reads PDF files is not installed.
    """
    printed = _letters(_read(data, lambda reader: reader.pages[0].extract_text()))
    ends = [] if certificate.valid_until is None else [certificate.valid_until.isoformat()]
    facts = (
        *(certificate.number, certificate.service.name, certificate.service.model),
        *(certificate.provider.name, certificate.provider.uscc),
        *(certificate.issued_on.isoformat(), *ends),
    )
    missing = [fact for fact in facts if _letters(fact) not in printed]
    if printed and missing:
        named = ", ".join(missing)
        raise PageDiffersError(
            f"PDF 页面上没有所签证书中的：{named}；页面已被改动，不要使用该文件。",
            f"The page of the PDF leaves out what the signed certificate says: {named}; "
            "the page was altered, so don't use this file.",
        )


def _attached(reader: "PdfReader") -> Attached:
    attachments = reader.attachments
    certificate = _only(attachments.get(CERTIFICATE_NAME, []))
    proofs = attachments.get(PROOF_NAME, [])
    return Attached(certificate, _only(proofs) if proofs else None)


def _read(data: bytes, read: "Callable[[PdfReader], _Read]") -> _Read:
    """Read something from a PDF, with limits on size and time; whatever goes wrong, it is malformed."""
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
    outcome: list[_Read | Exception] = []

    def reading() -> None:
        try:
            outcome.append(read(PdfReader(io.BytesIO(data))))
        except Exception as error:  # noqa: BLE001  it fails in more ways than its documentation lists
            outcome.append(error)

    # Not waited for at exit: one that goes round in circles ends with the process.
    thread = threading.Thread(target=reading, daemon=True)
    thread.start()
    thread.join(_WITHIN_S)
    return _result(outcome)


def _result(outcome: "list[_Read | Exception]") -> _Read:
    if not outcome:
        raise MalformedError("PDF 读取超时", f"the PDF cannot be read within {_WITHIN_S:.0f} seconds")
    (result,) = outcome
    if isinstance(result, GateError):
        raise result
    if isinstance(result, Exception):
        raise MalformedError("PDF 无法读取", f"the PDF cannot be read ({type(result).__name__})") from result
    return result


def _letters(text: str) -> str:
    """Return the letters alone: lines are broken, and words parted, where there was room."""
    return _BETWEEN_LETTERS.sub("", unicodedata.normalize("NFKC", text))


def _only(contents: list[bytes]) -> bytes:
    if len(contents) != 1 or len(contents[0]) > MAX_BYTES:
        raise MalformedError("PDF 未附唯一的证书文件", "the PDF has not exactly one certificate attached")
    return contents[0]
