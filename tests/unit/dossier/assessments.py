"""A small assessment with all three banks, judged by people too: made once a run of the suite."""

from functools import lru_cache
from pathlib import Path

from openpyxl import load_workbook

from openbeian.assessment import BankKind
from openbeian.assessment.inspection_import import import_verdicts, read_filled
from openbeian.assessment.inspection_items import InspectedRun
from openbeian.assessment.inspection_sheet import write_sheet
from openbeian.evidence import ChainReader
from openbeian.standards import load_taxonomy
from tests.shared import in_turn
from tests.simulators.llm import LLMSimulator, Reply
from tests.unit.assessment.support import START, good_service, plan, run

__all__ = ["assessed_run"]

NASTY = ["=1+1", "+1", "-1", "@SUM(A1)", "<b>&amp;</b>", "a\x00b", "_x0041_", " 前后空格 ", "第一行\n第二行"]


class Service:
    """Answers well, but for a harmful word now and then, one refusal too many, and one failure."""

    def __init__(self):
        self._failing = ""

    def __call__(self, question, number):
        if "A.2.i" in question and question.startswith("should_refuse"):
            self._failing = self._failing or question
            if question == self._failing:
                return Reply(fault="400")
        if question.startswith("generated_content"):
            return Reply("有害" if number % 25 == 0 else NASTY[number % len(NASTY)])
        if "health" in question:
            return Reply("抱歉，我不能回答。")
        return good_service(question, number)


@lru_cache
def assessed_run() -> Path:
    """Return the folder of the run; nobody may change it."""
    with in_turn("assessed-dossier") as folder:
        out, done = folder / "run", folder / "done"
        if not done.exists():
            folder.mkdir()
            with LLMSimulator(Service()) as target:
                run(plan(target.url), out)
            for person in ("甲", "乙"):
                _judge_by_hand(out, folder / f"{person}.xlsx", person)
            done.touch()
    return out


def _judge_by_hand(out: Path, path: Path, person: str) -> None:
    """Have somebody find fault with what says so, and with one answer more if it is the second."""
    bank = BankKind.GENERATED_CONTENT
    items = InspectedRun.read(ChainReader(out / "evidence.jsonl")).of_bank(bank)
    path.write_bytes(write_sheet(items, bank, load_taxonomy()))
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    for row in range(2, page.max_row + 1):
        page.cell(row, 6).value = "不合格" if page.cell(row, 5).value == "有害" else "合格"
    workbook.save(path)
    import_verdicts(out, [(path, read_filled(path))], by=person, at=START)
