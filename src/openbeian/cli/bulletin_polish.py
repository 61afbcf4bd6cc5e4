"""Polishing a bulletin's sentences with a language model; each stays as it was unless its figures survive."""

import asyncio
import os
from dataclasses import replace
from typing import Final, NamedTuple

from openbeian.assessment import Target, TargetError
from openbeian.assessment.chat import ChatClient
from openbeian.bulletins import Bulletin
from openbeian.bulletins.document import Sentence
from openbeian.bulletins.polishing import UnfaithfulError, faithful_template
from openbeian.bulletins.words import said
from openbeian.core.text import LANGUAGES, Language, Text

__all__ = ["Kept", "polish"]

_ASKED: Final = Text(
    "请把下面这句公报文字改得更通顺。数字、单位、名称和它们的先后顺序必须原样保留，不得增加或删去任何数字，"
    "不得改变升降和否定。只回复改好的一句话。\n\n{sentence}",
    "Make this sentence of a bulletin read more smoothly. Keep every number, unit and name as it is and in "
    "the same order; add and drop no number; change no rise, fall or denial. Reply with the sentence "
    "alone.\n\n"
    "{sentence}",
)


class Kept(NamedTuple):
    """A sentence that stayed as it was, and why."""

    sentence: str
    reason: Text


def polish(bulletin: Bulletin, target: Target) -> tuple[Bulletin, list[Kept]]:
    """Return the bulletin with its takeaways and analysis polished, and what was kept as it was.

    Raises:
        BadInputError: The target's key is not in the environment.
    """
    return asyncio.run(_polish(bulletin, target))


async def _polish(bulletin: Bulletin, target: Target) -> tuple[Bulletin, list[Kept]]:
    kept: list[Kept] = []
    async with ChatClient.with_keys(target, os.environ) as client:

        async def each(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
            return tuple([await _polish_one(one, bulletin, client, kept) for one in sentences])

        takeaways = await each(bulletin.takeaways)
        sections = [replace(one, sentences=await each(one.sentences)) for one in bulletin.sections]
    return replace(bulletin, takeaways=takeaways, sections=tuple(sections)), kept


async def _polish_one(
    sentence: Sentence, bulletin: Bulletin, client: ChatClient, kept: list[Kept]
) -> Sentence:
    words = [await _in_language(sentence, bulletin, language, client, kept) for language in LANGUAGES]
    polished = Text(*words)
    return sentence if polished == sentence.text else replace(sentence, polished=polished)


async def _in_language(
    sentence: Sentence, bulletin: Bulletin, language: Language, client: ChatClient, kept: list[Kept]
) -> str:
    plain = said(sentence, bulletin, language)
    try:
        answer = await client.ask(_ASKED.fill(sentence=plain).in_(language))
        return faithful_template(sentence, bulletin.figures, language, answer.text)
    except (UnfaithfulError, TargetError) as error:
        kept.append(Kept(plain, error.text))
        return sentence.text.in_(language)
