"""How judges are named on a command line and in evidence.

    keyword                     the judge of that name that ships with us; also `keyword=local`
    classifier=http://127.0.0.1:8000/v1#Qwen3Guard-Gen-4B
    classifier=http://guard.example.cn/v1#guard,format=llamaguard,key_env=GUARD_KEY,concurrency=16,timeout=30
    llm=https://llm.example.cn/v1#qwen-max,key_env=LLM_KEY

What follows `#` is the model, what follows a comma an option. A key is never written here, only the name of
the environment variable that holds it. `format` may be left out where the model's name says it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from openbeian.assessment.judges.endpoint import Endpoint
from openbeian.assessment.judges.guards import FORMATS, GuardJudge, guessed_format
from openbeian.assessment.judges.llm import LLMJudge
from openbeian.assessment.judges.remote import RemoteJudge
from openbeian.assessment.target import Target
from openbeian.core.errors import BadInputError

__all__ = ["LOCAL", "REMOTE", "JudgeSpec", "make_remote", "parse_judge_spec", "specs_for_run"]

LOCAL: Final = ("keyword", "refusal", "classifier")
REMOTE: Final = ("classifier", "llm")
_NAMES: Final = tuple(dict.fromkeys([*LOCAL, *REMOTE]))
_LOCALLY: Final = "local"
_OPTIONS: Final = ("format", "key_env", "concurrency", "timeout")
_GUARD_TOKENS, _LLM_TOKENS = 128, 1024
_MOST: Final = 100_000
_GUARD_TIMEOUT_S, _LLM_TIMEOUT_S = 60.0, 120.0


@dataclass(frozen=True, slots=True)
class JudgeSpec:
    """A judge as it is named; `url` is empty for one that ships with us."""

    written: str
    name: str
    url: str
    model: str
    options: Mapping[str, str]


def parse_judge_spec(written: str) -> JudgeSpec:
    """Return what `written` names.

    Raises:
        BadInputError: It names no judge; the sentence says what is wrong with it.
    """
    written = written.strip()
    name, _, place = written.partition("=")
    _check_name(name)
    if place in {"", _LOCALLY} and name in LOCAL:
        return JudgeSpec(name, name, "", "", {})
    if name not in REMOTE:
        raise _wrong(written, f"{name} 只能在本机判定", f"{name} judges on this machine only")
    address, *pairs = place.split(",")
    url, _, model = address.partition("#")
    if url in {"", _LOCALLY}:
        raise _wrong(written, f"请写明地址：{name}=网址#模型", f"say where it listens: {name}=URL#MODEL")
    if name not in LOCAL and not model:
        raise _wrong(written, f"缺少模型名：{name}=网址#模型", f"the model is missing: {name}=URL#MODEL")
    return JudgeSpec(written, name, url, model, dict(_option(written, pair) for pair in pairs))


def make_remote(spec: JudgeSpec, environ: Mapping[str, str]) -> RemoteJudge:
    """Return the judge behind an address; nothing is asked yet.

    Raises:
        BadInputError: The address, the format or a number is wrong, or the key is not in `environ`.
    """
    if spec.name == "llm":
        if "format" in spec.options:
            raise _wrong(spec.written, "llm 没有 format 选项", "llm has no option format")
        return LLMJudge(_endpoint(spec, spec.model, _LLM_TOKENS, _LLM_TIMEOUT_S, environ), spec=spec.written)
    guard_format = spec.options.get("format") or guessed_format(spec.model) or ""
    if guard_format not in FORMATS:
        names = " | ".join(FORMATS)
        raise _wrong(
            spec.written, f"请用 format= 指明输出格式：{names}", f"say which format= it writes: {names}"
        )
    endpoint = _endpoint(spec, spec.model or guard_format, _GUARD_TOKENS, _GUARD_TIMEOUT_S, environ)
    return GuardJudge(endpoint, guard_format, spec=spec.written)


def specs_for_run(written: Sequence[str], *, has_keywords: bool) -> list[str]:
    """Return the judges of a run: those that ship with us, replaced or joined by those named.

    Raises:
        BadInputError: One names no judge.
    """
    shipped = [name for name in LOCAL if name != "keyword" or has_keywords]
    named = {parse_judge_spec(one).name for one in written}
    return [*(name for name in shipped if name not in named), *written]


def _endpoint(
    spec: JudgeSpec, model: str, max_tokens: int, timeout_s: float, environ: Mapping[str, str]
) -> Endpoint:
    timeout_s = _number(spec, "timeout", float, timeout_s)
    key_env = spec.options.get("key_env")
    try:
        target = Target(
            spec.url, model, key_env=key_env, max_tokens=max_tokens, timeout_for=timedelta(seconds=timeout_s)
        )
    except BadInputError as error:
        # Not what is written: a password may stand in it.
        raise _wrong(
            spec.name,
            "地址应为 http(s)://主机/v1，不得含用户名、密码或参数；密钥请用 key_env=变量名 传递",
            "its address must be http(s)://host/v1 without user, password or query; hand a key over with "
            "key_env=NAME",
        ) from error
    concurrency = _number(spec, "concurrency", int, 0)
    return Endpoint(target, _key(spec, key_env, environ), concurrency or None)


def _key(spec: JudgeSpec, key_env: str | None, environ: Mapping[str, str]) -> str | None:
    if key_env is None:
        return None
    key = environ.get(key_env, "").strip()
    if not key:
        raise _wrong(
            spec.written,
            f"环境变量 {key_env} 未设置；请先设置为判定器的密钥",
            f"the environment variable {key_env} is not set; put the judge's key into it",
        )
    return key


_Number = TypeVar("_Number", int, float)


def _number(spec: JudgeSpec, option: str, kind: Callable[[str], _Number], otherwise: _Number) -> _Number:
    written = spec.options.get(option)
    if written is None:
        return otherwise
    try:
        value = kind(written)
    except ValueError:
        value = kind("0")
    if not 0 < value < _MOST:
        raise _wrong(spec.written, f"{option} 应为正数", f"{option} must be a positive number")
    return value


def _check_name(name: str) -> None:
    if name not in _NAMES:
        raise BadInputError(
            f"没有「{name}」判定器；可用：{'、'.join(_NAMES)}。",
            f"There is no judge “{name}”; use one of {', '.join(_NAMES)}.",
        )


def _option(written: str, pair: str) -> tuple[str, str]:
    option, _, value = pair.strip().partition("=")
    if option not in _OPTIONS or not value:
        names = ", ".join(_OPTIONS)
        raise _wrong(written, f"不认识选项「{pair}」；可用：{names}", f"unknown option “{pair}”; use {names}")
    return option, value


def _wrong(written: str, zh: str, en: str) -> BadInputError:
    return BadInputError(f"判定器「{written}」：{zh}。", f"The judge “{written}”: {en}.")
