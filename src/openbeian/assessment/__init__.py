"""Assessing a service: banks put to a target, answers judged, a report computed from the evidence.

`assess` runs a `Plan`, `resume` goes on with a run, `verify` checks one, `load_report` reads its report.
"""

from openbeian.assessment.banks import BankKind, Question, QuestionBank, load_bank
from openbeian.assessment.coverage import (
    Age,
    Coverage,
    bank_age,
    bank_coverage,
    bank_shortfalls,
    keyword_age,
    keyword_coverage,
    keyword_shortfalls,
)
from openbeian.assessment.judges import JUDGES, Calibration, Judge, Verdict, judges_for_run, load_judges
from openbeian.assessment.keywords import Keyword, KeywordLibrary, load_keywords
from openbeian.assessment.plan import Plan
from openbeian.assessment.progress import Progress
from openbeian.assessment.rejudging import rejudge
from openbeian.assessment.report import Conclusion, Report, Result
from openbeian.assessment.report_html import render_html
from openbeian.assessment.reports import load_report, report_of
from openbeian.assessment.run import assess, resume
from openbeian.assessment.scope import GENERAL, Scope, check_aspects
from openbeian.assessment.target import Target
from openbeian.assessment.target_errors import TargetError
from openbeian.assessment.target_spec import TargetSpec, load_target_spec
from openbeian.assessment.verification import verify
from openbeian.evidence import SeedSource

__all__ = [
    "GENERAL",
    "JUDGES",
    "Age",
    "BankKind",
    "Calibration",
    "Conclusion",
    "Coverage",
    "Judge",
    "Keyword",
    "KeywordLibrary",
    "Plan",
    "Progress",
    "Question",
    "QuestionBank",
    "Report",
    "Result",
    "Scope",
    "SeedSource",
    "Target",
    "TargetError",
    "TargetSpec",
    "Verdict",
    "assess",
    "bank_age",
    "bank_coverage",
    "bank_shortfalls",
    "check_aspects",
    "judges_for_run",
    "keyword_age",
    "keyword_coverage",
    "keyword_shortfalls",
    "load_bank",
    "load_judges",
    "load_keywords",
    "load_report",
    "load_target_spec",
    "rejudge",
    "render_html",
    "report_of",
    "resume",
    "verify",
]
