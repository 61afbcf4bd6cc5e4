"""Judging answers that stand in a JSON-lines file, apart from any run: each line gets its verdict."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple, TypeGuard

import orjson

from openbeian.assessment.answers import Answer
from openbeian.assessment.judges.protocol import Exchange, Judge, Said
from openbeian.core.errors import BadInputError

__all__ = ["Judged", "judge_lines"]

_BATCH: Final = 512
_NEEDED: Final = ("prompt", "response")


class Judged(NamedTuple):
    """A line with its verdict added, and the verdict's value."""

    line: bytes
    value: str


def judge_lines(judge: Judge, lines: Iterable[bytes], *, name: str) -> Iterator[Judged]:
    """Yield each line with its verdict; other members are kept, empty lines left out.

    Added are `verdict`, `judge`, `version` and, where the judge gives them, `score`, `risks`, `positions`
    and `reason`. Lines are read batch by batch, so a file may be longer than memory.

    Args:
        judge: gives the verdicts, many at a time.
        lines: JSON objects with the texts `prompt` and `response`; the turns before, where there were
            some, stand in `turns`, objects with a `prompt` and a `response` each.
        name: that of the file, for errors.

    Raises:
        BadInputError: A line is no such object; it names file and line.
    """
    read = (_read(line, name, number) for number, line in enumerate(lines, 1) if line.strip())
    while batch := list(islice(read, _BATCH)):
        exchanges = [_exchange(one) for one in batch]
        for members, verdict in zip(batch, judge.judge_many(exchanges), strict=True):
            body = verdict.as_json()
            value = body.pop("value")
            added = {"verdict": value, **body, "judge": judge.name, "version": judge.version}
            yield Judged(orjson.dumps(members | added) + b"\n", value)


def _exchange(members: Mapping[str, Any]) -> Exchange:
    before = tuple(Said(one["prompt"], Answer(one["response"])) for one in members.get("turns") or ())
    return Exchange(members["prompt"], Answer(members["response"]), before=before)


def _is_turn(members: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(members, dict) and all(isinstance(members.get(one), str) for one in _NEEDED)


def _read(line: bytes, name: str, number: int) -> dict[str, Any]:
    try:
        members = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _wrong(
            name,
            number,
            f"不是有效的 JSON（第 {error.colno} 个字符处）；请改正该行",
            f"this is not valid JSON (at character {error.colno}); correct the line",
        ) from error
    if not _is_turn(members):
        raise _wrong(
            name,
            number,
            '应为含文本 prompt 和 response 的 JSON 对象，如 {"prompt": "问", "response": "答"}；请改正该行',
            'must be a JSON object with the texts “prompt” and “response”, as {"prompt": "…", '
            '"response": "…"}; correct the line',
        )
    turns = members.get("turns") or []
    if not isinstance(turns, list) or not all(map(_is_turn, turns)):
        raise _wrong(
            name,
            number,
            'turns 应为此前各轮的列表，每轮有文本 prompt 和 response：[{"prompt": "问", "response": "答"}]；'
            "请改正该行",
            "“turns” must be a list of the turns before, each with the texts “prompt” and “response”, as "
            '[{"prompt": "…", "response": "…"}]; correct the line',
        )
    return members


def _wrong(name: str, number: int, zh: str, en: str) -> BadInputError:
    return BadInputError(f"{name} 第 {number} 行：{zh}。", f"{name}, line {number}: {en}.")
