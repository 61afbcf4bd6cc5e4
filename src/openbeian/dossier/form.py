"""The filing form: its sections and fields are data, read once from `form.yaml`.

The portal's steps, the command's questions and the API's documentation all come from `FORM`, and
`check_facts` is the one place that says what is wrong with an entry. Facts are a flat mapping from
`section.field` to text (or to a list of choice ids for fields of kind `choices`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import yaml

from openbeian.core.errors import DomainError
from openbeian.core.numbering import check_uscc
from openbeian.core.text import Text

__all__ = ["FIELDS", "FORM", "Choice", "Facts", "Field", "FieldProblem", "Section", "check_facts", "flatten"]

Facts = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values a field may take."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of the form; `id` is `section.field`."""

    id: str
    kind: str
    label: Text
    help: Text
    required: bool
    max_length: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A group of fields that belong together; one step of the guided form."""

    id: str
    label: Text
    help: Text
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one entry, and how to mend it."""

    field: Field
    found: Text
    mend: Text
    missing: bool = False


def _text(raw: Mapping[str, str] | None) -> Text:
    return Text(raw["zh"], raw["en"]) if raw else Text("", "")


def _field(section: str, raw: Mapping[str, object]) -> Field:
    choices = raw.get("choices", [])
    return Field(
        id=f"{section}.{raw['id']}",
        kind=str(raw["kind"]),
        label=_text(raw["label"]),  # type: ignore[arg-type]  # the test of the data proves the shape
        help=_text(raw.get("help")),  # type: ignore[arg-type]
        required=bool(raw["required"]),
        max_length=int(str(raw.get("max", 200))),
        choices=tuple(Choice(id_, Text(zh, en)) for id_, zh, en in choices),  # type: ignore[attr-defined]
    )


def _read() -> tuple[Section, ...]:
    raw = yaml.safe_load(files(__package__).joinpath("form.yaml").read_text(encoding="utf-8"))
    return tuple(
        Section(s["id"], _text(s["label"]), _text(s["help"]), tuple(_field(s["id"], f) for f in s["fields"]))
        for s in raw["sections"]
    )


FORM: Final[tuple[Section, ...]] = _read()
FIELDS: Final[Mapping[str, Field]] = MappingProxyType({f.id: f for s in FORM for f in s.fields})


def flatten(nested: Mapping[str, object]) -> dict[str, str | Sequence[str]]:
    """Turn `{section: {field: value}}` (as people write it in YAML) into flat facts; flat input is kept."""
    flat: dict[str, str | Sequence[str]] = {}
    for key, value in nested.items():
        entries = value.items() if isinstance(value, Mapping) else [(None, value)]
        for inner, entry in entries:
            name = key if inner is None else f"{key}.{inner}"
            flat[name] = [str(v) for v in entry] if isinstance(entry, list | tuple) else str(entry)
    return flat


_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{6,20}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LATIN = re.compile(r"[A-Za-z0-9]+")


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


_FORMATS: Final[Mapping[str, tuple[Callable[[str], bool], Text]]] = {
    "url": (
        _is_url,
        Text(
            "填写以 http:// 或 https:// 开头的完整网址",
            "Give a full address starting with http:// or https://",
        ),
    ),
    "date": (_is_date, Text("按 2026-11-23 的格式填写日期", "Write the date as 2026-11-23")),
    "phone": (
        lambda v: bool(_PHONE.fullmatch(v)),
        Text("只用数字、空格、括号和连字符", "Use digits, spaces, brackets and hyphens only"),
    ),
    "email": (
        lambda v: bool(_EMAIL.fullmatch(v)),
        Text("填写形如 name@example.com 的邮箱", "Write it like name@example.com"),
    ),
    "latin": (
        lambda v: bool(_LATIN.fullmatch(v)),
        Text("只用字母和数字，不含空格", "Use letters and digits only, no spaces"),
    ),
    "number": (lambda v: v.isdecimal(), Text("只填数字", "Digits only")),
}


def check_facts(facts: Facts) -> Iterator[FieldProblem]:
    """Yield what is wrong with `facts` in the order of the form; entries no field asks for come last."""
    for field in FIELDS.values():
        problem = _problem(field, facts.get(field.id, ""))
        if problem:
            yield problem
    for name in sorted(set(facts) - set(FIELDS)):
        unknown = Field(
            name, "text", Text(name, name), Text("", ""), required=False, max_length=0, choices=()
        )
        yield FieldProblem(
            unknown,
            Text(f"表中没有「{name}」这一项", f"The form has no entry “{name}”"),
            Text("删去该项，或改为表中的名称", "Remove it or use a name of the form"),
        )


def _problem(field: Field, value: str | Sequence[str]) -> FieldProblem | None:
    if not value:
        return _missing(field) if field.required else None
    if field.choices:
        return _choice_problem(field, [value] if isinstance(value, str) else value)
    if not isinstance(value, str):
        return FieldProblem(
            field, Text("只能填一个值", "Only one value is possible"), Text("只留一个", "Keep one")
        )
    if len(value) > field.max_length:
        return FieldProblem(
            field,
            Text(
                f"有 {len(value)} 个字，上限 {field.max_length}",
                f"{len(value)} characters; the limit is {field.max_length}",
            ),
            Text("缩短文字，细节放入附件", "Shorten it; put details into an attachment"),
        )
    return _format_problem(field, value)


def _missing(field: Field) -> FieldProblem:
    return FieldProblem(
        field,
        Text(f"「{field.label.zh}」未填写", f"“{field.label.en}” is empty"),
        Text("填写该项", "Fill it in"),
        missing=True,
    )


def _choice_problem(field: Field, values: Sequence[str]) -> FieldProblem | None:
    known = {choice.id for choice in field.choices}
    wrong = [value for value in values if value not in known]
    if wrong:
        return FieldProblem(
            field,
            Text(f"不认识的选项：{'、'.join(wrong)}", f"Unknown choice: {', '.join(wrong)}"),
            Text(f"可选：{'、'.join(sorted(known))}", f"Choose from: {', '.join(sorted(known))}"),
        )
    if field.kind == "choice" and len(values) > 1:
        return FieldProblem(
            field, Text("只能选一项", "Only one choice is possible"), Text("只留一项", "Keep one")
        )
    return None


def _format_problem(field: Field, value: str) -> FieldProblem | None:
    if field.kind == "uscc":
        try:
            check_uscc(value)
        except DomainError as error:
            return FieldProblem(field, error.text, Text("对照营业执照更正", "Correct it from the licence"))
        return None
    is_right, mend = _FORMATS.get(field.kind, (None, None))
    if is_right is None or mend is None or is_right(value):
        return None
    return FieldProblem(field, Text(f"「{value}」格式不对", f"“{value}” has the wrong format"), mend)
