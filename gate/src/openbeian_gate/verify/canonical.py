"""JSON read strictly and written canonically (RFC 8785).

Two readers must never see two values in the same bytes, so duplicate keys, NaN, lone surrogates, numbers
beyond 2⁵³ and encodings other than UTF-8 are refused, and size and depth are limited.
"""

import base64
import json
import math
from typing import Final, NoReturn, TypeAlias

import rfc8785

from openbeian_gate.errors import MalformedError

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_ITEMS", "JSONValue", "canonical", "decode_base64", "parse_json"]

JSONValue: TypeAlias = "bool | int | float | str | list[JSONValue] | dict[str, JSONValue] | None"

MAX_BYTES: Final = 1 << 20
"""The largest document read unless the caller allows more."""
MAX_DEPTH: Final = 16
"""The deepest nesting of arrays and objects read."""
MAX_ITEMS: Final = 100_000
"""The most brackets and commas read: a few megabytes of empty arrays would fill gigabytes of memory."""
_MAX_INTEGER_DIGITS: Final = 17


def parse_json(data: bytes, *, max_bytes: int = MAX_BYTES) -> JSONValue:
    """Read one JSON document from UTF-8 bytes.

    Raises:
        MalformedError: Too long, too deep, not JSON, or JSON that two readers could read in two ways.
    """
    if len(data) > max_bytes:
        raise MalformedError(
            f"文件有 {len(data)} 字节，超过上限 {max_bytes}",
            f"the file has {len(data)} bytes, over the limit of {max_bytes}",
        )
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MAX_ITEMS:
        raise MalformedError("JSON 的项数过多", "the JSON has too many items")
    try:
        value: JSONValue = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise MalformedError("内容不是有效的 JSON", f"not valid JSON ({error})") from error
    _check_value(value, MAX_DEPTH)
    return value


def canonical(value: JSONValue) -> bytes:
    """Return the RFC 8785 form of `value`, the only bytes that are ever signed or hashed.

    Raises:
        MalformedError: `value` has no such form: a number beyond 2⁵³, a lone surrogate.
    """
    try:
        return rfc8785.dumps(value)
    except ValueError as error:  # the library's own errors, and the encoder's
        raise MalformedError(
            "该值无法写成规范 JSON", f"the value has no canonical JSON form ({error})"
        ) from error


def decode_base64(text: str, where: str) -> bytes:
    """Decode standard base64, refusing every spelling but the one an encoder writes.

    Raises:
        MalformedError: A character outside the alphabet, wrong padding, or bits set beyond the last byte.
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedError(f"{where} 不是有效的 base64", f"{where} is not valid base64") from error
    # Two texts may decode alike that differ in the bits behind the last byte; only the last group has any.
    tail = decoded[len(decoded) - (len(decoded) - 1) % 3 - 1 :] if decoded else b""
    if text[-4:] != base64.b64encode(tail).decode():
        raise MalformedError(f"{where} 的 base64 不规范", f"{where} is base64 with stray bits")
    return decoded


def _object(pairs: list[tuple[str, JSONValue]]) -> dict[str, JSONValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate object key")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _MAX_INTEGER_DIGITS or abs(int(digits)) >= 1 << 53:
        raise ValueError("integer beyond 2**53")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number beyond the range of a double")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_value(value: JSONValue, depth_left: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict | list):
        if not depth_left:
            raise MalformedError("JSON 嵌套过深", "the JSON is nested too deeply")
        if isinstance(value, dict):
            for key in value:
                _check_text(key)
        for item in value.values() if isinstance(value, dict) else value:
            _check_value(item, depth_left - 1)


def _check_text(text: str) -> None:
    # A lone surrogate can be escaped in JSON but has no UTF-8 form, so it could never be signed.
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError("JSON 含不成对的代理字符", "the JSON holds a lone surrogate") from error
