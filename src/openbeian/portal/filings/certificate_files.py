"""Certificates as PDF: one to hand out, a ZIP of a round's, and the set to print for a conference.

Once a certificate's proof is there, its page is set, signed where the portal has a key, and kept under
BEIAN_HOME/certificates until what it says changes: another certificate, another address printed on it,
another key, or, where nobody has signed it, another design.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pikepdf
from django.conf import settings
from django.urls import reverse

from openbeian.core.errors import CouldNotRunError
from openbeian.portal.drafts import draft_in, keep_draft
from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.log.sequencer import open_log
from openbeian.portal.signing import load_pdf_key
from openbeian.trust.certificate_pdf import certificate_pdf, design_digest
from openbeian.trust.pdf_signing import sign_pdf
from openbeian_gate.verify.canonical import canonical

if TYPE_CHECKING:
    from pyhanko.sign import SimpleSigner

__all__ = ["pdf_of", "print_set", "zip_of"]

_LANGUAGE: Final = "zh-CN"


def pdf_of(filing: Filing) -> bytes:
    """Return a filing's certificate as PDF/A-3, signed where the portal has a key for it.

    Raises:
        CouldNotRunError: There are no fonts, the timestamp service gives no time, or the disk refuses.
        BadInputError: The key can't be used.
    """
    key = load_pdf_key()
    if filing.log_entry.index is None:
        # Without its proof a certificate is only handed out for the seconds until the log is published.
        return _page(filing)
    return _once(_kept_at(filing, key), lambda: _page(filing) if key is None else _signed(filing, key))


def zip_of(round_: Round) -> Iterator[bytes]:
    """Return a ZIP of the certificates of a published round, piece by piece, each as `pdf_of` gives it.

    The first one is made before anything is returned, so that what is missing is said and not sent.
    """
    filings = _certified_in(round_)
    return _zipped(filings, pdf_of(filings[0]))


def print_set(round_: Round, *, at: datetime) -> bytes:
    """Return one PDF with every certificate of a published round in the order of its seats.

    It is for paper: pages and bookmarks, without attachments and signatures. `at` is when it was made.
    """
    merged = pikepdf.new()
    with merged.open_outline() as outline:
        for filing in _certified_in(round_):
            first = len(merged.pages)
            with pikepdf.open(io.BytesIO(_page(filing))) as single:
                merged.pages.extend(single.pages)
            outline.root.append(pikepdf.OutlineItem(f"{filing.number} {filing.service_name}", first))
    for page in merged.pages:
        # What tags and attachments left behind leads nowhere in the merged file.
        for name in ("/StructParents", "/AF"):
            if name in page.obj:
                del page.obj[name]
    merged.Root.Lang = pikepdf.String(_LANGUAGE)
    with merged.open_metadata() as about:
        about["dc:title"] = f"{round_.name} · 证书 Certificates"
        about["xmp:CreateDate"] = at.isoformat()
    file = io.BytesIO()
    merged.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def _certified_in(round_: Round) -> list[Filing]:
    return list(round_.filings.select_related("log_entry").order_by("application__seat__place", "pk"))


def _page(filing: Filing) -> bytes:
    index = filing.log_entry.index
    return certificate_pdf(
        canonical(filing.certificate),
        proof=None if index is None else open_log().proof_file(index),
        address=_address(filing),
        at=filing.log_entry.at,
        fonts=settings.BEIAN_FONTS,
    )


def _signed(filing: Filing, key: "SimpleSigner") -> bytes:
    return sign_pdf(_page(filing), key, timestamps=settings.BEIAN_TIMESTAMPS or None)


def _address(filing: Filing) -> str:
    return f"{settings.BEIAN_ORIGIN}{reverse('register:entry', args=[filing.number])}"


def _kept_at(filing: Filing, key: "SimpleSigner | None") -> Path:
    """Return where the page lies: another certificate, address, key or unsigned design is another file."""
    parts = (canonical(filing.certificate), _address(filing).encode(), _made_by(key))
    name = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    home: Path = settings.BEIAN_HOME
    return home / "certificates" / f"{name}.pdf"


def _made_by(key: "SimpleSigner | None") -> bytes:
    if key is None:
        return design_digest()
    signer = key.signing_cert
    assert signer is not None, "what signs has a certificate"
    return bytes(signer.sha256)


def _once(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the file at `path`, made first where it isn't there; of two makers, the first one counts."""
    try:
        if not path.exists():
            with draft_in(path.parent) as draft:
                draft.write(make())
                keep_draft(draft, path)
        return path.read_bytes()
    except OSError as error:
        raise CouldNotRunError(
            "无法保存证书文件；请联系系统管理员检查磁盘。",
            f"The certificate's file can't be kept ({error}); ask the administrator to check the disk.",
        ) from error


class _Pipe(io.RawIOBase):
    """Where a ZIP is written to and taken from piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]  # all that zipfile writes
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _zipped(filings: list[Filing], first: bytes) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as packed:
        for place, filing in enumerate(filings, 1):
            named = zipfile.ZipInfo(f"{place:03d}-{filing.number}.pdf", filing.log_entry.at.timetuple()[:6])
            packed.writestr(named, first if place == 1 else pdf_of(filing))
            yield pipe.take()
    yield pipe.take()
