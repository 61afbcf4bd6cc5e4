"""PDF: the key AIGC in the document's Info dictionary.

A label is added as a revision: a new Info object and a cross-reference behind the old end of the file, of
which no byte changes. A revision of ours that stands last is taken back before a new one is added.
"""

import io
import logging
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

import pikepdf

from openbeian.dossier.labels.container import Container, Place, unknown
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import Source, Splice
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["PDF"]

_MARK = b"%PDF-"
_HEAD = 1024
_TAIL = 2048
_MAX_FILE = 512 * 1024**2
_NAME = f"/{KEY}"
_OWN = b"\n% label GB 45438\n"
_START = re.compile(rb"startxref\s+(\d{1,19})\s+%%EOF\s*\Z")
_REGULAR = frozenset(range(0x21, 0x7F)) - set(b"()<>[]{}/%#")
_SIGNED = 0x01
_OWN_REVISION = re.compile(
    re.escape(_OWN) + rb"\d+ \d+ obj\n<< .* >>\nendobj\n(?:xref|(\d+) 0 obj)\n.*startxref\n\d+\n%%EOF\n",
    re.DOTALL,
)
_OWN_OBJECTS = 2
# What it has to say about a file stands in the reasons; on its own it would write to standard error.
logging.getLogger("pikepdf").addHandler(logging.NullHandler())
# The limits are the process's; they keep a small file from unpacking into all memory.
pikepdf.settings.set_qpdf_limits(flate_max_memory=256 * 1024**2, doc_max_warnings=1000)
# What describes one cross-reference section and not the document.
_SECTION_KEYS = {
    "/Prev",
    "/XRefStm",
    "/Info",
    "/Size",
    "/Type",
    "/W",
    "/Index",
    "/Length",
    "/Filter",
    "/DecodeParms",
}


class _Base(NamedTuple):
    """The file a revision is added to: where it ends, where its cross-reference stands, and of which kind.

    `number` is the one that the cross-reference stream of our last revision had.
    """

    end: int
    section: int
    is_table: bool
    number: int | None


def _recognises(source: Source) -> bool:
    # Other programs put a few bytes in front; a text that speaks of PDF has words there.
    head = source[:_HEAD]
    return head.lstrip().startswith(_MARK) or (_MARK in head and b"\0" in head.partition(_MARK)[0])


def _opened(source: Source) -> pikepdf.Pdf:
    if len(source) > _MAX_FILE:
        raise UnreadableError("PDF 超过 512 MiB 的上限", "the PDF is larger than the limit of 512 MiB")
    try:
        return pikepdf.open(io.BytesIO(source[:]), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise UnreadableError("PDF 已加密，需要密码才能打开", "the PDF opens only with a password") from error
    except (pikepdf.PdfError, pikepdf.DependencyError, ValueError, RuntimeError) as error:
        detail = str(error)[:200]
        raise UnreadableError(f"PDF 已损坏：{detail}", f"the PDF is damaged: {detail}") from error


def _info(pdf: pikepdf.Pdf) -> pikepdf.Object | None:
    info = pdf.trailer.get("/Info")
    return info if isinstance(info, pikepdf.Dictionary) else None


def _read(source: Source) -> Iterator[Place | Reason]:
    with _opened(source) as pdf:
        info = _info(pdf)
        value = info.get(_NAME) if info is not None else None
        if isinstance(value, pikepdf.String):
            yield Place("Info /AIGC", str(value))
        elif value is not None:
            yield Place("Info /AIGC", _unparsed(value).decode("latin-1"))
        if pdf.get_warnings():
            yield unknown(
                "repaired",
                "PDF 结构有损坏，读取时作了修复，可能有内容未读到",
                "the PDF is damaged and was mended while reading; something may have been missed",
            )


def _write(source: Source, value: str) -> Iterable[Splice]:
    with _opened(source) as pdf:
        _check_may_grow(source, pdf)
        base = _base(source)
        info = _info(pdf)
        size = int(pdf.trailer.Size)
        identity = info.objgen if info is not None and info.is_indirect else (size, 0)
        entries = _plain(info) if info is not None else {}
        trailer = {key: entry for key, entry in _plain(pdf.trailer).items() if key not in _SECTION_KEYS}
        entries[_NAME] = pikepdf.String(value).unparse()
    trailer |= {"/Info": b"%d %d R" % identity, "/Prev": b"%d" % base.section}
    size = max(size, identity[0] + 1)
    head = b"%d %d obj\n" % identity + _dictionary(entries) + b"\nendobj\n"
    places = {identity: base.end + len(_OWN)}
    at = base.end + len(_OWN) + len(head)
    if base.is_table:
        section = _table(places, trailer, size)
    else:
        number = size if base.number is None else base.number
        section = _stream({**places, (number, 0): at}, trailer, max(size, number + 1))
    tail = b"startxref\n%d\n%%%%EOF\n" % at
    return [Splice(base.end, len(source), _OWN + head + section + tail)]


def _table(places: dict[tuple[int, int], int], trailer: dict[str, bytes], size: int) -> bytes:
    rows = b"".join(
        b"%d 1\n%010d %05d n \n" % (number, at, generation) for (number, generation), at in places.items()
    )
    return b"xref\n" + rows + b"trailer\n" + _dictionary(trailer | {"/Size": b"%d" % size}) + b"\n"


def _stream(places: dict[tuple[int, int], int], trailer: dict[str, bytes], size: int) -> bytes:
    """Return a cross-reference stream; the last place is its own, for it lists itself."""
    rows = b"".join(
        b"\x01" + place.to_bytes(8, "big") + generation.to_bytes(2, "big")
        for (_, generation), place in places.items()
    )
    described = {
        "/Type": b"/XRef",
        "/W": b"[1 8 2]",
        "/Index": b"[" + b" ".join(b"%d 1" % number for number, _ in places) + b"]",
        "/Size": b"%d" % size,
        "/Length": b"%d" % len(rows),
    }
    head = b"%d 0 obj\n" % list(places)[-1][0] + _dictionary(trailer | described)
    return head + b"\nstream\n" + rows + b"\nendstream\nendobj\n"


def _plain(dictionary: pikepdf.Object) -> dict[str, bytes]:
    return {key: _unparsed(entry) for key, entry in dictionary.items()}


def _unparsed(entry: object) -> bytes:
    """Return an entry as it stands in a file; pikepdf hands numbers and truth values over as Python's own."""
    if isinstance(entry, pikepdf.Object):
        return entry.unparse()
    if isinstance(entry, bool):
        return b"true" if entry else b"false"
    return format(entry, "f" if isinstance(entry, Decimal) else "").encode()


def _name(key: str) -> bytes:
    """Return a key as it stands in a file; pikepdf itself can't write names that are no text."""
    raw = key.encode("utf-8", "surrogateescape")[1:]
    return b"/" + b"".join(bytes([one]) if one in _REGULAR else b"#%02x" % one for one in raw)


def _dictionary(entries: dict[str, bytes]) -> bytes:
    pairs = b" ".join(_name(key) + b" " + entry for key, entry in sorted(entries.items()))
    return b"<< " + pairs + b" >>"


def _check_may_grow(source: Source, pdf: pikepdf.Pdf) -> None:
    if pdf.is_encrypted:
        raise CannotLabelError(
            "PDF 已加密，无法写入标识；请先解除加密", "the PDF is encrypted; remove that before labelling it"
        )
    if pdf.get_warnings() or source[: len(_MARK)] != _MARK:
        raise CannotLabelError(
            "PDF 结构有损坏，无法安全写入；请先用 PDF 工具另存",
            "the PDF is damaged and can't be added to safely; save it anew with a PDF tool first",
        )
    form = pdf.Root.get("/AcroForm")
    flags = form.get("/SigFlags", 0) if isinstance(form, pikepdf.Dictionary) else 0
    if "/Perms" in pdf.Root or (isinstance(flags, int) and flags & _SIGNED):
        raise CannotLabelError(
            "PDF 带有数字签名，写入标识会使签名失效；请先写入标识再签名",
            "the PDF is digitally signed and a label would break that; label it before signing",
        )


def _base(source: Source) -> _Base:
    end, number = len(source), None
    start = source.rfind(_OWN)
    own = _OWN_REVISION.fullmatch(source[start:]) if start > 0 else None
    if own and own.group().count(b"endobj") <= _OWN_OBJECTS:
        end, number = start, int(own[1]) if own[1] else None
    match = _START.search(source[max(0, end - _TAIL) : end])
    if not match or int(match[1]) >= end:
        raise CannotLabelError("PDF 结尾不规范，无法写入标识", "the PDF does not end as it should")
    section = int(match[1])
    return _Base(end, section, source[section : section + 4] == b"xref", number)


PDF = Container("pdf", (".pdf",), _recognises, _read, _write)
