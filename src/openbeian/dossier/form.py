"""The filing form: its sections and fields are data, read once from `form.yaml`.

The portal's steps, the command's questions and the API's documentation all come from `FORM`, and
`check_facts` is the one place that says what is wrong with an entry. Facts are a flat mapping from
`section.field` to text (or to a list of choice ids for fields of kind `choices`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import yaml

from openbeian.core.errors import DomainError
from openbeian.core.numbering import check_uscc
from openbeian.core.text import Text
from openbeian.dossier.stated import ROUTES, Route

__all__ = [
    "FIELDS",
    "FORM",
    "Choice",
    "Facts",
    "Field",
    "FieldProblem",
    "Section",
    "check_facts",
    "flatten",
    "form_for",
    "route_of",
]

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
    max_length: int
    choices: tuple[Choice, ...] = ()
    routes: tuple[Route, ...] = ROUTES
    """The routes on which it is asked for."""
    required_on: tuple[Route, ...] = ()
    """The routes on which an office can't do without it."""

    @property
    def takes_several(self) -> bool:
        """Whether several of its choices may be given."""
        return self.kind in {"choices", "confirm"}


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
    routes = _routes(raw.get("routes", True), ROUTES)
    return Field(
        id=f"{section}.{raw['id']}",
        kind=str(raw["kind"]),
        label=_text(raw["label"]),  # type: ignore[arg-type]  # the test of the data proves the shape
        help=_text(raw.get("help")),  # type: ignore[arg-type]
        max_length=int(str(raw.get("max", 200))),
        choices=tuple(Choice(id_, Text(zh, en)) for id_, zh, en in choices),  # type: ignore[attr-defined]
        routes=routes,
        required_on=_routes(raw.get("required", False), routes),
    )


def _routes(written: object, all_: tuple[Route, ...]) -> tuple[Route, ...]:
    """Return the routes that `true`, `false` or a list of them means."""
    if isinstance(written, bool):
        return all_ if written else ()
    assert isinstance(written, list), "routes are a list"
    return tuple(route for route in all_ if route in written)


def _read() -> tuple[Section, ...]:
    raw = yaml.safe_load(files(__package__).joinpath("form.yaml").read_text(encoding="utf-8"))
    return tuple(
        Section(s["id"], _text(s["label"]), _text(s["help"]), tuple(_field(s["id"], f) for f in s["fields"]))
        for s in raw["sections"]
    )


FORM: Final[tuple[Section, ...]] = _read()
FIELDS: Final[Mapping[str, Field]] = MappingProxyType({f.id: f for s in FORM for f in s.fields})


def route_of(facts: Facts) -> Route:
    """Return the route facts belong on: a service that only calls a filed model is registered."""
    return "registration" if facts.get("model.origin") == "called" else "filing"


def form_for(route: Route) -> tuple[Section, ...]:
    """Return the form as one route asks for it."""
    asked = (replace(one, fields=tuple(f for f in one.fields if route in f.routes)) for one in FORM)
    return tuple(section for section in asked if section.fields)


def flatten(nested: Mapping[str, object]) -> dict[str, str | Sequence[str]]:
    """Turn `{section: {field: value}}` into flat facts, as people write it in YAML; flat input is kept.

    An entry with nothing behind it is left out.
    """
    flat: dict[str, str | Sequence[str]] = {}
    for key, value in nested.items():
        entries = value.items() if isinstance(value, Mapping) else [(None, value)]
        for inner, entry in entries:
            name = key if inner is None else f"{key}.{inner}"
            if entry is None:
                continue
            flat[name] = [str(v) for v in entry] if isinstance(entry, list | tuple) else str(entry)
    return flat


_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{6,20}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]+)?")
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
    "percent": (
        lambda v: bool(_PERCENT.fullmatch(v)) and float(v) <= 100,  # noqa: PLR2004  per cent
        Text("填写 0 到 100 的数，如 12.5，不加 %", "Write a number from 0 to 100, such as 12.5, without %"),
    ),
}


def check_facts(facts: Facts, route: Route | None = None) -> Iterator[FieldProblem]:
    """Yield what is wrong with `facts` in the order of the form; entries no field asks for come last.

    Where no route is named, it is the one the facts belong on. What another route asks for is looked
    at where it is filled in, and not missed where it is not.
    """
    on = route or route_of(facts)
    for field in FIELDS.values():
        problem = _problem(field, facts.get(field.id, ""), on)
        if problem:
            yield problem
    for name in sorted(set(facts) - set(FIELDS)):
        unknown = Field(name, "text", Text(name, name), Text("", ""), max_length=0)
        yield FieldProblem(
            unknown,
            Text(f"表中没有「{name}」这一项", f"The form has no entry “{name}”"),
            Text("删去该项，或改为表中的名称", "Remove it or use a name of the form"),
        )


def _problem(field: Field, value: str | Sequence[str], route: Route) -> FieldProblem | None:
    if not value:
        return _missing(field) if route in field.required_on else None
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
    if field.kind == "confirm" and len(set(values)) < len(known):
        return FieldProblem(
            field,
            Text("没有全部勾选", "Not everything is ticked"),
            Text("逐项确认并勾选", "Confirm and tick each"),
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
