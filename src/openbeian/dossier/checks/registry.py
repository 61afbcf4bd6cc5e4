"""The registry of checks and the values they work on.

A check is a function from a `Dossier` to the findings it makes. Severities: `error` keeps a dossier
from being submitted (something is missing or can't be read), `warning` is what a reviewer would send
back, `note` is for information.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

from openbeian.assessment import report as assessment
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.dossier.assessed import Assessed, assess_evidence
from openbeian.dossier.form import Facts
from openbeian.standards import load_edition, load_profile

__all__ = ["CHECKS", "Attached", "Check", "Dossier", "Finding", "Severity", "check", "run_checks"]

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Attached:
    """A file handed in: `path` is where its bytes are, `name` what the provider called it."""

    kind: str
    name: str
    path: Path


@dataclass(frozen=True)
class Dossier:
    """What is handed in: the facts of the form and the files, under an edition and perhaps a profile."""

    facts: Facts
    edition_id: str
    profile: str = ""
    attachments: tuple[Attached, ...] = ()
    production: bool = False

    @cached_property
    def edition(self) -> Edition:
        """The edition, with the profile's reduced thresholds where one is named."""
        edition = load_edition(self.edition_id)
        return edition.with_profile(load_profile(self.profile)) if self.profile else edition

    @cached_property
    def assessed(self) -> Assessed | None:
        """What the evidence says, recomputed; None where there is not exactly one file of it."""
        files = self.of_kind("evidence")
        return assess_evidence(files[0].path, self.edition) if len(files) == 1 else None

    @property
    def report(self) -> assessment.Report | None:
        """The assessment's report, recomputed from the evidence; None where there can be none."""
        return self.assessed.report if self.assessed else None

    def of_kind(self, kind: str) -> tuple[Attached, ...]:
        """Return the attachments of one kind, such as `evidence`."""
        return tuple(attached for attached in self.attachments if attached.kind == kind)


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

    def run(self, dossier: Dossier) -> Iterator[Finding]:
        """Yield the findings of this check on `dossier`."""

        def report(subject: str, found: Text, mend: Text, severity: Severity | None = None) -> Finding:
            return Finding(self.id, severity or self.severity, self.clause, subject, found, mend)

        yield from self.function(dossier, report)


CHECKS: dict[str, Check] = {}

_Function = Callable[[Dossier, Report], Iterable[Finding]]


def check(id_: str, *, clause: str, severity: Severity, title: Text) -> Callable[[_Function], _Function]:
    """Register the decorated function as the check `id_`."""

    def register(function: _Function) -> _Function:
        assert id_ not in CHECKS, f"check {id_} is registered twice"
        CHECKS[id_] = Check(id_, clause, severity, title, function)
        return function

    return register


def run_checks(dossier: Dossier) -> list[Finding]:
    """Run every check on `dossier`; errors first, otherwise in the order of the registry."""
    findings = [finding for one in CHECKS.values() for finding in one.run(dossier)]
    order: tuple[Severity, ...] = ("error", "warning", "note")
    return sorted(findings, key=lambda finding: order.index(finding.severity))
