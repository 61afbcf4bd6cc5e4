"""The verdicts as a file: JSON lines that `beian assess calibrate` and `beian corpus report` read."""

from collections.abc import Iterator
from typing import Any

import orjson

from openbeian.portal.judging.models import ItemVerdict, JudgingTask
from openbeian.portal.judging.reading import CORPUS, Readable, opened

__all__ = ["export_lines"]

_BATCH = 500


def export_lines(task: JudgingTask) -> Iterator[bytes]:
    """Yield a line for each item that people settled: what it was, and its `label`.

    `verdicts` has what each person said, in the order of their places, without names.
    """
    given: dict[int, list[dict[str, Any]]] = {}
    for row in ItemVerdict.objects.filter(item__task=task, undone_at=None).order_by("item_id", "place"):
        given.setdefault(row.item_id, []).append({"value": row.value, "note": row.note})
    for start in range(0, task.items_count, _BATCH):
        batch = task.items.filter(number__gt=start, number__lte=start + _BATCH, standing="settled")
        for item, readable in opened(batch):
            line = _members(task, readable) | {"label": item.value, "verdicts": given[item.pk]}
            yield orjson.dumps(line) + b"\n"


def _members(task: JudgingTask, readable: Readable) -> dict[str, Any]:
    if task.kind == CORPUS:
        return readable.about
    return readable.about | {"question": readable.prompt, "answer": readable.said}
