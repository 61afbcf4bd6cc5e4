"""Values to plain JSON and back, by their types: dataclasses, tuples, mappings, enums, dates."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from openbeian.core.errors import BadInputError

__all__ = ["from_plain", "to_plain"]

_Value = TypeVar("_Value")


def to_plain(value: object) -> Any:  # noqa: ANN401  JSON has no one type
    """Return `value` as JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: to_plain(member) for name, member in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): to_plain(member) for name, member in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value.value if isinstance(value, StrEnum) else value


def from_plain(kind: type[_Value], plain: object) -> _Value:
    """Return the value of type `kind` that `to_plain` made `plain` from.

    Raises:
        BadInputError: `plain` has another shape.
    """
    try:
        value: _Value = _build(kind, plain)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(
            f"不是有效的{kind.__name__}（{error}）；请重新生成。",
            f"This is no {kind.__name__} ({error}); make it again.",
        ) from error
    return value


def _build(kind: Any, plain: Any) -> Any:  # noqa: ANN401  types and JSON are handled alike
    origin = typing.get_origin(kind)
    if origin in {types.UnionType, typing.Union}:
        return None if plain is None else _build(typing.get_args(kind)[0], plain)
    if origin is tuple:
        return tuple(_build(typing.get_args(kind)[0], item) for item in plain)
    if origin is not None and issubclass(origin, Mapping):
        return {str(name): _build(typing.get_args(kind)[1], member) for name, member in plain.items()}
    if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
        hints = typing.get_type_hints(kind)
        return kind(
            **{name: _build(hints[name], plain[name]) for name in hints if name not in _lacking(kind, plain)}
        )
    return _scalar(kind, plain)


def _lacking(kind: Any, plain: Any) -> set[str]:  # noqa: ANN401  the same
    """Return the members with a default that are not there: files from before they existed lack them."""
    if not dataclasses.is_dataclass(kind):
        return set()
    return {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is not dataclasses.MISSING and field.name not in plain
    }


def _scalar(kind: Any, plain: Any) -> Any:  # noqa: ANN401  the same
    if kind is Any:
        return plain
    if kind is datetime:
        return datetime.fromisoformat(plain)
    if issubclass(kind, StrEnum):
        return kind(plain)
    # JSON has one kind of number, so 1 may stand for 1.0, but true is no number.
    if kind is float and type(plain) is int:
        return float(plain)
    if type(plain) is not kind:
        raise TypeError(f"{plain!r} is no {kind.__name__}")
    return plain
