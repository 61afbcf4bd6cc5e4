"""The base model is on file, under the number the form gives, and still valid."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import FilingNumber
from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check
from openbeian.dossier.form import route_of
from openbeian.dossier.register_rows import RegisterRow, shipped_rows

__all__: list[str] = []

_FIELD: Final = "model.base_number"
_NOT_VALID: Final = {
    "suspended": Text("暂停", "suspended"),
    "revoked": Text("已撤销", "revoked"),
    "cancelled": Text("已注销", "cancelled"),
    "expired": Text("已到期", "expired"),
}


def _found(dossier: Dossier) -> Sequence[RegisterRow]:
    wanted = _canonical(dossier.fact(_FIELD))
    return [row for row in chain(dossier.register, shipped_rows()) if wanted and row.number == wanted]


def _canonical(written: str) -> str:
    try:
        return str(FilingNumber.parse(written)).casefold()
    except BadInputError:
        return ""


def _rests_on_another(dossier: Dossier) -> bool:
    return bool(dossier.fact(_FIELD)) and dossier.fact("model.origin") != "own"


@check(
    "M01",
    clause="6 a)",
    severity="error",
    title=Text("基座模型备案号格式正确", "The number of the base model is a filing number"),
    applies=_rests_on_another,
)
def _is_number(dossier: Dossier, report: Report) -> Iterator[Finding]:
    try:
        FilingNumber.parse(dossier.fact(_FIELD))
    except BadInputError as error:
        yield report(_FIELD, error.text, Text("对照公开名单改正编号", "Correct it after the public list"))


@check(
    "M02",
    clause="6 a)",
    severity="warning",
    title=Text("基座模型在公开的备案名单中", "The base model is in the public register"),
    applies=_rests_on_another,
)
def _on_file(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if _canonical(dossier.fact(_FIELD)) and not _found(dossier):
        yield report(
            _FIELD,
            Text(
                "随软件附带的名单和所给名单中都没有这个备案号",
                "Neither the rows that ship nor the lists given have this number",
            ),
            Text(
                "核对编号；名单较新的，用 --register 给出最新的公开名单再查",
                "Check the number; where it is newer than the lists, give the newest one with --register",
            ),
            # A registration rests on nothing but this filing.
            "error" if route_of(dossier.facts) == "registration" else None,
        )


@check(
    "M03",
    clause="6 a)",
    severity="error",
    title=Text("基座模型的备案现时有效", "The filing of the base model is valid"),
    applies=_rests_on_another,
)
def _is_valid(dossier: Dossier, report: Report) -> Iterator[Finding]:
    status = next((row.status for row in _found(dossier) if row.status), "")
    if status in _NOT_VALID:
        label = _NOT_VALID[status]
        yield report(
            _FIELD,
            Text(f"该备案{label.zh}", f"That filing is {label.en}"),
            Text("改用备案有效的基座模型", "Use a base model whose filing is valid"),
        )
