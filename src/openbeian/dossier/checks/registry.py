"""The registry of checks and the values they work on.

A check is a function from a `Dossier` to the findings it makes. Severities: `error` keeps a dossier
from being submitted (something is missing or can't be read), `warning` is what a reviewer would send
back, `note` is for information.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from openbeian.core.text import Text
from openbeian.dossier.checks.dossier import Attached, Dossier
from openbeian.standards.reading import Entry

__all__ = [
    "CHECKS",
    "Attached",
    "Check",
    "Dossier",
    "Finding",
    "Report",
    "Severity",
    "always",
    "check",
    "check_of",
    "in_folder",
    "in_whole",
    "run_checks",
]

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, where, and how to mend it."""

    check_id: str
    severity: Severity
    clause: str
    subject: str
    found: Text
    mend: Text

    def as_json(self) -> dict[str, object]:
        """Return the finding as JSON values."""
        return {
            "check": self.check_id,
            "severity": self.severity,
            "clause": self.clause,
            "subject": self.subject,
            "found": self.found._asdict(),
            "mend": self.mend._asdict(),
        }


class Report(Protocol):
    """How a check reports: subject, what was found, how to mend it, and the severity if not its own."""

    def __call__(
        self, subject: str, found: Text, mend: Text, severity: Severity | None = None
    ) -> Finding: ...


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `id` is stable and printed with every finding, `clause` says what it rests on."""

    id: str
    clause: str
    severity: Severity
    title: Text
    function: Callable[[Dossier, Report], Iterable[Finding]] = field(repr=False)
    applies: Callable[[Dossier], bool] = field(repr=False)
    """Whether what was handed in is of a kind that this check can speak about."""

    def run(self, dossier: Dossier) -> Iterator[Finding]:
        """Yield the findings of this check on `dossier`; none where it does not apply."""
        if not self.applies(dossier):
            return

        def report(subject: str, found: Text, mend: Text, severity: Severity | None = None) -> Finding:
            return Finding(self.id, severity or self.severity, self.clause, subject, found, mend)

        yield from self.function(dossier, report)


CHECKS: dict[str, Check] = {}

_Function = Callable[[Dossier, Report], Iterable[Finding]]


def always(_: Dossier) -> bool:
    """Say that a check speaks about everything that is handed in, in a folder or through a portal."""
    return True


def in_folder(dossier: Dossier) -> bool:
    """Say whether a whole folder is handed in, with a `dossier.yaml` that states what no form asks."""
    return dossier.is_folder


def in_whole(dossier: Dossier) -> bool:
    """Say whether all there is was handed in, in a folder or file by file: what is not there is missing."""
    return dossier.is_whole


def check(
    id_: str,
    *,
    clause: str,
    severity: Severity,
    title: Text,
    applies: Callable[[Dossier], bool] = always,
) -> Callable[[_Function], _Function]:
    """Register the decorated function as the check `id_`."""

    def register(function: _Function) -> _Function:
        assert id_ not in CHECKS, f"check {id_} is registered twice"
        CHECKS[id_] = Check(id_, clause, severity, title, function, applies)
        return function

    return register


def check_of(
    entry: Entry, function: _Function, *, severity: Severity, applies: Callable[[Dossier], bool] = always
) -> None:
    """Register `function` as the check whose id, clause and title an entry of a data file gives."""
    register = check(
        entry.string("id"),
        clause=entry.string("clause"),
        severity=severity,
        title=entry.text("title"),
        applies=applies,
    )
    register(function)


def run_checks(dossier: Dossier) -> list[Finding]:
    """Run every check on `dossier`; errors first, otherwise in the order of the registry."""
    findings = [finding for one in CHECKS.values() for finding in one.run(dossier)]
    order: tuple[Severity, ...] = ("error", "warning", "note")
    return sorted(findings, key=lambda finding: order.index(finding.severity))
