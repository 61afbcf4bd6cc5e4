"""The members of a JSON object, taken out by name and type; whatever is amiss is malformed."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import JSONValue, decode_base64

__all__ = ["Fields", "format_instant", "parse_instant"]

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MAX_TEXT: Final = 1000


def format_instant(at: datetime) -> str:
    """Write an aware instant as RFC 3339 in UTC, to the second, or to the microsecond where it has any."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant in UTC.

    Raises:
        MalformedError: It is not one, or names another time zone.
    """
    try:
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass  # a thirteenth month: the same fault as a wrong shape
    raise MalformedError(f"“{text[:40]}”不是 UTC 时间", f'"{text[:40]}" is not an instant in UTC')


class Fields:
    """Typed access to the members of one JSON object; each method raises `MalformedError`."""

    __slots__ = ("_members", "_where")

    def __init__(self, value: JSONValue, where: str) -> None:
        """Take `value`, which must be an object, and the name to give it in messages."""
        if not isinstance(value, dict):
            raise MalformedError(f"{where} 应为 JSON 对象", f"{where} should be a JSON object")
        self._members = value
        self._where = where

    def check_only(self, *names: str) -> None:
        """Check that there are no members but `names`."""
        for name in self._members:
            if name not in names:
                raise self._fault(name, "是多余的", "is not expected")

    def has(self, name: str) -> bool:
        """Say whether the member is there at all."""
        return name in self._members

    def is_null(self, name: str) -> bool:
        """Say whether the member is there and null."""
        return self._member(name) is None

    def text(self, name: str, *, max_length: int = _MAX_TEXT) -> str:
        """Return a string that is not empty and not too long."""
        value = self._member(name)
        if not isinstance(value, str) or not 0 < len(value) <= max_length:
            raise self._fault(
                name, f"应为 1–{max_length} 字的文本", f"should be text of 1–{max_length} characters"
            )
        return value

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """Return a string that is one of `allowed`."""
        value = self.text(name)
        if value not in allowed:
            listed = ", ".join(allowed)
            raise self._fault(name, f"应为其中之一：{listed}", f"should be one of {listed}")
        return value

    def integer(self, name: str, *, minimum: int = 0) -> int:
        """Return a whole number not below `minimum`."""
        value = self._member(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise self._fault(
                name, f"应为不小于 {minimum} 的整数", f"should be a whole number of at least {minimum}"
            )
        return value

    def boolean(self, name: str) -> bool:
        """Return true or false."""
        value = self._member(name)
        if not isinstance(value, bool):
            raise self._fault(name, "应为 true 或 false", "should be true or false")
        return value

    def day(self, name: str) -> date:
        """Return a date written YYYY-MM-DD."""
        value = self.text(name)
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass  # the 31st of February: the same fault as a wrong shape
        raise self._fault(name, "应为 YYYY-MM-DD 的日期", "should be a date, YYYY-MM-DD")

    def instant(self, name: str) -> datetime:
        """Return an instant in UTC."""
        return parse_instant(self.text(name))

    def sha256(self, name: str) -> str:
        """Return a SHA-256 in lower-case hexadecimal."""
        value = self.text(name)
        if not _SHA256.fullmatch(value):
            raise self._fault(name, "应为十六进制 SHA-256", "should be a SHA-256 in hexadecimal")
        return value

    def binary(self, name: str) -> bytes:
        """Return bytes written in base64, none at all included."""
        value = self._member(name)
        if not isinstance(value, str):
            raise self._fault(name, "应为 base64 文本", "should be base64 text")
        return decode_base64(value, f"{self._where}.{name}")

    def object_(self, name: str) -> "Fields":
        """Return the members of an object within."""
        return Fields(self._member(name), f"{self._where}.{name}")

    def objects(self, name: str, *, max_count: int) -> list["Fields"]:
        """Return the objects of an array that is not too long."""
        value = self._member(name)
        if not isinstance(value, list) or len(value) > max_count:
            raise self._fault(
                name, f"应为至多 {max_count} 项的数组", f"should be an array of at most {max_count} items"
            )
        return [Fields(item, f"{self._where}.{name}[{index}]") for index, item in enumerate(value)]

    def strings(self, name: str, *, max_count: int) -> list[str]:
        """Return the strings of an array that is not too long."""
        value = self._member(name)
        texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else None
        if texts is None or not isinstance(value, list) or len(texts) != len(value) or len(texts) > max_count:
            raise self._fault(
                name, f"应为至多 {max_count} 个文本的数组", f"should be an array of at most {max_count} texts"
            )
        return texts

    def texts(self, name: str) -> dict[str, str]:
        """Return an object within whose members are all strings."""
        inner = self.object_(name)
        return {key: inner.text(key) for key in inner._members}  # noqa: SLF001  its own class

    def raw(self, name: str) -> dict[str, JSONValue]:
        """Return an object within as it is."""
        return self.object_(name)._members  # noqa: SLF001  its own class

    def _member(self, name: str) -> JSONValue:
        if name not in self._members:
            raise self._fault(name, "缺失", "is missing")
        return self._members[name]

    def _fault(self, name: str, zh: str, en: str) -> MalformedError:
        return MalformedError(f"{self._where}.{name[:40]} {zh}", f"{self._where}.{name[:40]} {en}")
