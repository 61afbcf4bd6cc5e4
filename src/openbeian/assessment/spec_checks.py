"""Checking the description of a target: nothing unknown in it, nothing missing, and no secret."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import rfc8785

from openbeian.assessment.json_paths import JSONPath
from openbeian.assessment.shapes import check_address
from openbeian.assessment.templates import fill_text, placeholders
from openbeian.core.errors import BadInputError

__all__ = ["ENVIRONMENT", "check_spec"]

ENVIRONMENT: Final = "env:"
"""Before the name of the environment variable in a header's placeholder."""
_METHODS: Final = ("POST", "PUT")
_PLACES: Final = ("question", "history", "model", "system", "temperature", "max_tokens", "stream")
_TURN_PLACES: Final = ("user", "answer")
_ENV_PLACE: Final = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SECRET_HEADER: Final = re.compile(
    r"authori[sz]ation|cookie|key|token|secret|password|signature", re.IGNORECASE
)
_SECRET_MEMBER: Final = re.compile(
    r"(api|app|access|auth|private|secret|subscription)?[-_]?(key|token|secret|password|sig|signature)"
    r"|authori[sz]ation|credentials?",
    re.IGNORECASE,
)
_SHORTEST_SECRET: Final = 6
_SCHEME: Final = re.compile(r"[A-Za-z]{0,10}")
_SET_BY_US: Final = {"accept-encoding", "connection", "content-length", "host", "transfer-encoding"}


def check_spec(about: object) -> None:
    """Check what a file says about a target.

    Raises:
        BadInputError: Something is missing, unknown or contradictory, or a secret stands in it.
    """
    if not isinstance(about, Mapping):
        raise _error("应为一组「名称: 值」", "it must be a mapping of names to values")
    unknown = sorted(set(map(str, about)) - set(_MEMBERS))
    if unknown:
        raise _error(
            f"不认识「{unknown[0]}」；可用：{'、'.join(_MEMBERS)}",
            f"“{unknown[0]}” is unknown; there are {', '.join(_MEMBERS)}",
        )
    for name in ("url", "body", "answer"):
        if name not in about:
            raise _error(f"缺少「{name}」", f"“{name}” is missing")
    for name, value in about.items():
        _MEMBERS[name](name, value)
    try:
        rfc8785.dumps(dict(about))
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise _error("含有无法写入证据的数", "it holds a number that can't go into evidence") from error


def _check_url(name: str, value: Any) -> None:  # noqa: ANN401  a check of what may be anything
    _check_text(name, value)
    check_address(value)
    for parameter, _ in parse_qsl(urlsplit(value).query, keep_blank_values=True):
        if _SECRET_MEMBER.fullmatch(parameter):
            raise _error(
                f"网址的参数「{parameter}」像是密钥，会写入证据；请改用 headers 与 {{{{env:变量名}}}}",
                f"the parameter “{parameter}” of the address looks like a secret, which would go into the "
                "evidence; use headers and {{env:NAME}}",
            )


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise _error(f"「{name}」应为文字", f"“{name}” must be a text")


def _check_method(name: str, value: object) -> None:
    if value not in _METHODS:
        raise _error(f"「{name}」应为 {'、'.join(_METHODS)}", f"“{name}” must be {' or '.join(_METHODS)}")


def _check_path(name: str, value: Any) -> None:  # noqa: ANN401  the same
    _check_text(name, value)
    JSONPath.parse(value)


def _check_withheld(name: str, value: object) -> None:
    if not isinstance(value, list) or any(isinstance(one, dict | list) or one is None for one in value):
        raise _error(f"「{name}」应为一列取值", f"“{name}” must be a list of values")


def _check_headers(_name: str, value: object) -> None:
    if not isinstance(value, Mapping):
        raise _error("「headers」应为一组「名称: 值」", "“headers” must be a mapping of names to texts")
    for name, text in value.items():
        if not _HEADER.fullmatch(name) or not isinstance(text, str) or not text.isprintable():
            raise _error(f"请求头「{name}」的名称或值不对", f"the header “{name}” has no proper name or text")
        if name.lower() in _SET_BY_US:
            raise _error(f"请求头「{name}」由程序设置", f"the header “{name}” is set by the program")
        _check_header_text(name, text)


def _check_header_text(name: str, text: str) -> None:
    places = [place for place, _ in placeholders(text)]
    for place in places:
        if not _ENV_PLACE.fullmatch(place):
            raise _error(
                f"请求头「{name}」中只能用 {{{{env:变量名}}}}，不能用 {{{{{place}}}}}",
                f"the header “{name}” may hold {{{{env:NAME}}}} only, not {{{{{place}}}}}",
            )
    scheme = fill_text(text, dict.fromkeys(places, "")).strip()
    if _SECRET_HEADER.search(name) and (not places or not _SCHEME.fullmatch(scheme)):
        raise _error(
            f"请求头「{name}」像是密钥，会写入证据；请写成 {{{{env:变量名}}}}",
            f"the header “{name}” looks like a secret, which would go into the evidence; "
            "write {{env:NAME}}",
        )


def _check_body(name: str, value: object) -> None:
    _check_template(name, value, _PLACES)
    if "question" not in {place for place, _ in placeholders(value)}:
        raise _error("「body」中没有 {{question}}", "“body” has no {{question}}")
    _check_members(value)


def _check_turn(name: str, value: object) -> None:
    if not isinstance(value, list):
        raise _error(f"「{name}」应为列表", f"“{name}” must be a list")
    _check_template(name, value, _TURN_PLACES)


def _check_template(name: str, value: object, known: tuple[str, ...]) -> None:
    if not isinstance(value, dict | list):
        raise _error(f"「{name}」应为 JSON 对象或列表", f"“{name}” must be a JSON object or list")
    for place, is_alone in placeholders(value):
        if place not in known:
            raise _error(
                f"「{name}」中的 {{{{{place}}}}} 不认识；可用：{'、'.join(known)}",
                f"{{{{{place}}}}} in “{name}” is unknown; there are {', '.join(known)}",
            )
        if place == "history" and not is_alone:
            raise _error("{{history}} 应独自成为一个值", "{{history}} must be a value of its own")


def _check_members(value: object) -> None:
    """Check that no member of a body that is named like a secret holds one."""
    for item in value if isinstance(value, list) else ():
        _check_members(item)
    for name, member in value.items() if isinstance(value, dict) else ():
        if _SECRET_MEMBER.fullmatch(name) and _is_literal(member):
            raise _error(
                f"「body」中的「{name}」像是密钥，会写入证据；请改用 headers 与 {{{{env:变量名}}}}",
                f"“{name}” in “body” looks like a secret, which would go into the evidence; use headers and "
                "{{env:NAME}}",
            )
        _check_members(member)


def _is_literal(member: object) -> bool:
    """Say whether a member is a text long enough to be a secret, without a placeholder."""
    return isinstance(member, str) and len(member) >= _SHORTEST_SECRET and not any(placeholders(member))


_MEMBERS: Final[Mapping[str, Callable[[str, Any], None]]] = {
    "url": _check_url,
    "method": _check_method,
    "model": _check_text,
    "headers": _check_headers,
    "body": _check_body,
    "turn": _check_turn,
    "answer": _check_path,
    "finish": _check_path,
    "withheld": _check_withheld,
    "stream_answer": _check_path,
    "stream_finish": _check_path,
}


def _error(zh: str, en: str) -> BadInputError:
    return BadInputError(f"被测端点的说明有误：{zh}。", f"The description of the target is wrong: {en}.")
