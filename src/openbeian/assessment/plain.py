"""Values to plain JSON and back, by their types: dataclasses, tuples, mappings, enums, dates."""

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
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
        value: _Value = _builder(typing.cast("Any", kind))(plain)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(
            f"不是有效的{kind.__name__}（{error}）；请重新生成。",
            f"This is no {kind.__name__} ({error}); make it again.",
        ) from error
    return value


@functools.cache
def _builder(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401  types and JSON are handled alike
    """Return what builds a value of a type, which is looked at once: a report holds thousands of values."""
    origin = typing.get_origin(kind)
    if origin in {types.UnionType, typing.Union}:
        build = _builder(typing.get_args(kind)[0])
        return lambda plain: None if plain is None else build(plain)
    if origin is tuple:
        build_item = _builder(typing.get_args(kind)[0])
        return lambda plain: tuple(map(build_item, plain))
    if origin is not None and issubclass(origin, Mapping):
        build_member = _builder(typing.get_args(kind)[1])
        return lambda plain: {str(name): build_member(member) for name, member in plain.items()}
    if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
        return _builder_of_members(kind)
    return functools.partial(_scalar, kind)


def _builder_of_members(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401  the same
    members = {name: _builder(hint) for name, hint in typing.get_type_hints(kind).items()}
    may_lack = _with_default(kind)
    return lambda plain: kind(
        **{
            name: build(plain[name])
            for name, build in members.items()
            if name not in may_lack or name in plain
        }
    )


def _with_default(kind: Any) -> frozenset[str]:  # noqa: ANN401  the same
    """Return the members that may not be there: files from before they existed lack them."""
    if not dataclasses.is_dataclass(kind):
        return frozenset()
    return frozenset(
        field.name for field in dataclasses.fields(kind) if field.default is not dataclasses.MISSING
    )


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
