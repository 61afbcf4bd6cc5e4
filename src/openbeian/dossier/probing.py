"""Asking the live service, when somebody says so: both test channels and the public page.

The addresses are the provider's own, so private ones are fine; what comes back is taken with limits.
"""

import asyncio
import html
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import aiohttp

from openbeian.assessment import Target, TargetError
from openbeian.assessment.chat import ChatClient
from openbeian.assessment.shapes import OPENAI
from openbeian.assessment.target_errors import TargetUnauthorisedError
from openbeian.assessment.wire import Shape
from openbeian.core.errors import DomainError
from openbeian.core.text import Text
from openbeian.dossier.checks.probed import Channel, Probed
from openbeian.dossier.form import Facts
from openbeian.dossier.suspending import suspends_misuse

__all__ = ["probe"]

_GUARDED: Final = "channels.guarded"
_CHANNELS: Final = ("channels.bare", _GUARDED)
_QUESTION: Final = "你好，请用一句话介绍你自己。"
_PAGE: Final = "service.url"
_LARGEST_PAGE: Final = 2 << 20
_HIDDEN: Final = re.compile(r"(?is)<(script|style|noscript)\b.*?</\1>")
_TAG: Final = re.compile(r"(?s)<[^>]*>")
_OK: Final = 400


async def probe(
    facts: Facts,
    *,
    key_env: str | None = None,
    test_account_env: str | None = None,
    shape: Shape = OPENAI,
    timeout_for: timedelta = timedelta(seconds=30),
    environ: Mapping[str, str] = os.environ,
) -> Probed:
    """Ask every channel that the form names, and fetch its public page.

    Args:
        facts: the entries of the form.
        key_env: the environment variable that holds the channels' key.
        test_account_env: the one with the key of a test account that may be suspended; None spares it.
        shape: how the channels are asked.
        timeout_for: how long each answer may take.
        environ: the environment.
    """
    addresses = {name: str(facts.get(name, "")) for name in _CHANNELS}
    targets = {
        name: _described(url, str(facts.get("model.name", "")), key_env, shape, timeout_for)
        for name, url in addresses.items()
        if url
    }
    channels = await asyncio.gather(*(_channel(one, environ) for one in targets.values()))
    page, problem = await _page(str(facts.get(_PAGE, "")), timeout_for)
    guarded, suspends = targets.get(_GUARDED), None
    if test_account_env and isinstance(guarded, Target):
        suspends = await suspends_misuse(replace(guarded, key_env=test_account_env), environ=environ)
    return Probed(dict(zip(targets, channels, strict=True)), page, problem, suspends)


def _described(
    url: str, model: str, key_env: str | None, shape: Shape, timeout_for: timedelta
) -> Target | Channel:
    """Return the target that a channel is, or what is wrong with its address."""
    try:
        return Target(url, model, key_env=key_env, shape=shape, timeout_for=timeout_for, max_tokens=64)
    except DomainError as error:
        return Channel(url, answered=error.text)


async def _channel(target: Target | Channel, environ: Mapping[str, str]) -> Channel:
    if isinstance(target, Channel):
        return target
    try:
        key, secrets = target.key(environ), target.secrets(environ)
    except DomainError as error:
        return Channel(target.url, answered=error.text)
    answered = await _ask(target, key, secrets)
    streamed = None
    if target.shape.streams:
        streamed = await _ask(replace(target, stream=True), key, secrets)
    turned_away = None
    if key is not None and not secrets:
        turned_away = await _refuses(replace(target, key_env=None))
    elif not secrets and answered is None:
        turned_away = False
    return Channel(target.url, answered, streamed, turned_away)


async def _ask(target: Target, key: str | None, secrets: Mapping[str, str]) -> Text | None:
    try:
        async with ChatClient(target, key=key, secrets=secrets) as client:
            await client.ask(_QUESTION)
    except TargetError as error:
        return error.text
    return None


async def _refuses(target: Target) -> bool | None:
    """Say whether a channel turns away who has no key; None where it fails in another way."""
    try:
        async with ChatClient(target) as client:
            await client.ask(_QUESTION)
    except TargetUnauthorisedError:
        return True
    except TargetError:
        return None
    return False


async def _page(url: str, timeout_for: timedelta) -> tuple[str | None, Text | None]:
    if not url:
        return None, None
    timeout = aiohttp.ClientTimeout(total=timeout_for.total_seconds())
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            if answer.status >= _OK:
                return None, Text(
                    f"{url} 返回 HTTP {answer.status}", f"{url} answers with HTTP {answer.status}"
                )
            raw = await answer.content.read(_LARGEST_PAGE)
            return _words(raw.decode(answer.charset or "utf-8", "replace")), None
    except (aiohttp.ClientError, TimeoutError, ValueError, LookupError) as error:
        reason = str(error) or type(error).__name__
        return None, Text(f"{url} 打不开（{reason}）", f"{url} can't be fetched ({reason})")


def _words(page: str) -> str:
    """Return the words of a page that a reader may see; what a script writes later is not among them."""
    return html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", page)))
