"""Every check an office runs on a dossier, in one registry shared by command, form and API."""

from openbeian.dossier.checks import evidence, form  # noqa: F401  importing registers the checks
from openbeian.dossier.checks.registry import CHECKS, Attached, Check, Dossier, Finding, run_checks

__all__ = ["CHECKS", "Attached", "Check", "Dossier", "Finding", "run_checks"]
