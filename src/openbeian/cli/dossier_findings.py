"""Findings of checks as people read them: errors first, each with where it is and what to do."""

from collections.abc import Sequence

from rich.markup import escape

from openbeian.cli.console import out, say
from openbeian.core.text import Text
from openbeian.dossier.checks import CHECKS, Finding
from openbeian.dossier.form import FIELDS
from openbeian.dossier.kinds import ATTACHMENT_KINDS, DOCUMENT_KINDS

__all__ = ["print_findings"]

_SEVERITIES = {
    "error": (Text("错误：改正前不能提交", "Errors: mend them before handing it in"), "red"),
    "warning": (Text("警告：审查时会被退回补正", "Warnings: an office would send these back"), "yellow"),
    "note": (Text("说明：由人留意", "Notes: for people to look at"), "dim"),
}

_NO_CLAUSES = {
    "filing practice": Text("备案实践", "filing practice"),
    "CAC announcement": Text("网信办公告", "announcement of the CAC"),
    "none": Text("无对应条款", "in no clause"),
}


def print_findings(findings: Sequence[Finding], *, of: str) -> None:
    """Print the findings on what is called `of`."""
    for severity, (title, style) in _SEVERITIES.items():
        own = [finding for finding in findings if finding.severity == severity]
        if own:
            out.print(f"[{style}]{say(title)} · {len(own)}[/]")
        for finding in own:
            subject = f"{say(_subject(finding))}：" if finding.subject else ""
            out.print(
                f"  [bold]{finding.check_id}[/] {escape(subject)}{escape(say(finding.found))}", soft_wrap=True
            )
            clause = say(_clause(finding))
            out.print(f"      → {escape(say(finding.mend))} [dim]({escape(clause)})[/]", soft_wrap=True)
    if not any(finding.severity != "note" for finding in findings):
        counted = sum(one.severity != "note" for one in CHECKS.values())
        fine = say(Text(f"{counted} 项检查没有发现问题", f"{counted} checks found nothing wrong"))
        out.print(f"[green]{fine}[/] · {escape(of)}", soft_wrap=True)


def _subject(finding: Finding) -> Text:
    """Return what a finding is about in words: an entry of the form, a document, or as it is called."""
    subject = finding.subject
    if subject in FIELDS:
        return FIELDS[subject].label
    if subject in DOCUMENT_KINDS:
        return DOCUMENT_KINDS[subject].name
    return ATTACHMENT_KINDS.get(subject, Text(subject, subject))


def _clause(finding: Finding) -> Text:
    """Return what a finding rests on in words; not everything an office asks for is in a clause."""
    clause = finding.clause
    return _NO_CLAUSES.get(clause, Text(f"条款 {clause}", f"clause {clause}"))
