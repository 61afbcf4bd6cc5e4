"""Reading YAML files field by field, so that an error names the file, the entry and the remedy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from openbeian.core.errors import BadInputError
from openbeian.core.standard import Counts, ThresholdValue
from openbeian.core.text import Text

__all__ = ["DATA", "Entry", "available", "read_file"]

DATA = Path(__file__).parent / "data"

_Choice = TypeVar("_Choice", bound=StrEnum)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Entry:
    """One mapping of a file, which knows where it stands."""

    file: str
    where: str
    fields: Mapping[str, object]

    def error(self, zh: str, en: str) -> BadInputError:
        """Return an error that names the file and the entry."""
        place = f"{self.file}: {self.where}" if self.where else self.file
        return BadInputError(f"{place}：{zh}", f"{place}: {en}")

    def has(self, name: str) -> bool:
        """Say whether the field is there and holds something."""
        return self.fields.get(name) is not None

    def string(self, name: str, default: str | None = None) -> str:
        """Return a field that is a word or a line."""
        value = self.fields.get(name, default)
        if not isinstance(value, str):
            raise self.error(f"缺少文字项「{name}」；请补上。", f"“{name}” is missing or no string; add it.")
        return value

    def strings(self, name: str) -> tuple[str, ...]:
        """Return a field that is a list of words; an empty one where it is missing."""
        value = self.fields.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(f"「{name}」应为文字列表。", f"“{name}” must be a list of strings.")
        return tuple(value)

    def day(self, name: str) -> date:
        """Return a field that is a date."""
        value = self.fields.get(name)
        if not isinstance(value, date):
            raise self.error(
                f"「{name}」应为日期，如 2025-04-25。", f"“{name}” must be a date such as 2025-04-25."
            )
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a field that is true or false."""
        value = self.fields.get(name, default)
        if not isinstance(value, bool):
            raise self.error(f"「{name}」应为 true 或 false。", f"“{name}” must be true or false.")
        return value

    def choice(self, name: str, kind: type[_Choice], default: _Choice | None = None) -> _Choice:
        """Return a field that is one of the words of `kind`."""
        value = self.string(name, default)
        if value not in [member.value for member in kind]:
            allowed = ", ".join(member.value for member in kind)
            raise self.error(
                f"「{name}」为「{value}」，应为 {allowed} 之一。",
                f"“{name}” is “{value}” but must be one of {allowed}.",
            )
        return kind(value)

    def text(self, name: str) -> Text:
        """Return a field that is a statement in both languages."""
        entry = self.entry(name)
        if set(entry.fields) != {"zh", "en"}:
            raise entry.error(
                "应当只有 zh 与 en 两项；含逗号的文字须加引号。",
                "It must have zh and en and nothing else; quote a text that has a comma.",
            )
        return Text(entry.string("zh"), entry.string("en"))

    def value(self, name: str) -> ThresholdValue:
        """Return a field that is a threshold's value."""
        value = self.fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        if isinstance(value, dict) and value and all(isinstance(part, int) for part in value.values()):
            return Counts(tuple(value.items()))
        return self.text(name)

    def entry(self, name: str) -> "Entry":
        """Return a field that is a mapping; an empty one where it is missing."""
        return self._entry(name, self.fields.get(name, {}))

    def entries(self, name: str) -> Iterator["Entry"]:
        """Return the mappings of a field that is a list of them; none where it is missing."""
        value = self.fields.get(name, [])
        if not isinstance(value, list):
            raise self.error(f"「{name}」应为列表。", f"“{name}” must be a list.")
        return (self._entry(f"{name}[{index}]", item) for index, item in enumerate(value))

    def named(self) -> Iterator[tuple[str, "Entry"]]:
        """Return every field as a mapping under its name."""
        return ((name, self._entry(name, value)) for name, value in self.fields.items())

    def _entry(self, name: str, value: object) -> "Entry":
        inner = Entry(self.file, f"{self.where}.{name}" if self.where else name, {})
        if not isinstance(value, dict):
            raise inner.error("应为「名: 值」的映射。", "It must be a mapping of names to values.")
        return Entry(inner.file, inner.where, value)


def available(folder: Path) -> tuple[str, ...]:
    """Return the names of the YAML files in a folder, without their endings."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def read_file(path: Path) -> Entry:
    """Read a YAML file whose top level is a mapping.

    Raises:
        BadInputError: The file is missing, is no YAML, or is no mapping.
    """
    if not path.is_file():
        names = available(path.parent)
        raise BadInputError(
            f"没有「{path.stem}」；可用：{'、'.join(names)}。",
            f"There is no “{path.stem}”; available: {', '.join(names)}.",
        )
    try:
        fields = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  the safe loader, in C where built
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise BadInputError(
            f"{path.name} 不是有效的 YAML，请按提示改正：{where}",
            f"{path.name} is no valid YAML; correct it at: {where}",
        ) from error
    if not isinstance(fields, dict):
        raise BadInputError(
            f"{path.name} 的顶层应为映射；请对照现有文件改写。",
            f"{path.name} must be a mapping at its top level; compare it with the files beside it.",
        )
    return Entry(path.name, "", fields)
