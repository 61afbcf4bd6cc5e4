"""What is to be judged: an uploaded file, or the answers of a re-test; and how it is kept."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import orjson

from openbeian.assessment.banks import BankKind
from openbeian.assessment.inspection import LABELS
from openbeian.assessment.inspection_items import InspectedRun
from openbeian.assessment.inspection_records import Said
from openbeian.core.agreement import MOST_ITEMS
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence import ChainReader
from openbeian.portal.judging.models import ItemVerdict, JudgingItem, JudgingTask
from openbeian.portal.retests.banks import private_folder
from openbeian.portal.retests.journal import Journal
from openbeian.portal.retests.keyring import Sealed, open_box
from openbeian.portal.retests.models import RetestRun
from openbeian.portal.retests.verdicts import pseudonym_in

__all__ = [
    "CORPUS",
    "KIND_LABELS",
    "Readable",
    "labels_of",
    "opened",
    "parse_items",
    "run_items",
    "said_of",
]

CORPUS: Final = "corpus"
KIND_LABELS: Final = {
    BankKind.GENERATED_CONTENT.value: Text("生成内容的回答", "Answers: generated content"),
    BankKind.SHOULD_REFUSE.value: Text("应拒答题的回答", "Answers: should refuse"),
    BankKind.SHOULD_ANSWER.value: Text("非拒答题的回答", "Answers: should answer"),
    CORPUS: Text("语料", "Corpus"),
}
_BLANK: Final = "（空白文档 · blank document）"
_PROMPTS: Final = ("question", "prompt")
_ANSWERS: Final = ("answer", "response")


class Readable(NamedTuple):
    """One item in the clear: what was asked (empty for a document), what is judged, and where it is from."""

    prompt: str
    said: str
    about: dict[str, Any]

    def as_bytes(self) -> bytes:
        """Return what is sealed."""
        return orjson.dumps([self.prompt, self.said, self.about])


def labels_of(kind: str) -> dict[str, Text]:
    """Return what can be said of an item of this kind, in the order of the keys."""
    return dict(LABELS[BankKind.GENERATED_CONTENT if kind == CORPUS else BankKind(kind)])


def parse_items(data: bytes, kind: str) -> list[Readable]:
    """Return the items in a JSONL file: `question` and `answer` a line, or for a corpus `text`.

    Everything else in a line is kept, so that the file that comes back can be told apart line by line.

    Raises:
        BadInputError: A line is none, or there are none or too many.
    """
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    if not 0 < len(lines) <= MOST_ITEMS:
        raise BadInputError(
            f"文件中有 {len(lines)} 条；须有 1 至 {MOST_ITEMS} 条。",
            f"The file has {len(lines)} items; there must be between 1 and {MOST_ITEMS}.",
        )
    return [_parsed(line, number, kind) for number, line in lines]


def _parsed(line: bytes, number: int, kind: str) -> Readable:
    try:
        about = orjson.loads(line)
    except orjson.JSONDecodeError:
        about = None
    found = _found(about, kind) if isinstance(about, dict) else None
    if found is None:
        needed = "text" if kind == CORPUS else "question, answer"
        raise BadInputError(
            f"第 {number} 行不是可研判的内容；每行须为 JSON，含 {needed}。",
            f"Line {number} is nothing to judge; each must be JSON with {needed}.",
        )
    return found


def _found(about: dict[str, Any], kind: str) -> Readable | None:
    if kind == CORPUS:
        text = about.get("text")
        # A blank document may be drawn like any other, and a sample that isn't judged whole shows nothing.
        return Readable("", text if text.strip() else _BLANK, about) if isinstance(text, str) else None
    prompt = next((about[name] for name in _PROMPTS if isinstance(about.get(name), str)), None)
    said = next((about[name] for name in _ANSWERS if isinstance(about.get(name), str)), None)
    return None if prompt is None or said is None else Readable(prompt, said, about)


def run_items(run: RetestRun, kind: str, most: int) -> list[Readable]:
    """Return the answers of a re-test to one bank, the first `most` in the order drawn: nobody chose them.

    Raises:
        BadInputError: It has none.
        CouldNotRunError: The evidence can't be opened.
    """
    with private_folder() as folder:
        evidence = folder / "evidence.jsonl"
        evidence.write_bytes(Journal(run.pk).read())
        items = InspectedRun.read(ChainReader(evidence)).of_bank(BankKind(kind))[:most]
    if not items:
        raise BadInputError(
            "这次复测没有该题库的回答；请选择其他题库。",
            "This re-test has no answers to that bank; choose another.",
        )
    return [
        Readable(
            item.prompt,
            item.said,
            {
                "answer_record": item.answer,
                "number": item.number,
                "id": item.question,
                "stratum": item.stratum,
            },
        )
        for item in items
    ]


def opened(items: Iterable[JudgingItem]) -> Sequence[tuple[JudgingItem, Readable]]:
    """Return items with what is to be read.

    Raises:
        CouldNotRunError: They can't be opened.
    """
    return [
        (item, Readable(*orjson.loads(open_box(Sealed(item.key_id, item.box), purpose_of(item)))))
        for item in items
    ]


def said_of(task: JudgingTask) -> list[Said]:
    """Return what people said of the answers of a re-test, in the order of their places, by pseudonym.

    Raises:
        CouldNotRunError: The items can't be opened.
    """
    given: dict[int, list[ItemVerdict]] = {}
    for verdict in ItemVerdict.objects.filter(item__task=task, undone_at=None).order_by("item_id", "place"):
        given.setdefault(verdict.item_id, []).append(verdict)
    return [
        Said(readable.about["answer_record"], pseudonym_in(task.run_id or 0, one.by_id), one.value)
        for item, readable in opened(task.items.all())
        for one in given.get(item.pk, ())
    ]


def purpose_of(item: JudgingItem) -> str:
    """Return the purpose under which an item is sealed."""
    return f"judging:{item.task_id}:{item.number}"
