"""Inspection in Label Studio: tasks out, completed annotations in, as its JSON has them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from openbeian.assessment.banks import BankKind
from openbeian.assessment.inspection import LABELS
from openbeian.assessment.inspection_items import Filled, Item, wrong_at
from openbeian.assessment.tables import input_error
from openbeian.core.errors import BadInputError
from openbeian.core.markup import element
from openbeian.core.text import Text

__all__ = ["annotated", "labelling_interface", "read_tasks", "write_tasks"]

_VERDICT: Final = "verdict"


def write_tasks(items: Sequence[Item]) -> bytes:
    """Return these answers as tasks to import into a project."""
    tasks = [
        {
            "data": {
                "number": str(item.number),
                "question": item.prompt,
                "answer": item.said,
                "bank": item.bank.value,
                "stratum": item.stratum,
            }
        }
        for item in items
    ]
    return orjson.dumps(tasks, option=orjson.OPT_INDENT_2)


def labelling_interface(bank: BankKind, headings: tuple[str, str] = ("测试题", "模型回答")) -> str:
    """Return the labelling interface to paste into the project's settings."""
    choices = [element("Choice", value=text.zh) for text in LABELS[bank].values()]
    return element(
        "View",
        element("Header", value=headings[0]),
        element("Text", name="question", value="$question"),
        element("Header", value=headings[1]),
        element("Text", name="answer", value="$answer"),
        element("Choices", *choices, name=_VERDICT, toName="answer", choice="single", showInline="true"),
    )


def read_tasks(path: Path, annotator: str = "") -> list[Filled]:
    """Return what one person said of answers, as `annotated` reads it."""
    rows = annotated(path, annotator, ("number", "question", "answer"))
    return [Filled(place, number, asked, said, label) for place, (number, asked, said), label in rows]


def annotated(path: Path, annotator: str, members: Sequence[str]) -> list[tuple[Text, list[str], str]]:
    """Return what one person said in the JSON that Label Studio exports: place, what was shown, label.

    Args:
        path: the file.
        annotator: whose annotations are read, by id or e-mail; needed where the file has several people's.
        members: what of each task's data is returned.

    Raises:
        BadInputError: It is no such file, or has annotations of several people.
    """
    try:
        tasks = orjson.loads(path.read_bytes())
    except OSError as error:
        raise input_error(
            path, None, f"无法读取（{error.strerror}）；请核对路径。", f"it can't be read ({error.strerror})."
        ) from error
    except orjson.JSONDecodeError as error:
        raise _no_export(path) from error
    if not isinstance(tasks, list):
        raise _no_export(path)
    return [
        row for number, task in enumerate(tasks, 1) for row in _read(path, number, task, annotator, members)
    ]


def _read(
    path: Path, number: int, task: object, annotator: str, members: Sequence[str]
) -> Iterator[tuple[Text, list[str], str]]:
    place = Text(f"第 {number} 个任务", f"task {number}")
    try:
        assert isinstance(task, dict)
        shown = [str(task["data"][member]) for member in members]
        done = [one for one in task.get("annotations") or () if not one.get("was_cancelled")]
        theirs = [one for one in done if not annotator or annotator in _names(one.get("completed_by"))]
        people = {_names(one.get("completed_by"))[:1] for one in theirs}
        labels = {choice for one in theirs for choice in _choices(one)}
    except (AssertionError, KeyError, TypeError, AttributeError) as error:
        raise wrong_at(
            path,
            [place],
            Text(
                "不是 Label Studio 的任务；请以 JSON 格式导出。",
                "this is no task of Label Studio; export as JSON.",
            ),
        ) from error
    if len(people) > 1:
        raise wrong_at(
            path,
            [place],
            Text(
                "有不止一人的标注；请用 --annotator 指明读取谁的。",
                "several people have annotated it; say with --annotator whose is read.",
            ),
        )
    # Whoever annotated a task twice and differently is told, by two rows that contradict each other.
    for label in sorted(labels) or [""]:
        yield place, shown, label


def _names(completed_by: object) -> tuple[str, ...]:
    if isinstance(completed_by, dict):
        return tuple(str(completed_by[name]) for name in ("id", "email") if name in completed_by)
    return (str(completed_by),)


def _choices(annotation: Mapping[str, Any]) -> Iterator[str]:
    for result in annotation["result"]:
        if result["from_name"] == _VERDICT:
            yield from map(str, result["value"]["choices"])


def _no_export(path: Path) -> BadInputError:
    return input_error(
        path,
        None,
        "不是 Label Studio 导出的 JSON；请以 JSON 格式导出。",
        "this is no JSON that Label Studio exports; export as JSON.",
    )
