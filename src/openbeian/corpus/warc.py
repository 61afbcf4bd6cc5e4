"""Reading WARC and WET: the plain text of pages that were collected, one record a document."""

from collections.abc import Iterator
from typing import IO, Final

from openbeian.corpus.documents import Batch, Note, Problem, ProblemKind
from openbeian.corpus.lines import LONGEST_LINE
from openbeian.corpus.streams import STREAM_ERRORS

__all__ = ["read_warc"]

_TEXTS: Final = frozenset({"conversion", "resource"})
_PAGES: Final = frozenset({"response"})
_BATCH_BYTES: Final = 1 << 20
_LONGEST_HEADER: Final = 1 << 16


def read_warc(file: IO[bytes], path: str, note: Note) -> Iterator[Batch]:
    """Yield the text records; a page kept as it was fetched has no plain text and is noted."""
    batch = Batch(path)
    at = 0
    try:
        while (header := _header(file)) is not None:
            length = int(header.get("content-length", "-1"))
            if length < 0:
                note(Problem(path, at, ProblemKind.BROKEN_FILE, "Content-Length"))
                break
            _take(file, header, length, _At(path, at, note), batch)
            at = file.tell()
            if batch.size >= _BATCH_BYTES:
                yield batch
                batch = Batch(path)
    except (*STREAM_ERRORS, ValueError) as error:
        note(Problem(path, at, ProblemKind.TRUNCATED, type(error).__name__))
    yield batch


class _At:
    """Where a record stands, and whom to tell what is wrong with it."""

    def __init__(self, path: str, offset: int, note: Note) -> None:
        self.path = path
        self.offset = offset
        self._note = note

    def wrong(self, kind: ProblemKind, detail: str = "") -> None:
        self._note(Problem(self.path, self.offset, kind, detail))


def _header(file: IO[bytes]) -> dict[str, str] | None:
    """Return the named fields of the next record, in lower case; None at the end."""
    while line := file.readline(_LONGEST_HEADER):
        if line.strip():
            break
    else:
        return None
    if not line.startswith(b"WARC/"):
        raise ValueError("no WARC record")
    fields = {}
    while (line := file.readline(_LONGEST_HEADER)).strip():
        name, _, value = line.decode("utf-8", "replace").partition(":")
        fields[name.strip().lower()] = value.strip()
    return fields


def _take(file: IO[bytes], header: dict[str, str], length: int, at: _At, batch: Batch) -> None:
    kind = header.get("warc-type", "")
    plain = header.get("content-type", "").startswith("text/plain")
    if length > LONGEST_LINE:
        at.wrong(ProblemKind.TOO_LONG)
    elif kind in _TEXTS and plain:
        body = _exactly(file, length)
        batch.size += length
        try:
            named = header.get("warc-target-uri", f"{at.path}#{at.offset}")
            batch.add(at.offset, named, at.path, body.decode())
        except UnicodeDecodeError:
            at.wrong(ProblemKind.WRONG_ENCODING)
        return
    elif kind in _PAGES:
        at.wrong(ProblemKind.UNKNOWN_FORMAT, header.get("content-type", ""))
    _skip(file, length)


def _exactly(file: IO[bytes], length: int) -> bytes:
    body = file.read(length)
    if len(body) < length:
        raise EOFError
    return body


def _skip(file: IO[bytes], length: int) -> None:
    while length:
        length -= len(_exactly(file, min(length, _BATCH_BYTES)))
