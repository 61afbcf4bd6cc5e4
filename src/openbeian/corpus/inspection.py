"""What people said of the documents in the sample."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted
from openbeian.corpus.tally import Picked

__all__ = ["Judged", "judged", "load_judgements"]

Judged = Mapping[tuple[str, int], bool]
"""For file and offset of a document, whether it conforms."""

_LABELS: Final = {"conforms": True, "does_not_conform": False}


def load_judgements(path: Path) -> Judged:
    """Return the judgements in a JSONL file, a document a line: `path`, `offset` and `label`.

    Raises:
        BadInputError: A line is no judgement, or contradicts an earlier one.
    """
    said: dict[tuple[str, int], bool] = {}
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise BadInputError(
            f"无法读取人工判定 {path}（{error.strerror}）。", f"{path} can't be read ({error.strerror})."
        ) from error
    for number, line in enumerate(lines, 1):
        key, conforms = _judgement(line, path, number)
        if said.setdefault(key, conforms) != conforms:
            raise BadInputError(
                f"{path} 第 {number} 行与前面的判定矛盾；请只保留一个结论。",
                f"{path}, line {number}: it contradicts an earlier judgement; keep one.",
            )
    return said


def _judgement(line: bytes, path: Path, number: int) -> tuple[tuple[str, int], bool]:
    try:
        entry: Any = orjson.loads(line)
        return (str(entry["path"]), int(entry["offset"])), _LABELS[entry["label"]]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInputError(
            f"{path} 第 {number} 行不是判定：须有 path、offset 和 label（conforms 或 does_not_conform）。",
            f"{path}, line {number}: no judgement; give path, offset, label (conforms, does_not_conform).",
        ) from error


def judged(sample: Iterable[Picked], said: Judged) -> Counted:
    """Return how many of the sample conform, of those that were judged; nothing outside it counts."""
    labels = [said[one.path, one.offset] for one in sample if (one.path, one.offset) in said]
    return Counted(sum(labels), len(labels))
