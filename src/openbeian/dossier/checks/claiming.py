"""No document promises more than anybody can hold."""

from collections.abc import Iterator

from openbeian.core.text import Text
from openbeian.dossier.checks.phrases import Found, find_claims
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check
from openbeian.dossier.checks.twins import without_twins

__all__: list[str] = []


def _finding(report: Report, subject: str, found: Found) -> Finding:
    claim = found.claim
    return report(
        subject,
        Text(
            f"出现夸大表述「{found.phrase}」：{claim.reason.zh}",
            f"It over-claims, “{found.phrase}”: {claim.reason.en}",
        ),
        Text(f"改写：{claim.better.zh}", f"Write instead: {claim.better.en}"),
    )


@check(
    "F03",
    clause="7 a)",
    severity="warning",
    title=Text("适用范围不夸大", "The scope claims no more than it can"),
)
def _scope(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for found in find_claims(dossier.fact("service.scope")):
        yield _finding(report, "service.scope", found)


@check(
    "D10",
    clause="filing practice",
    severity="warning",
    title=Text("材料中没有夸大表述", "No document over-claims"),
)
def _documents(dossier: Dossier, report: Report) -> Iterator[Finding]:
    # What the form says is said of the form; the documents that repeat it are not to be mended by themselves.
    said = {found.phrase for found in find_claims(dossier.fact("service.scope"))}
    for attached, content in without_twins(dossier):
        if not content.sheets:
            for found in find_claims(content.text):
                if found.phrase not in said:
                    yield _finding(report, attached.name, found)
