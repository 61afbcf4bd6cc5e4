"""Files made from a bulletin's document: the same document gives the same file, so that each is made once."""

import json
from functools import lru_cache

from openbeian.bulletins import bulletin_pdf, canonical_bytes, from_json
from openbeian.bulletins.word_file import bulletin_docx
from openbeian.core.text import Language
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.bulletins.queries import document_of, file_of

__all__ = ["docx_of", "pdf_of"]


def pdf_of(bulletin: Bulletin, language: Language) -> bytes:
    """Return the PDF, with the signed file attached."""
    return _pdf(file_of(bulletin), language)


def docx_of(bulletin: Bulletin, language: Language) -> bytes:
    """Return the Word file."""
    return _docx(canonical_bytes(document_of(bulletin)), language)


@lru_cache(maxsize=16)
def _pdf(file: bytes, language: Language) -> bytes:
    return bulletin_pdf(from_json(json.loads(file)["bulletin"]), language, source=file)


@lru_cache(maxsize=16)
def _docx(document: bytes, language: Language) -> bytes:
    return bulletin_docx(from_json(json.loads(document)), language)
