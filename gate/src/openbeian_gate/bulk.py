"""Many services at once, for app stores: a table of services in, the same table with decisions out."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from openbeian_gate.errors import MalformedError
from openbeian_gate.policy import Admission
from openbeian_gate.refusals import RefusalError

__all__ = ["ADDED", "MAX_TABLE_BYTES", "SUBJECT_COLUMNS", "BulkResult", "check_table"]

SUBJECT_COLUMNS: Final = ("service", "number", "subject", "服务标识", "备案号")
"""A column of one of these names, in any case, names the service."""
ADDED: Final = ("decision", "reason", "filing_number", "detail_zh", "detail_en")
"""The columns that are added on the right."""
MAX_TABLE_BYTES: Final = 1 << 27
"""The largest table read, which is more than a million rows."""
_BOM: Final = b"\xef\xbb\xbf"


class BulkResult(NamedTuple):
    """The table with decisions, and how many there are of each."""

    table: bytes
    admitted: int
    refused: int
    undecided: int
    """Refused only because the register is unavailable."""


def check_table(data: bytes, decide: Callable[[str], Admission], *, column: str | None = None) -> BulkResult:
    """Decide every row of a CSV table with a heading row, in UTF-8 or GB 18030.

    Args:
        data: The table.
        decide: Admits a service or raises its refusal.
        column: The heading of the column that names the service; None to look for a usual one.

    Raises:
        MalformedError: It is no such table, or has no such column.
    """
    rows = _rows(data)
    heading, at = rows[0], _column(rows[0], column)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([*heading, *ADDED])
    counts = [0, 0, 0]
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(heading):
            raise MalformedError(
                f"表格第 {number} 行应有 {len(heading)} 列，实为 {len(row)} 列",
                f"row {number} of the table has {len(row)} cells, not {len(heading)}",
            )
        outcome, added = _decided(row[at].strip(), decide)
        counts[outcome] += 1
        writer.writerow([*row, *added])
    # Excel takes a table for UTF-8 only by this mark, so it is given back where it came.
    mark = _BOM if data.startswith(_BOM) else b""
    return BulkResult(mark + written.getvalue().encode(), *counts)


def _decided(subject: str, decide: Callable[[str], Admission]) -> tuple[int, Sequence[str]]:
    try:
        return 0, ("admitted", "", decide(subject).number, "", "")
    except RefusalError as refusal:
        outcome = 1 if refusal.status == RefusalError.status else 2
        return outcome, ("refused", refusal.code, "", *refusal.text)


def _rows(data: bytes) -> list[list[str]]:
    if len(data) > MAX_TABLE_BYTES:
        raise MalformedError("表格过大，请分成几份", "the table is too large and should be split")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise MalformedError("文件不是有效的 CSV 表格", f"the file is not a CSV table ({error})") from error
    if not rows:
        raise MalformedError("表格是空的", "the table is empty")
    return rows


def _column(heading: Sequence[str], wanted: str | None) -> int:
    names = [name.strip().casefold() for name in heading]
    for name in (wanted.casefold(),) if wanted is not None else SUBJECT_COLUMNS:
        if name in names:
            return names.index(name)
    listed = wanted or "、".join(SUBJECT_COLUMNS)
    raise MalformedError(
        f"表格的首行中没有名为 {listed} 的列",
        f"the table's first row names no column {listed.replace('、', ', ')}",
    )
