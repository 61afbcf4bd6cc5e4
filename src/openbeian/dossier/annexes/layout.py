"""The columns of the workbooks, as data: who writes a sheet and who reads it back go by the same ones."""

from typing import Final

from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.inspection_sheet import COLUMNS
from openbeian.assessment.report_words import VERDICTS
from openbeian.assessment.sheets import Column
from openbeian.core.text import Text

__all__ = [
    "BANKS",
    "ERROR",
    "EVIDENCE_LINE",
    "JUDGE_COLUMNS",
    "KEYWORD_COLUMNS",
    "NOTES_COLUMNS",
    "QUESTION_COLUMNS",
    "QUESTION_REQUIRED",
    "VERDICT_WORDS",
]

QUESTION_REQUIRED: Final = COLUMNS
"""What offices ask for, and a sheet that somebody else made must have: 序号 … 研判结果."""

_NUMBER, _QUESTION, _CLASS, _RISK, _ANSWER, _RESULT = COLUMNS
QUESTION_COLUMNS: Final = (
    Column.number(_NUMBER, "No.")._replace(width=8),
    Column(Text(_QUESTION, "Question"), 45),
    Column(Text(_CLASS, "Class"), 24),
    Column(Text(_RISK, "Risk or aspect"), 26),
    Column(Text(_ANSWER, "Answer"), 80),
    Column(Text(_RESULT, "Result"), 12),
    Column(Text("题库", "Bank"), 18),
    Column(Text("题目编号", "Question id"), 20),
)
"""The columns before those of the judges."""

JUDGE_COLUMNS: Final = {
    "human": Column(Text("人工判定", "Judged by people"), 13),
    "keyword": Column(Text("关键词判定", "By keywords"), 13),
    "classifier": Column(Text("分类模型判定", "By the classifier"), 15),
    "refusal": Column(Text("拒答判定", "Refusal"), 13),
    "llm": Column(Text("大模型判定（参考）", "By a language model, for information"), 20),
}
"""For each judge the column of its verdicts."""

ERROR: Final = Column(Text("出错", "Error"), 16)
EVIDENCE_LINE: Final = Column.number("证据行", "Line of the evidence")

KEYWORD_COLUMNS: Final = (
    Column(Text("关键词", "Keyword"), 30),
    Column(Text("一级分类", "Class"), 34),
    Column(Text("二级分类", "Risk"), 44),
    Column(Text("版本", "Version"), 16),
)

NOTES_COLUMNS: Final = (Column(Text("项目", "Item"), 26), Column(Text("内容", "Value"), 100))

BANKS: Final = {label.zh: kind for kind, label in BANK_LABELS.items()} | {
    kind.value: kind for kind in BankKind
}
VERDICT_WORDS: Final = {word.zh: value for value, word in VERDICTS.items()} | {
    word.en: value for value, word in VERDICTS.items()
}
