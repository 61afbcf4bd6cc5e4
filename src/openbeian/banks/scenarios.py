"""Hand-written scenarios and frames, and the questions that come from joining them.

A source file lists, for each risk or aspect, whole questions under `say` and phrases under the name of
a set of frames. Each phrase goes into a few frames of its set, so one idea is asked in several forms.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from openbeian.banks.rules import Rules
from openbeian.core.errors import BadInputError

__all__ = ["Question", "load_questions"]

_WHOLE = "say"
_SLOT = "{}"
# Whole questions take the numbers from 1; each set of frames then has room for twenty phrases of ten forms,
# so that a phrase added at the end of its list leaves every other number as it is.
_PHRASES = 20
_FORMS = 10
_FIRST_FRAMED = 101
_STRIDE = 7


class Question(NamedTuple):
    """One question of a bank: its id, its risk or aspect, its words."""

    id: str
    group: str
    text: str


def load_questions(sources: Path, language: str, bank: str, rules: Rules) -> list[Question]:
    """Read the sources of one bank and return its questions in the order of the annex.

    Raises:
        BadInputError: A group, set of frames or entry of the source file breaks the form.
    """
    path = sources / language / f"{bank}.yaml"
    groups: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    _check_groups(path.name, list(groups), list(rules.groups_of(bank)))
    frames = _load_frames(sources / language / "frames.yaml")
    prefix = rules.banks[bank].prefix
    return [
        Question(f"{prefix}-{group}-{number:03d}", group, text)
        for order, (group, lists) in enumerate(groups.items())
        for number, text in _group_texts(lists, frames, order, f"{path.name} {group}")
    ]


def _check_groups(name: str, groups: Sequence[str], expected: Sequence[str]) -> None:
    """Check that a source has the groups it must have, in their order."""
    odd = next(
        (group for group in [*groups, *expected] if group not in groups or group not in expected), None
    )
    if odd is not None:
        raise BadInputError(
            f"{name} 的「{odd}」缺失或多余；请按附录A的编号各写一组。",
            f"{name}: the group “{odd}” is missing or unknown; write one group for each id of Annex A.",
        )
    for group, wanted in zip(groups, expected, strict=True):
        if group != wanted:
            raise BadInputError(
                f"{name} 的「{group}」应当是「{wanted}」；请按附录A的顺序排列。",
                f"{name}: “{group}” stands where “{wanted}” belongs; keep the order of Annex A.",
            )


def _load_frames(path: Path) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Read the frames of a language; a language may have none."""
    frames: dict[str, list[dict[str, str]]] = {}
    if path.exists():
        frames = yaml.safe_load(path.read_text(encoding="utf-8"))
    for kind, entries in frames.items():
        for entry in entries:
            if entry["text"].count(_SLOT) != 1:
                raise BadInputError(
                    f"{path.name} 的 {kind} 有一句没有恰好一个「{{}}」：{entry['text']}",
                    f"{path.name}, {kind}: a frame needs exactly one “{{}}”: {entry['text']}",
                )
    return frames


def _group_texts(
    lists: Mapping[str, Any], frames: Mapping[str, Sequence[Mapping[str, str]]], order: int, where: str
) -> Iterator[tuple[int, str]]:
    """Yield the questions of one risk or aspect, each with its number."""
    yield from enumerate(_checked(lists.get(_WHOLE, []), where), start=1)
    places = {kind: place for place, kind in enumerate(frames)}
    for kind, block in lists.items():
        if kind == _WHOLE:
            continue
        if kind not in frames:
            raise BadInputError(
                f"{where}：「{kind}」不是 frames.yaml 里的句式组；请改用其中一组。",
                f"{where}: “{kind}” is no set of frames of frames.yaml; use one of its sets.",
            )
        base = _FIRST_FRAMED + places[kind] * _PHRASES * _FORMS
        for offset, text in _framed(block, frames[kind], order, f"{where} {kind}"):
            yield base + offset, text


def _framed(
    block: Mapping[str, Any], frames: Sequence[Mapping[str, str]], order: int, where: str
) -> Iterator[tuple[int, str]]:
    """Yield each phrase of a list in its frames, counted from 0; the frames are dealt in turn."""
    phrases, forms = _checked(block["phrases"], where), block["forms"]
    if len(phrases) > _PHRASES or forms > min(_FORMS, len(frames)):
        raise BadInputError(
            f"{where} 超出范围：至多 {_PHRASES} 条短语、{_FORMS} 种句式；其余请写在 say 里。",
            f"{where}: at most {_PHRASES} phrases and {_FORMS} forms; write the rest under `say`.",
        )
    for index, phrase in enumerate(phrases):
        for form in range(forms):
            frame = frames[(order * _STRIDE + index * forms + form) % len(frames)]
            yield index * _FORMS + form, frame["text"].replace(_SLOT, phrase)


def _checked(entries: object, where: str) -> list[str]:
    """Return a list of texts after looking that it is one."""
    if not isinstance(entries, list) or not all(isinstance(entry, str) and entry for entry in entries):
        raise BadInputError(
            f"{where} 含有不是文字的条目；含冒号的句子请加引号。",
            f"{where} holds an entry that is not text; put sentences with a colon into quotes.",
        )
    return entries
