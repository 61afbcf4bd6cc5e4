"""Where something stands in a list, and where a list comes from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from openbeian.core.text import Text

__all__ = ["SERIES_LABELS", "Place", "Series", "Source"]


class Series(StrEnum):
    """The two routes, each with numbers and sequences of its own; they are never mixed or added."""

    FILING = "filing"
    REGISTRATION = "registration"


SERIES_LABELS: Final = {
    Series.FILING: Text("备案", "filing"),
    Series.REGISTRATION: Text("登记", "registration"),
}

_PARTS: Final = {
    "table": Text("第 {name} 个表格", "table {name}"),
    "page": Text("第 {name} 页", "page {name}"),
    "sheet": Text("工作表「{name}」", "sheet “{name}”"),
}


class Place(NamedTuple):
    """A place in a list: its file, a part of it (`sheet`, `table`, `page` and which), and the row from 1.

    Row 0 means the part as a whole.
    """

    file: str
    row: int = 0
    part: str = ""
    name: str = ""

    @property
    def said(self) -> Text:
        """Say where it is."""
        part = _PARTS[self.part].fill(name=self.name) if self.part else None
        zh = [self.file, part.zh if part else "", f"第 {self.row} 行" if self.row else ""]
        en = [self.file, part.en if part else "", f"row {self.row}" if self.row else ""]
        return Text(" ".join(filter(None, zh)), ", ".join(filter(None, en)))

    def __str__(self) -> str:
        """Return where it is, in no language: `list.xlsx / 名单 / 12`."""
        return " / ".join(filter(None, (self.file, self.name, str(self.row or ""))))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field was read: the list's name, the SHA-256 of the file in hex, and the place in it."""

    name: str
    sha256: str
    place: Place
