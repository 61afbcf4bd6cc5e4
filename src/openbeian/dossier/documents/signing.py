"""Places to sign: who, and in which posts."""

from collections.abc import Iterator, Sequence
from typing import Final

from openbeian.core.text import Text
from openbeian.dossier.documents.filling import Filler
from openbeian.dossier.documents.model import Block, Signature, Signatures, blank
from openbeian.dossier.stated import POSTS, Signatory

__all__ = ["signatures"]

_ALSO: Final = Text("兼", " and ")


def signatures(posts: Sequence[str], filler: Filler) -> Iterator[Block]:
    """Yield a place to sign for each person and one for the company's seal.

    Where one person holds several posts, one signature is enough and the posts stand beside it
    (TC260-003, 9.1 e).
    """
    held: dict[str, list[Signatory]] = {}
    for one in filler.material.folder.stated.signatories:
        if one.post in posts:
            held.setdefault(one.name or one.post, []).append(one)
    seal = filler.material.fact("provider.name")
    yield Signatures(tuple(_signature(people, filler) for people in held.values()), seal)


def _signature(same: Sequence[Signatory], filler: Filler) -> Signature:
    first, language = same[0], filler.language
    post = _ALSO.in_(language).join(POSTS[one.post].in_(language) for one in same)
    name = first.name or blank(POSTS[first.post], language).text
    return Signature(post, name, " · ".join(dict.fromkeys(one.position for one in same if one.position)))
