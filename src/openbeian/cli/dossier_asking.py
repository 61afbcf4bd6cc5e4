"""Asking for the entries of the form one by one: label, help, choices by number; again where one is wrong."""

from collections.abc import Callable, Sequence
from typing import Final

import click

from openbeian.cli.console import error_console, say
from openbeian.core.text import Text
from openbeian.dossier.form import Facts, Field, FieldProblem, check_facts, form_for, route_of

__all__ = ["ask_for_facts"]

_HOW: Final = Text(
    "直接回车跳过，之后可再填；Ctrl-C 结束，已填的会保留。",
    "Enter alone skips an entry for now; Ctrl-C ends and keeps what you entered.",
)
_NUMBERS: Final = Text("填编号，多项用逗号分隔", "Numbers, with commas between several")
_NUMBER: Final = Text("填编号", "Its number")

_Entry = str | list[str]


def ask_for_facts(given: Facts, *, keep: Callable[[Facts], None]) -> bool:
    """Ask for what is missing or wrong, and for everything not yet reached; keep each answer at once.

    Args:
        given: What was entered before.
        keep: Called with all facts after each answer.

    Returns:
        Whether the end of the form was reached; False where the person stopped.
    """
    facts: dict[str, str | Sequence[str]] = dict(given)
    error_console.print(say(_HOW), style="dim")
    asked: set[str] = set()
    try:
        while (field := _next(facts, asked)) is not None:
            asked.add(field.id)
            entry = _ask(field, facts)
            if entry:
                facts[field.id] = entry
                keep(facts)
    except (click.Abort, EOFError, KeyboardInterrupt):
        error_console.print()
        return False
    return True


def _next(facts: Facts, asked: set[str]) -> Field | None:
    """Return the next entry to ask for: the route, and so the form, depends on what was entered."""
    fields = [field for section in form_for(route_of(facts)) for field in section.fields]
    reached = max((at for at, field in enumerate(fields) if field.id in facts), default=-1)
    wrong = {problem.field.id for problem in check_facts(facts)}
    for at, field in enumerate(fields):
        if field.id not in asked and (field.id in wrong or (at > reached and field.id not in facts)):
            return field
    return None


def _ask(field: Field, facts: Facts) -> _Entry:
    _introduce(field, facts)
    while True:
        typed = str(click.prompt("", default="", show_default=False, prompt_suffix="> ", err=True)).strip()
        entry = _read(field, typed)
        problem = _problem(field, entry) if entry else None
        if problem is None:
            return entry
        error_console.print(f"{say(problem.found)} — {say(problem.mend)}", style="red", markup=False)


def _introduce(field: Field, facts: Facts) -> None:
    error_console.print()
    optional = "" if route_of(facts) in field.required_on else say(Text("（选填）", " (optional)"))
    error_console.print(f"{say(field.label)}{optional}", style="bold", markup=False)
    if field.help.zh:
        error_console.print(say(field.help), style="dim", markup=False)
    for number, choice in enumerate(field.choices, 1):
        error_console.print(f"  {number}  {say(choice.label)}", markup=False)
    if field.choices:
        error_console.print(say(_NUMBERS if field.takes_several else _NUMBER), style="dim")


def _read(field: Field, typed: str) -> _Entry:
    """Return what was typed; numbers and ids of choices become ids."""
    if not field.choices or not typed:
        return typed
    by_number = {str(number): choice.id for number, choice in enumerate(field.choices, 1)}
    ids = [
        by_number.get(part, part) for part in typed.replace("，", ",").replace(" ", ",").split(",") if part
    ]
    return ids if field.takes_several else ids[0]


def _problem(field: Field, entry: _Entry) -> FieldProblem | None:
    found = (one for one in check_facts({field.id: entry}) if one.field.id == field.id)
    return next(found, None)
