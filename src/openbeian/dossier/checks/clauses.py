"""Every clause has its result, on grounds that hold, and the report says the same."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from openbeian.core.standard import CONCLUSION_LABELS, OVERALL_LABELS, Conclusion
from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_folder
from openbeian.dossier.conclusions import conclude_overall
from openbeian.dossier.reading import Content, plain

__all__: list[str] = []

_SHOWN: Final = 6
_CLAUSES: Final = "clauses"
_LABELS: Final = {
    plain(text): conclusion for conclusion, label in CONCLUSION_LABELS.items() for text in label
}
_SPACES: Final = re.compile(r"\s+")


def _takes_clauses(dossier: Dossier) -> bool:
    return in_folder(dossier) and dossier.stated.route == "filing"


@check(
    "C01",
    clause="9.1 b)",
    severity="error",
    title=Text("每个条款都有结论", "Every clause has its result"),
    applies=_takes_clauses,
)
def _every_clause(dossier: Dossier, report: Report) -> Iterator[Finding]:
    missing = [one.clause for one in dossier.clause_findings if one.conclusion is None]
    if missing:
        shown = "、".join(f"{clause.number} {clause.key}" for clause in missing[:_SHOWN])
        more = "…" if len(missing) > _SHOWN else ""
        yield report(
            _CLAUSES,
            Text(
                f"{len(missing)} 个条款没有结论：{shown}{more}",
                f"{len(missing)} clauses have no result: {shown}{more}",
            ),
            Text(
                "在 dossier.yaml 的 clauses 下逐条写明结论与依据",
                "State each result with its grounds under clauses in dossier.yaml",
            ),
        )


@check(
    "C02",
    clause="9.1 b)",
    severity="error",
    title=Text("结论有依据：证据、理由或整改计划", "Results have grounds: evidence, a reason, or a plan"),
    applies=_takes_clauses,
)
def _grounds(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for one in dossier.clause_findings:
        if one.conclusion is not None and one.todo:
            yield report(
                f"clause {one.clause.number}", one.todo, Text("补上所缺的依据", "Add what is missing")
            )


@check(
    "C03",
    clause="9.1 b)",
    severity="error",
    title=Text("作为证据的文件确实存在", "Files named as evidence are there"),
    applies=_takes_clauses,
)
def _evidence_exists(dossier: Dossier, report: Report) -> Iterator[Finding]:
    assert dossier.root is not None
    names = {one.name for one in dossier.attachments} | {one.path.name for one in dossier.attachments}
    for result in dossier.stated.clauses.values():
        for written in result.evidence:
            if _is_file_name(written) and written not in names and not (dossier.root / written).exists():
                yield report(
                    f"clause {result.clause_id}",
                    Text(f"证据文件「{written}」不存在", f"The evidence “{written}” does not exist"),
                    Text("放入该文件，或改正文件名", "Put the file there, or correct its name"),
                )


def _is_file_name(written: str) -> bool:
    """Say whether evidence is named as a file; it may also be a sentence or an address."""
    return bool(re.fullmatch(r"[^\s：；，。]{1,200}\.[A-Za-z0-9]{2,5}", written)) and "://" not in written


@check(
    "C04",
    clause="9.1 b)",
    severity="error",
    title=Text("提供者的结论不与实测相反", "What the provider concludes does not contradict the figures"),
    applies=_takes_clauses,
)
def _no_contradiction(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for one in dossier.clause_findings:
        if one.contradiction:
            yield report(
                f"clause {one.clause.number}",
                one.contradiction,
                Text(
                    "改为「不符合」并写明理由与计划，或改进后重新评估",
                    "Conclude so with a plan, or improve and assess again",
                ),
            )


@check(
    "C05",
    clause="9.1 b)",
    severity="error",
    title=Text("报告中的逐条结论与依据一致", "The report's clauses have the results they should"),
    applies=_takes_clauses,
)
def _report_agrees(dossier: Dossier, report: Report) -> Iterator[Finding]:
    findings = dossier.clause_findings
    for attached, content in dossier.documents("assessment_report"):
        if content.kind != "docx":
            continue
        for one in findings:
            told = _told(content, one.clause.number, [one.clause.title.zh, one.clause.title.en])
            if told is not None and one.conclusion is not None and told is not one.conclusion:
                label = (
                    CONCLUSION_LABELS[one.conclusion] if one.conclusion else Text("未评估", "not assessed")
                )
                yield report(
                    attached.name,
                    Text(
                        f"条款 {one.clause.number} 写作「{CONCLUSION_LABELS[told].zh}」，应为「{label.zh}」",
                        f"Clause {one.clause.number} is “{CONCLUSION_LABELS[told].en}” here and should be "
                        f"“{label.en}”",
                    ),
                    Text(
                        "改正报告，或在 clauses 下改正结论后重新生成",
                        "Correct the report, or the result under clauses",
                    ),
                )


def _told(content: Content, number: str, titles: Sequence[str]) -> Conclusion | None:
    """Return what a row of a table says of a clause: number or title in one cell, the result in another."""
    named = {plain(number), *(plain(title) for title in titles)}
    for cells in content.plain_rows:
        if _names(cells, named):
            found = [_LABELS[cell] for cell in cells if cell in _LABELS]
            if found:
                return found[0]
    return None


def _names(cells: Sequence[str], named: set[str]) -> bool:
    number, *titles = sorted(named, key=len)
    first = cells[0] if cells else ""
    is_numbered = first == number or (first.startswith(number) and any(title in first for title in titles))
    return is_numbered and any(title in "".join(cells) for title in titles)


@check(
    "C06",
    clause="9.1 d)",
    severity="error",
    title=Text("总体结论与逐条结论一致", "The overall conclusion follows from the clauses"),
    applies=_takes_clauses,
)
def _overall(dossier: Dossier, report: Report) -> Iterator[Finding]:
    overall = conclude_overall(dossier.edition, dossier.clause_findings, dossier.measured).conclusion
    if overall is None:
        return
    right = OVERALL_LABELS[overall]
    wrong = [plain(label.zh) for label in OVERALL_LABELS.values() if label is not right]
    for attached, content in dossier.documents("assessment_report"):
        text = content.plain
        told = [label for label in wrong if label in text]
        if told and plain(right.zh) not in text:
            yield report(
                attached.name,
                Text(
                    f"总体结论写作「{told[0]}」，应为「{right.zh}」",
                    f"The overall conclusion should be “{right.en}”",
                ),
                Text("按逐条结论改正", "Correct it by the results of the clauses"),
            )
