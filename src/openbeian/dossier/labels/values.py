"""The label itself: seven fields as JSON, and the rules its values obey (GB 45438-2025, Annex E).

The rules were read in secondary sources, not in the standard's own print (docs/how-to/label-content.md).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Literal, NamedTuple

from openbeian.core.text import Text
from openbeian.dossier.labels.errors import WrongValueError

__all__ = [
    "FIELDS",
    "KEY",
    "LABEL_VALUES",
    "MAX_VALUE",
    "AIGCLabel",
    "Reason",
    "Severity",
    "check_label",
    "label_of",
    "parse_label",
    "rule_problems",
]

KEY = "AIGC"

FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)
"""The names in the file, in the order of `AIGCLabel`."""

LABEL_VALUES: Mapping[str, Text] = {
    "1": Text("属于生成合成内容", "is AI-generated"),
    "2": Text("可能是生成合成内容", "is possibly AI-generated"),
    "3": Text("疑似生成合成内容", "is suspected to be AI-generated"),
}

MAX_VALUE = 64 * 1024
"""The longest label looked at, in characters; signatures in the reserved codes take a few hundred."""

_REQUIRED = FIELDS[:3]
_LOWEST, _HIGHEST = "\x21", "\x7e"

Severity = Literal["fail", "unknown", "note"]


class Reason(NamedTuple):
    """One reason of a verdict: a broken rule (`fail`), something unreadable (`unknown`), or a `note`."""

    code: str
    severity: Severity
    text: Text


@dataclass(frozen=True, slots=True)
class AIGCLabel:
    """The seven fields. `label` is a key of `LABEL_VALUES`; who made the content is a code, not a name."""

    label: str
    content_producer: str
    produce_id: str
    reserved_code_1: str = ""
    content_propagator: str = ""
    propagate_id: str = ""
    reserved_code_2: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the fields under the names the standard gives them, in its order."""
        return dict(zip(FIELDS, astuple(self), strict=True))

    def serialise(self) -> str:
        """Return the text that stands in a file: compact JSON, ASCII only."""
        return json.dumps(self.as_json(), separators=(",", ":"))


def check_label(label: AIGCLabel) -> None:
    """Refuse a label that breaks a rule; what is written is always right.

    Raises:
        WrongValueError: naming the field and the rule.
    """
    problems = list(rule_problems(label.as_json()))
    if problems:
        raise WrongValueError(*problems[0].text)
    if len(label.serialise()) > MAX_VALUE:
        raise WrongValueError(
            f"标识超过 {MAX_VALUE} 字符", f"the label is longer than {MAX_VALUE} characters"
        )


def parse_label(text: str) -> tuple[AIGCLabel | None, tuple[Reason, ...]]:
    """Return the label in `text` and what is wrong with it; no label where it is not JSON as it should be."""
    try:
        fields = _fields_of(text)
    except (ValueError, RecursionError) as error:
        detail = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        return None, (
            Reason(
                "not_json",
                "fail",
                Text(
                    f"标识的值不是所要求的 JSON 对象：{detail}",
                    f"the label is not the JSON object it should be: {detail}",
                ),
            ),
        )
    return label_of(fields)


def label_of(fields: Mapping[str, object]) -> tuple[AIGCLabel, tuple[Reason, ...]]:
    """Return the label these fields make, with what is wrong with them."""
    problems = (*rule_problems(fields), *_notes(fields))
    values = (fields.get(name, "") for name in FIELDS)
    return AIGCLabel(*(str(value) if isinstance(value, str | int) else "" for value in values)), problems


def _fields_of(text: str) -> dict[str, object]:
    if len(text) > MAX_VALUE:
        raise ValueError(f"longer than {MAX_VALUE} characters")
    value = json.loads(text, object_pairs_hook=_without_repeats)
    # The image guide's Annex B wraps the object once more; readers accept both forms everywhere.
    if isinstance(value, dict) and set(value) == {KEY}:
        value = value[KEY]
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004  one reason for all text that is no label
    return value


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field stands there twice")
    return fields


def rule_problems(fields: Mapping[str, object]) -> Iterator[Reason]:
    """Yield every rule that `fields` breaks."""
    for name in _REQUIRED:
        if fields.get(name, "") == "":
            yield _fail("field_missing", f"字段 {name} 缺失或为空", f"the field {name} is missing or empty")
    for name in sorted(set(fields) - set(FIELDS)):
        shown = ascii(name[:40])
        yield _fail("field_unknown", f"标准没有字段 {shown}", f"the standard has no field {shown}")
    for name in FIELDS:
        if name in fields:
            yield from _value_problems(name, fields[name])


def _value_problems(name: str, value: object) -> Iterator[Reason]:
    is_plain_number = name == "Label" and isinstance(value, int) and not isinstance(value, bool)
    if not isinstance(value, str) and not is_plain_number:
        yield _fail("not_text", f"字段 {name} 的值应为字符串", f"the value of {name} should be a string")
        return
    text = str(value)
    wrong = next((character for character in text if not _LOWEST <= character <= _HIGHEST), None)
    if wrong is not None:
        yield _fail(
            "wrong_character",
            f"字段 {name} 含有不允许的字符 {wrong!a}；只可用 0x21 至 0x7E 的字符，名称请改用编码",
            f"{name} holds the character {wrong!a}; only 0x21 to 0x7E may stand there; use a code",
        )
    elif name == "Label" and text and text not in LABEL_VALUES:
        yield _fail(
            "wrong_label",
            f"Label 的值 {text[:20]!a} 不是 1、2 或 3",
            f"Label is {text[:20]!a}, not 1, 2 or 3",
        )


def _notes(fields: Mapping[str, object]) -> Iterator[Reason]:
    if isinstance(fields.get("Label"), int):
        yield _note(
            "label_number", "Label 写成了数字，应为字符串", "Label is a number; it should be a string"
        )
    absent = [name for name in FIELDS[3:] if name not in fields]
    if absent:
        names = ", ".join(absent)
        yield _note("field_absent", f"未写出字段 {names}，可以留空", f"not there, may be empty: {names}")


def _fail(code: str, zh: str, en: str) -> Reason:
    return Reason(code, "fail", Text(zh, en))


def _note(code: str, zh: str, en: str) -> Reason:
    return Reason(code, "note", Text(zh, en))
