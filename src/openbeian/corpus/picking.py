"""Fetching the texts of a sample: a scan keeps only where its documents stand."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.corpus.documents import Fields
from openbeian.corpus.reading import read_unit
from openbeian.corpus.tally import Picked
from openbeian.corpus.units import Unit, plan_units

__all__ = ["PickedText", "fetch_texts"]

_WHOLE = 1 << 62


class PickedText(NamedTuple):
    """A document of a sample, with its text."""

    picked: Picked
    text: str


def fetch_texts(sample: Iterable[Picked], fields: Fields) -> Iterator[PickedText]:
    """Yield the documents with their texts, file by file.

    Raises:
        BadInputError: A file is gone, or a document from its place in it.
    """
    by_path: dict[str, dict[int, Picked]] = {}
    for one in sample:
        by_path.setdefault(one.path, {})[one.offset] = one
    for path in sorted(by_path):
        wanted = by_path[path]
        for unit in _units_with(path, sorted(wanted)):
            for batch in read_unit(unit, fields, lambda _: None):
                for at, text in zip(batch.offsets, batch.texts, strict=True):
                    if at in wanted:
                        yield PickedText(wanted.pop(at), text)
        if wanted:
            raise _gone(path, min(wanted))


def _units_with(path: str, offsets: list[int]) -> Iterator[Unit]:
    """Yield units that hold the documents at these offsets; where a file is one unit, the whole of it."""
    units = plan_units([path], unit_bytes=_WHOLE).units
    first = units[0]
    if first.codec or first.form not in {"jsonl", "text"}:
        yield from units
        return
    # A byte order mark stands before the first line, which then does not begin behind a line feed.
    yield from (first._replace(start=at if at > 3 else 0, stop=at + 1) for at in offsets)  # noqa: PLR2004


def _gone(path: str, offset: int) -> BadInputError:
    return BadInputError(
        f"{path} 在扫描后有改动，偏移 {offset} 处已没有抽到的文档；请放回原文件，或重新扫描。",
        f"{path} was changed after the scan, the document drawn at offset {offset} is gone; put the file "
        "back, or scan again.",
    )
