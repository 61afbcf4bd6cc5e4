"""Where questions and keywords stand in imported files: the office's tables, our own, public sets.

What the categories of the public sets mean in Annex A is data, in `public_sets.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from openbeian.assessment import BankKind
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["PUBLIC", "PUBLIC_SETS", "Columns", "Layout", "keyword_layouts", "public_set", "question_layouts"]

PUBLIC: Final = "public:"
"""What a format's name begins with that is a public set."""
PUBLIC_SETS: Final = Path(__file__).with_name("public_sets.yaml")


@dataclass(frozen=True, slots=True)
class Columns:
    """One shape of a file: the column of the text, those of its categories (the narrower first), its id."""

    text: str
    labels: tuple[str, ...]
    id: str = ""
    number: str = ""
    """A running number that only becomes an id with the bank's prefix before it."""
    language: str = ""
    turns: str = ""
    """Of JSON lines: the list of what the user says, in place of the text or beside it."""
    options: str = ""
    """Answers to choose from, which are put below the question."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The shapes a kind of file comes in, and for a public set what its categories mean."""

    name: str
    columns: tuple[Columns, ...]
    title: Text | None = None
    licence: str = ""
    language: str = ""
    kinds: tuple[BankKind, ...] = tuple(BankKind)
    only: tuple[str, str] | None = None
    """A column and what it must hold for a row to belong to this kind of bank."""
    meanings: Mapping[str, tuple[str, ...]] | None = None
    """For each category the risks or aspects it may stand for: one, several, or none."""


def question_layouts(kind: BankKind) -> Mapping[str, Layout]:
    """Return the layouts of question files by name: the office's tables, and CSV or JSONL like our own."""
    office = Columns("测试题", ("二级分类",), id="编号", number="序号", language="语言")
    members = ("risk", "aspect") if kind is BankKind.SHOULD_REFUSE else (kind.member,)
    ours = tuple(Columns("text", (member,), id="id", language="lang", turns="turns") for member in members)
    return {name: Layout(name, (office,) if name == "office" else ours) for name in _NAMES}


def keyword_layouts() -> Mapping[str, Layout]:
    """Return the layouts of keyword files by name."""
    office = Columns("关键词", ("二级分类",))
    ours = Columns("term", ("risk",))
    return {name: Layout(name, (office if name == "office" else ours,)) for name in _NAMES}


_NAMES: Final = ("office", "csv", "jsonl")


def public_set(name: str, kind: BankKind) -> Layout:
    """Return the layout of a public set for one kind of bank.

    Raises:
        BadInputError: There is no such set, or it is not fit for this kind of bank.
    """
    sets = _public_sets()
    if name not in sets:
        raise BadInputError(
            f"不认识公开题集「{name}」；可用：{'、'.join(sets)}。",
            f"There is no public set “{name}”; use one of {', '.join(sets)}.",
        )
    entry = sets[name]
    if kind not in entry["kinds"]:
        raise BadInputError(
            f"公开题集「{name}」不适合「{kind}」；可用作：{'、'.join(entry['kinds'])}。",
            f"The public set “{name}” is not fit for “{kind}”; use it for {', '.join(entry['kinds'])}.",
        )
    only = next(iter(entry.get("only", {}).get(kind, {}).items()), None)
    return Layout(
        PUBLIC + name,
        tuple(_columns(shape) for shape in entry["columns"]),
        title=Text(**entry["title"]),
        licence=entry["licence"],
        language=entry["language"],
        kinds=tuple(map(BankKind, entry["kinds"])),
        only=only,
        meanings={label: _meant(value) for label, value in entry.get(kind.member + "s", {}).items()},
    )


@lru_cache
def _public_sets() -> dict[str, dict[str, Any]]:
    sets: dict[str, dict[str, Any]] = yaml.safe_load(PUBLIC_SETS.read_text(encoding="utf-8"))
    return sets


def _columns(shape: Mapping[str, Any]) -> Columns:
    return Columns(**{**shape, "labels": tuple(shape["labels"])})


def _meant(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
