"""Every check an office runs on a dossier, in one registry shared by command, form and API."""

from openbeian.dossier.checks import (  # noqa: F401  importing registers the checks
    banks_held,
    base_model,
    claiming,
    clauses,
    complete,
    corpus,
    evidence,
    figures,
    files,
    form,
    headings,
    live,
    names,
    people,
    replay,
    report_figures,
    samples,
    secrecy,
    sheets,
    statements,
    terms,
)
from openbeian.dossier.checks.registry import CHECKS, Attached, Check, Dossier, Finding, run_checks

__all__ = ["CHECKS", "Attached", "Check", "Dossier", "Finding", "run_checks"]
