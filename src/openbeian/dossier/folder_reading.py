"""The entries of `dossier.yaml`, read one by one; every error names the entry and the remedy."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Final

import yaml

from openbeian.core.errors import BadInputError
from openbeian.core.standard import ClauseResult, Conclusion, Edition
from openbeian.core.text import LANGUAGES, Language
from openbeian.dossier.form import Facts, flatten
from openbeian.dossier.stated import DUTIES, EVENTS, POSTS, ROUTES, Event, Route, Signatory, StaffMember
from openbeian.standards.reading import Entry, read_file

__all__ = [
    "inside",
    "read_clauses",
    "read_events",
    "read_languages",
    "read_nested",
    "read_route",
    "read_signatories",
    "read_staff",
    "read_top",
    "refuse_unknown",
]

_PLAIN: Final = (str, int, float, date, NoneType)
_MOST_BYTES: Final = 4_000_000


def read_top(path: Path) -> Entry:
    """Read the whole file.

    Raises:
        BadInputError: It is missing, too large, or no YAML mapping.
    """
    if not path.is_file():
        raise BadInputError(
            f"{path} 不存在；请先运行 beian dossier new {path.parent}。",
            f"There is no {path}; run beian dossier new {path.parent} first.",
        )
    if path.stat().st_size > _MOST_BYTES:
        raise BadInputError(
            f"{path} 超过 {_MOST_BYTES // 1_000_000} MB；请把材料放入 attachments，只在其中写文件名。",
            f"{path} is larger than {_MOST_BYTES // 1_000_000} MB; put documents into attachments and "
            "name them there.",
        )
    try:
        return read_file(path)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise BadInputError(
            f"{path.name} 读不出（{error}）；请存为 UTF-8，并核对日期等的写法。",
            f"{path.name} can't be read ({error}); save it as UTF-8 and check how dates are written.",
        ) from error


def refuse_unknown(entry: Entry, known: tuple[str, ...]) -> None:
    """Refuse a name that means nothing here: most often it is misspelt, and would be overlooked."""
    unknown = [str(name) for name in entry.fields if name not in known]
    if unknown:
        raise entry.error(
            f"不认识「{'、'.join(unknown)}」；可用：{'、'.join(known)}。",
            f"“{', '.join(unknown)}” is unknown; use {', '.join(known)}.",
        )


def inside(entry: Entry, folder: Path, written: str, *, must_exist: bool = False) -> Path:
    """Return the path an entry means, which lies in the dossier's folder.

    Raises:
        BadInputError: It leaves the folder, or must exist and doesn't.
    """
    path = folder / written
    if Path(written).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        raise entry.error(
            f"「{written}」不在材料目录内；请把文件放入该目录，写相对路径。",
            f"“{written}” leaves the dossier's folder; put the file into it and write the path from there.",
        )
    if must_exist and not path.exists():
        raise entry.error(
            f"文件「{written}」不存在；请放入材料目录，或改正文件名。",
            f"There is no file “{written}”; put it into the dossier's folder or correct the name.",
        )
    return path


def read_nested(entry: Entry) -> Facts:
    """Return facts as people write them, nested or flat.

    Raises:
        BadInputError: An entry is neither a text nor a list of texts.
    """
    nested = {str(name): value for name, value in entry.fields.items()}
    for name, value in nested.items():
        inner = value if isinstance(value, dict) else {"": value}
        for key, one in inner.items():
            if not all(isinstance(part, _PLAIN) for part in (one if isinstance(one, list) else [one])):
                full = f"{name}.{key}" if key else name
                raise entry.error(
                    f"「{full}」应为文字或文字列表。", f"“{full}” must be a text or a list of texts."
                )
    return flatten(nested)


def read_route(top: Entry, facts: Facts) -> Route:
    """Return the route; where nothing is said, a service that only calls a filed model is registered."""
    if not top.has("route"):
        return "registration" if facts.get("model.origin") == "called" else "filing"
    written = top.string("route")
    for route in ROUTES:
        if route == written:
            return route
    raise top.error(
        f"route 为「{written}」，应为 filing（备案）或 registration（登记）。",
        f"route is “{written}” but must be filing or registration.",
    )


def read_languages(top: Entry) -> tuple[Language, ...]:
    """Return the languages of the documents, Chinese first; Chinese alone where nothing is said."""
    written = top.fields.get("languages", ["zh"])
    named = [written] if isinstance(written, str) else written
    if not isinstance(named, list) or not named or any(one not in LANGUAGES for one in named):
        raise top.error("languages 应为 zh、en 的列表。", "languages must be a list of zh and en.")
    return tuple(one for one in LANGUAGES if one in named)


def read_clauses(top: Entry, edition: Edition) -> Mapping[str, ClauseResult]:
    """Return the results of clauses; each may be named by its id or by its key, equal in every edition."""
    by_name = {name: one.id for one in edition.clauses if one.assessed for name in (one.key, one.id)}
    results: dict[str, ClauseResult] = {}
    for name, entry in top.entry("clauses").named():
        clause_id = by_name.get(str(name))
        if clause_id is None:
            raise entry.error(
                f"{edition.name} 中没有要给结论的条款「{name}」；条款见 beian standard show。",
                f"{edition.name} has no clause “{name}” that takes a result; beian standard show lists them.",
            )
        if clause_id in results:
            raise entry.error("这一条款写了两次；请只留一处。", "This clause is given twice; keep one.")
        results[clause_id] = _result(clause_id, entry)
    return MappingProxyType(results)


def _result(clause_id: str, entry: Entry) -> ClauseResult:
    refuse_unknown(entry, ("conclusion", "evidence", "reason", "plan", "equivalent_measure"))
    return ClauseResult(
        clause_id,
        entry.choice("conclusion", Conclusion),
        evidence=entry.strings("evidence"),
        reason=entry.string("reason", ""),
        plan=entry.string("plan", ""),
        equivalent_measure=entry.string("equivalent_measure", ""),
    )


def read_staff(top: Entry) -> tuple[StaffMember, ...]:
    """Return who annotates, reviews and monitors."""
    return tuple(_staff(top))


def _staff(top: Entry) -> Iterator[StaffMember]:
    for entry in top.entries("staff"):
        refuse_unknown(entry, ("name", "duty", "tasks", "trained_on", "examined_on"))
        duty = entry.string("duty")
        if duty not in DUTIES:
            raise entry.error(
                f"duty 为「{duty}」，应为 {'、'.join(DUTIES)} 之一。",
                f"duty is “{duty}” but must be one of {', '.join(DUTIES)}.",
            )
        yield StaffMember(
            entry.string("name"),
            duty,
            entry.strings("tasks"),
            _day(entry, "trained_on"),
            _day(entry, "examined_on"),
        )


def _day(entry: Entry, name: str) -> date | None:
    return entry.day(name) if entry.has(name) else None


def read_signatories(top: Entry, facts: Facts) -> tuple[Signatory, ...]:
    """Return who signs; a name that is not given here is that of the form."""
    given = top.entry("signatories")
    refuse_unknown(given, tuple(POSTS))
    return tuple(_signatory(post, given.entry(post), facts) for post in POSTS)


def _signatory(post: str, entry: Entry, facts: Facts) -> Signatory:
    refuse_unknown(entry, ("name", "position"))
    name = entry.string("name", str(facts.get(f"provider.{post}", "")))
    return Signatory(post, name, entry.string("position", ""))


def read_events(top: Entry) -> tuple[Event, ...]:
    """Return the changes of the service and its end, from which terms count."""
    return tuple(_event(entry) for entry in top.entries("events"))


def _event(entry: Entry) -> Event:
    refuse_unknown(entry, ("kind", "on", "reported_on"))
    kind = entry.string("kind")
    if kind not in EVENTS:
        raise entry.error(
            f"kind 为「{kind}」，应为 {'、'.join(EVENTS)} 之一。",
            f"kind is “{kind}” but must be one of {', '.join(EVENTS)}.",
        )
    return Event(kind, entry.day("on"), _day(entry, "reported_on"))
