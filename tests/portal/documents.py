"""The documents that each route asks for: as small as they can be, and nothing in them that a check minds."""

import io
import zipfile
from datetime import datetime
from functools import cache

from docx import Document
from openpyxl import Workbook
from pypdf import PdfWriter

from openbeian.dossier.kinds import DocumentKind, kinds_of
from openbeian.dossier.stated import Route
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.models import Application, Attachment
from openbeian.portal.applications.storage import store

__all__ = ["add_documents", "documents_of"]

_COLUMNS = {
    "keyword_list": ("关键词", "一级分类", "二级分类"),
    "test_questions": ("序号", "测试题", "一级分类", "二级分类", "模型回答", "研判结果"),
}


@cache
def documents_of(route: Route) -> dict[str, tuple[str, bytes]]:
    """Return every file of a route by its name, with its kind; the bytes of each are its own."""
    return {
        f"{kind.stem(route, 'zh')}.{suffix}": (kind.id, _made(kind, suffix))
        for kind in kinds_of(route)
        for suffix in kind.suffixes
    }


def add_documents(application: Application, *, by: User, at: datetime) -> None:
    """Put the documents of its route there, all at once; one by one they would take long."""
    files = documents_of(application.route)
    Attachment.objects.bulk_create(
        Attachment(
            application=application,
            version_number=application.version + 1,
            kind=kind,
            name=name,
            sha256=(stored := store([data])).sha256,
            size=stored.size,
            added_by=by,
            added_at=at,
        )
        for name, (kind, data) in files.items()
    )


def _made(kind: DocumentKind, suffix: str) -> bytes:
    match suffix:
        case "docx":
            return _unlike_others(_word(), kind)
        case "xlsx":
            return _sheet(_COLUMNS[kind.id])
        case _:
            return _pdf() + f"% {kind.id}\n".encode()


@cache
def _word() -> bytes:
    file = io.BytesIO()
    Document().save(file)
    return file.getvalue()


def _unlike_others(archive: bytes, kind: DocumentKind) -> bytes:
    file = io.BytesIO(archive)
    with zipfile.ZipFile(file, "a") as opened:
        opened.comment = kind.id.encode()
    return file.getvalue()


@cache
def _pdf() -> bytes:
    file, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(file)
    return file.getvalue()


def _sheet(columns: tuple[str, ...]) -> bytes:
    file, book = io.BytesIO(), Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(columns)
    book.save(file)
    return file.getvalue()
