"""What the page of the lifecycle says of petitions, terms and reasons, from their tables and data."""

from collections.abc import Callable, Iterable, Sequence

from openbeian.core.petitions import PETITION_RULES, PetitionKind, levels_of
from openbeian.core.statuses import STATUS_LABELS
from openbeian.core.terms import DayKind
from openbeian.core.text import Text
from openbeian.standards import load_reasons, load_terms

__all__ = ["parts"]

_LEVELS = {"provincial": Text("省级", "province"), "national": Text("国家", "nation")}
_DAYS = {DayKind.WORKING: Text("工作日", "working days"), DayKind.CALENDAR: Text("日", "calendar days")}
_Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]


def parts(table: _Table) -> list[str]:
    """Return the sections, each table written by `table`."""
    return [
        "## 事项的种类 · Kinds of petition",
        table(["种类 kind", "中文", "English", "何时可提 · asked while", "由谁决定 · decided by"], _kinds()),
        "## 期限 · Terms",
        table(["期限 term", "中文", "English", "天数 · days", "自 · from", "依据 · basis"], _terms()),
        "## 理由 · Reasons",
        table(["代码 code", "中文", "English", "用于 · for", "依据 · basis"], _reasons()),
    ]


def _kinds() -> Iterable[Sequence[str]]:
    for kind, rule in PETITION_RULES.items():
        yield [
            f"`{kind}`",
            *rule.label,
            "、".join(_both(STATUS_LABELS[one]) for one in rule.about),
            _levels(kind),
        ]


def _levels(kind: PetitionKind) -> str:
    if kind is PetitionKind.RECONSIDERATION:
        return "原决定机关 · whoever decided"
    filed, registered = (
        " → ".join(_both(_LEVELS[one]) for one in levels_of(kind, route=route, decided_at="provincial"))
        for route in ("filing", "registration")
    )
    return filed if filed == registered else f"备案 filing: {filed}；登记 registration: {registered}"


def _terms() -> Iterable[Sequence[str]]:
    for term in load_terms().values():
        days = _DAYS[term.kind]
        yield [
            f"`{term.id}`",
            *term.text,
            f"{term.days} {days.zh} · {days.en}",
            _both(term.since),
            _both(term.basis),
        ]


def _reasons() -> Iterable[Sequence[str]]:
    for reason in load_reasons():
        uses = ", ".join(f"`{use}`" for use in sorted(reason.uses))
        yield [f"`{reason.code}`", *reason.text, uses, _both(reason.basis)]


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"
