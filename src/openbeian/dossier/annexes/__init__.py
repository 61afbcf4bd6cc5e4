"""The workbooks of a dossier: questions with answers and verdicts, and keywords, read back as written."""

from openbeian.dossier.annexes.figures import (
    SheetFigure,
    contradicting_rows,
    figures_in_report,
    figures_of,
)
from openbeian.dossier.annexes.keyword_sheet import read_keyword_sheet, write_keyword_sheet
from openbeian.dossier.annexes.question_rows import QuestionRow, read_question_sheet
from openbeian.dossier.annexes.question_sheet import write_question_sheet

__all__ = [
    "QuestionRow",
    "SheetFigure",
    "contradicting_rows",
    "figures_in_report",
    "figures_of",
    "read_keyword_sheet",
    "read_question_sheet",
    "write_keyword_sheet",
    "write_question_sheet",
]
