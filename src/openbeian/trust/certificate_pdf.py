"""The certificate to hang up: one typeset page, PDF/A-3, with the signed certificate and its proof attached.

The page is set by Typst from fonts in given folders and from nothing else, so that the same certificate gives
the same page on every machine. A folder without Chinese letters is refused before anything is set.
"""

import io
import json
import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import segno
import typst

from openbeian.core.errors import CouldNotRunError
from openbeian.trust.certificate_page import page_facts
from openbeian_gate.verify.certificate import parse_certificate
from openbeian_gate.verify.pdf import CERTIFICATE_NAME, PROOF_NAME

__all__ = ["FONT_FOLDERS", "MissingFontsError", "certificate_pdf"]

FONT_FOLDERS: Final = (Path("/usr/share/fonts/opentype/noto"),)
"""Where Debian's fonts-noto-cjk puts them."""
_FAMILIES: Final = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
)
"""Families a certificate may be set in, the best first; all are free to be embedded."""
_STANDARD: Final = "a-3a"
_TEMPLATE: Final = "certificate.typ"


class MissingFontsError(CouldNotRunError):
    """There is no font to set Chinese in."""

    code = "missing_fonts"


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
    found = _fonts(tuple(str(folder) for folder in fonts))
    facts = page_facts(
        parse_certificate(signed).claims,
        address=address,
        font=_family(found, fonts),
        is_proved=proof is not None,
    )
    files = {CERTIFICATE_NAME: signed} if proof is None else {CERTIFICATE_NAME: signed, PROOF_NAME: proof}
    attachments = [{"name": name, **_ATTACHMENTS[name]} for name in files]
    files |= {
        "facts.json": json.dumps(facts | {"attachments": attachments}, ensure_ascii=False).encode(),
        "qr.svg": _qr(address),
        _TEMPLATE: resources.files(__package__).joinpath(_TEMPLATE).read_bytes(),
    }
    with tempfile.TemporaryDirectory() as name:
        for file, content in files.items():
            (Path(name) / file).write_bytes(content)
        return _set(Path(name), found, at)


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


def _set(folder: Path, fonts: typst.Fonts, at: datetime) -> bytes:
    try:
        pdf = typst.compile(
            folder / _TEMPLATE, root=folder, font_paths=fonts, pdf_standards=_STANDARD, timestamp=at
        )
    except typst.TypstError as error:
        raise CouldNotRunError(
            f"无法排版证书（{error.message}）；请检查字体与服务名称中的特殊字符。",
            f"The certificate cannot be set ({error.message}); check fonts and odd characters in names.",
        ) from error
    assert isinstance(pdf, bytes), "a PDF is one file"
    return pdf


@cache
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    """Look the folders through once: that takes longer than setting a page."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


def _family(fonts: typst.Fonts, folders: Sequence[Path]) -> str:
    held = set(fonts.families())
    for family in _FAMILIES:
        if family in held:
            return family
    listed = ", ".join(map(str, folders))
    raise MissingFontsError(
        f"{listed} 中没有可用的中文字体；请安装 Debian 的 fonts-noto-cjk，或指定含中文字体的目录。",
        f"There is no Chinese font in {listed}; install Debian's fonts-noto-cjk, "
        "or name a folder with Noto Serif CJK SC.",
    )


def _qr(address: str) -> bytes:
    """Return the QR code as a picture, with room for dirt: a quarter of it may be unreadable."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", border=2, dark="#16181d", xmldecl=False
    )
    return drawn.getvalue()
