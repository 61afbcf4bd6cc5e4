"""What is read: documents in batches, and what could not be read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = [
    "DEFAULT_FIELDS",
    "PROBLEM_LABELS",
    "Batch",
    "Fields",
    "Note",
    "Problem",
    "ProblemKind",
    "Reading",
    "problem_error",
    "problem_text",
]


class Fields(NamedTuple):
    """Which members of a JSON object, or columns of a table, say what."""

    text: str = "text"
    source: str = "source"
    id: str = "id"


DEFAULT_FIELDS: Final = Fields()


@dataclass(slots=True)
class Batch:
    """Documents that are looked at together, column by column.

    `offsets[i]` is where the i-th stands in its file: bytes of the uncompressed content, or the row.
    `size` counts the bytes that were read for them.
    """

    path: str = ""
    offsets: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    size: int = 0

    def by_source(self) -> "Batch":
        """Return the same documents with those of a source next to each other."""
        if len(set(self.sources)) <= 1:
            return self
        order = sorted(range(len(self.sources)), key=self.sources.__getitem__)
        return Batch(
            self.path,
            [self.offsets[at] for at in order],
            [self.ids[at] for at in order],
            [self.sources[at] for at in order],
            [self.texts[at] for at in order],
            self.size,
        )

    def add(self, offset: int, identity: str, source: str, text: str) -> None:
        """Append one document."""
        self.offsets.append(offset)
        self.ids.append(identity)
        self.sources.append(source)
        self.texts.append(text)


class ProblemKind(StrEnum):
    """Why something was not read."""

    BROKEN_JSON = "broken_json"
    BROKEN_ROW = "broken_row"
    BROKEN_FILE = "broken_file"
    NUL_BYTES = "nul_bytes"
    WRONG_ENCODING = "wrong_encoding"
    TOO_LONG = "too_long"
    MISSING_FIELD = "missing_field"
    TRUNCATED = "truncated"
    NO_FILES = "no_files"
    UNKNOWN_FORMAT = "unknown_format"
    WRONG_NAME = "wrong_name"


PROBLEM_LABELS: Final = {
    ProblemKind.BROKEN_JSON: Text("不是一行完整的 JSON 对象", "not one whole JSON object"),
    ProblemKind.BROKEN_ROW: Text("表格行有误", "a broken row"),
    ProblemKind.BROKEN_FILE: Text("文件无法读取", "the file can't be read"),
    ProblemKind.NUL_BYTES: Text("含 NUL 字节", "NUL bytes"),
    ProblemKind.WRONG_ENCODING: Text("不是 UTF-8 编码", "not UTF-8"),
    ProblemKind.TOO_LONG: Text("一行过长", "a line that is too long"),
    ProblemKind.MISSING_FIELD: Text("缺少正文字段", "the text field is missing"),
    ProblemKind.TRUNCATED: Text("文件不完整", "the file is cut off"),
    ProblemKind.NO_FILES: Text("目录中没有可读的文件", "no file to read in the directory"),
    ProblemKind.UNKNOWN_FORMAT: Text("不认识的文件类型", "an unknown type of file"),
    ProblemKind.WRONG_NAME: Text("文件名不是 UTF-8 编码", "the file's name is not UTF-8"),
}


class Problem(NamedTuple):
    """Something that was not read; `offset` is where it stands in the uncompressed content."""

    path: str
    offset: int
    kind: str
    detail: str = ""


Note = Callable[[Problem], None]
"""What is told of everything that can't be read."""


class Reading(NamedTuple):
    """Which file is read, what its members mean, and who is told what is wrong."""

    path: str
    fields: Fields
    note: Note


def problem_text(problem: Problem) -> Text:
    """Return what could not be read, where, and why."""
    label = PROBLEM_LABELS[ProblemKind(problem.kind)]
    detail = f" ({problem.detail})" if problem.detail else ""
    return Text(
        f"{problem.path}，偏移 {problem.offset}：{label.zh}{detail}",
        f"{problem.path}, offset {problem.offset}: {label.en}{detail}",
    )


def problem_error(problem: Problem) -> BadInputError:
    """Return the error that a strict scan stops with."""
    said = problem_text(problem)
    return BadInputError(
        f"{said.zh}；请修复，或去掉 --strict 跳过并计数。",
        f"{said.en}; mend it, or leave out --strict to count and skip it.",
    )
