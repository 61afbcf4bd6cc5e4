"""One line of evidence: what was recorded, when, and the hash of the line before.

A line is RFC 8785 JSON, `{"at", "body", "kind", "prev", "seq"}`, UTF-8, ended by a line feed. `prev` is
the SHA-256 of the previous line without its line feed, 64 zeros in the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import orjson

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence.canonical import canonical_json

__all__ = ["FIRST_PREV", "Record", "RecordKind", "canonical_line", "parse_line", "record_error"]

FIRST_PREV: Final = "0" * 64
_MEMBERS: Final = {"at", "body", "kind", "prev", "seq"}


class RecordKind(StrEnum):
    """What a line says."""

    COMMITMENT = "commitment"
    DRAW = "draw"
    ANSWER = "answer"
    ERROR = "error"
    VERDICT = "verdict"
    INSPECTION = "inspection"
    CALIBRATION = "calibration"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Record:
    """One line of an evidence file; `seq` counts from 0, so it stands in line `seq + 1`."""

    at: datetime
    kind: RecordKind
    seq: int
    prev: str
    body: Mapping[str, Any]

    @property
    def line(self) -> int:
        """The number of the line this record stands in."""
        return self.seq + 1

    def string(self, name: str) -> str:
        """Return a member of the body that is a string."""
        value = self.body.get(name)
        if not isinstance(value, str):
            raise self._lacks(name, Text("字符串", "a string"))
        return value

    def integer(self, name: str) -> int:
        """Return a member of the body that is a whole number."""
        value = self.body.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._lacks(name, Text("整数", "a whole number"))
        return value

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return a member of the body that is an object."""
        value = self.body.get(name)
        if not isinstance(value, dict):
            raise self._lacks(name, Text("对象", "an object"))
        return value

    def _lacks(self, name: str, kind: Text) -> BadInputError:
        return record_error(
            self.line,
            Text(
                f"「{self.kind}」记录的「{name}」应为{kind.zh}",
                f"“{name}” of a “{self.kind}” record must be {kind.en}",
            ),
        )


def record_error(line: int, what: Text) -> BadInputError:
    """Return the error that evidence is wrong in a line."""
    return BadInputError(
        f"评估证据第 {line} 行：{what.zh}；证据不可改动，请找回原文件或重新评估。",
        f"Evidence, line {line}: {what.en}; evidence can't be edited, so find the original or run again.",
    )


def canonical_line(record: Record) -> bytes:
    """Return the record's bytes, without the line feed."""
    return canonical_json(
        {
            "at": record.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "body": dict(record.body),
            "kind": record.kind.value,
            "prev": record.prev,
            "seq": record.seq,
        }
    )


def parse_line(line: bytes, number: int) -> Record:
    """Return the record of a line without its line feed; `number` is that of the line, from 1.

    Raises:
        BadInputError: It is no record.
    """
    try:
        members = orjson.loads(line)
        if not isinstance(members, dict) or members.keys() != _MEMBERS:
            raise _no_record(number)
        at = datetime.fromisoformat(members["at"])
        record = Record(at, RecordKind(members["kind"]), members["seq"], members["prev"], members["body"])
    except (ValueError, TypeError) as error:
        raise _no_record(number) from error
    shaped = isinstance(record.body, dict) and type(record.seq) is int and isinstance(record.prev, str)
    if not shaped or at.tzinfo is None:
        raise _no_record(number)
    return record


def _no_record(number: int) -> BadInputError:
    return record_error(number, Text("不是一条证据记录", "this is no record of evidence"))
