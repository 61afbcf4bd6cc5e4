"""Rows out of the files that are imported, with a broken row left out instead of the whole file refused."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from openbeian.assessment.tables import input_error, load_table, read_text
from openbeian.banks.cells import unguard
from openbeian.banks.layouts import Columns, Layout
from openbeian.banks.left_out import LeftOut, Reason
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["HEADS", "Record", "Records", "read_head", "read_records", "tidy"]

_JSON_LINES: Final = frozenset({".jsonl", ".ndjson"})
_OWN_HEADS: Final = ("bank", "keywords")
HEADS: Final = {
    "题库类型": "bank",
    "题库名称": "name",
    "关键词库": "keywords",
    "起步库": "starter",
    "版本": "version",
    "语言": "language",
    "许可": "licence",
}
"""What stands above the rows of a table we exported, and what it is called in our own files."""
_TELLING: Final = (("题库类型", "题库名称", "版本"), ("关键词库", "版本"))


class Record(NamedTuple):
    """One row of a file, its cells by column, and which columns mean what."""

    file: Path
    line: int
    cells: Mapping[str, str]
    columns: Columns
    lists: Mapping[str, list[Any]] | None = None
    """The members of a JSON line that are lists; None in a table, which has none."""

    def cell(self, column: str) -> str:
        """Return what stands in a column, without white space around it; nothing where there is none."""
        return tidy(self.cells.get(column, "")) if column else ""


def tidy(text: str) -> str:
    """Return a text with plain line ends and without white space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@dataclass(slots=True)
class Records:
    """What one file holds: what it says of itself, its rows, and the rows that can't be read."""

    head: dict[str, Any]
    rows: list[Record] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def read_records(path: Path, layouts: Sequence[Layout]) -> tuple[Records, Layout]:
    """Return the rows of a file, and the layout it has: the first of `layouts` whose columns are there.

    Raises:
        BadInputError: The file can't be read, or has the columns of none of the layouts.
    """
    if path.suffix.lower() in _JSON_LINES:
        return _from_lines(path, layouts)
    shapes = [(layout, columns) for layout in layouts for columns in layout.columns]
    missing: BadInputError | None = None
    for layout, columns in shapes:
        try:
            table = load_table(path, (columns.text, *columns.labels))
        except BadInputError as error:
            missing = missing or error
            continue
        plain = _plain(path)
        rows = [
            Record(path, line, {name: plain(cell) for name, cell in cells.items()}, columns)
            for line, cells, _ in table.rows
        ]
        return Records(_head_above(path), rows), layout
    assert missing is not None
    raise missing


def read_head(path: Path) -> Mapping[str, Any]:
    """Return what a file says of itself: the first line of ours, or what stands above a table we exported.

    Raises:
        BadInputError: The file can't be read.
    """
    if path.suffix.lower() in _JSON_LINES:
        return next((members for _, members in _objects(path, []) if _is_head(members)), {})
    load_table(path, ())
    return _head_above(path)


def _head_above(path: Path) -> dict[str, Any]:
    for columns in _TELLING:
        try:
            first = load_table(path, columns).rows[0].cells
        except (BadInputError, IndexError):
            continue
        return {HEADS[name]: _plain(path)(cell) for name, cell in first.items() if name in HEADS}
    return {}


def _plain(path: Path) -> Callable[[str], str]:
    """Return what gives the text in a cell of a table."""
    return unguard if path.suffix.lower() == ".csv" else str


def _is_head(members: Mapping[str, Any]) -> bool:
    return any(name in members for name in _OWN_HEADS)


def _from_lines(path: Path, layouts: Sequence[Layout]) -> tuple[Records, Layout]:
    records = Records({})
    objects: list[tuple[int, dict[str, Any]]] = []
    for number, members in _objects(path, records.left_out):
        if not objects and not records.head and _is_head(members):
            records.head = members
        else:
            objects.append((number, members))
    layout = _layout_of(path, (members for _, members in objects), layouts)
    for number, members in objects:
        cells = {name: _cell(value) for name, value in members.items()}
        lists = {name: value for name, value in members.items() if isinstance(value, list)}
        records.rows.append(Record(path, number, cells, _columns_of(cells, layout), lists))
    return records, layout


def _columns_of(cells: Mapping[str, str], layout: Layout) -> Columns:
    """Return the shape of the layout that a row fits best."""
    return max(
        layout.columns, key=lambda one: (one.text in cells, sum(label in cells for label in one.labels))
    )


def _objects(path: Path, left_out: list[LeftOut]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            members = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            detail = Text(f"第 {error.colno} 个字符处", f"at character {error.colno}")
            left_out.append(LeftOut(path, number, Reason.NOT_READABLE, detail))
            continue
        if isinstance(members, dict):
            yield number, members
        else:
            left_out.append(LeftOut(path, number, Reason.NOT_READABLE, Text("", "")))


def _layout_of(path: Path, objects: Iterable[dict[str, Any]], layouts: Sequence[Layout]) -> Layout:
    """Return the first layout whose text stands in some line; a file without lines has any."""
    names: set[str] = set()
    for members in objects:
        names |= members.keys()
    for layout in layouts:
        if not names or any(
            names & {columns.text, columns.turns or columns.text} for columns in layout.columns
        ):
            return layout
    wanted = [columns.text for layout in layouts for columns in layout.columns]
    raise input_error(
        path,
        None,
        f"各行都没有「{'」或「'.join(wanted)}」；请改正文件，或用 --format 写明格式。",
        f"no line has {' or '.join(f'“{name}”' for name in wanted)}; "
        "correct the file or say with --format what it is.",
    )


def _cell(value: object) -> str:
    """Return a value as text; a list as answers to choose from, each with its letter."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(f"{chr(ord('A') + place)}. {item}" for place, item in enumerate(value))
    return str(value)
