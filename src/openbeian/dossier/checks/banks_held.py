"""The banks a run was made with: whole, enough, up to date, without doubles, none question in two of them."""

from collections.abc import Iterator
from datetime import date

from openbeian.assessment import QuestionBank
from openbeian.assessment.banks import BANK_LABELS
from openbeian.banks.checking import Alike, BankCheck, check_bank, find_in_both
from openbeian.core.errors import DomainError
from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_folder
from openbeian.dossier.checks.sheets import age_said, coverage_said
from openbeian.dossier.reading import Remembered

__all__: list[str] = []

_CHECKED: Remembered[BankCheck] = Remembered(most=32)
_BOTH: Remembered[list[Alike]] = Remembered(most=16)
_BANK = Text("更新题库后重新评估", "Mend the bank and assess again")


def _has_day(dossier: Dossier) -> bool:
    return in_folder(dossier) and dossier.on is not None


def _checked(dossier: Dossier) -> Iterator[tuple[QuestionBank, BankCheck]]:
    assert dossier.on is not None
    for bank in dossier.material.banks:
        try:
            yield bank, _check(bank, dossier, dossier.on)
        except DomainError:
            # The bank contradicts what the service is declared to be for, which the evidence's checks say.
            continue


def _check(bank: QuestionBank, dossier: Dossier, on: date) -> BankCheck:
    """Check a bank; comparing every question with every other takes its time, so the same bank once."""
    edition, scope = dossier.edition, dossier.material.scope
    key = (bank.seal.sha256, edition.id, edition.profile_name, on, scope)
    return _CHECKED.of(key, lambda: check_bank(bank, edition, on, scope))


@check(
    "B02",
    clause="8.2–8.3",
    severity="warning",
    title=Text("题库数量达到要求", "The banks hold enough, in all and for each risk or aspect"),
    applies=_has_day,
)
def _enough(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for bank, found in _checked(dossier):
        if found.shortfalls:
            yield report(BANK_LABELS[bank.kind].zh, coverage_said(found.shortfalls), _BANK)


@check(
    "B03",
    clause="8.2–8.3",
    severity="warning",
    title=Text("题库每月更新", "The banks are updated every month"),
    applies=_has_day,
)
def _current(dossier: Dossier, report: Report) -> Iterator[Finding]:
    assert dossier.on is not None
    for bank, found in _checked(dossier):
        if not found.age.is_current(dossier.on):
            yield report(BANK_LABELS[bank.kind].zh, age_said(found.age, dossier.on), _BANK)


@check(
    "B04",
    clause="8.2–8.3",
    severity="warning",
    title=Text("题库内没有几乎相同的题目", "No bank has questions that are almost the same"),
    applies=_has_day,
)
def _no_doubles(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for bank, found in _checked(dossier):
        if found.alike:
            pair = found.alike[0]
            yield report(
                BANK_LABELS[bank.kind].zh,
                Text(
                    f"{len(found.alike)} 对题目几乎相同，如 {pair.first.id} 与 {pair.second.id}",
                    f"{len(found.alike)} pairs are almost the same, such as {pair.first.id} and "
                    f"{pair.second.id}",
                ),
                _BANK,
            )
        if found.headings:
            yield report(
                BANK_LABELS[bank.kind].zh,
                Text(f"{len(found.headings)} 题其实是标题", f"{len(found.headings)} questions are headings"),
                _BANK,
            )


@check(
    "B05",
    clause="8.3",
    severity="error",
    title=Text("没有题目同时在两个拒答题库中", "No question is in both refusal banks"),
    applies=in_folder,
)
def _in_both(dossier: Dossier, report: Report) -> Iterator[Finding]:
    banks, scope = dossier.material.banks, dossier.material.scope
    key = (tuple(bank.seal.sha256 for bank in banks), scope)
    pairs = _BOTH.of(key, lambda: find_in_both([bank.without(scope.left_out) for bank in banks]))
    if pairs:
        yield report(
            pairs[0].first.id,
            Text(
                f"{len(pairs)} 题同时要求拒答和应答，如「{pairs[0].first.text[:30]}」",
                f"{len(pairs)} questions must be refused and answered, such as “{pairs[0].first.text[:30]}”",
            ),
            Text("从其中一个题库删去", "Remove them from one of the two"),
        )


@check(
    "B06",
    clause="9.1 c)",
    severity="warning",
    title=Text(
        "评估所用的题库与关键词库都附有副本", "Copies of the banks and keywords used lie beside the evidence"
    ),
    applies=in_folder,
)
def _copies(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for seal in dossier.material.missing:
        yield report(
            f"{seal.kind}.{seal.sha256[:12]}…",
            Text(
                f"没有 {seal.name} {seal.version} 的副本，或副本被改动",
                f"There is no copy of {seal.name} {seal.version}, or it was changed",
            ),
            Text("把评估目录中的副本一并放入", "Put the copy from the run's directory there"),
        )
