"""Public texts that the harm classifier also learns from: requests of known sides, and plain prose.

They are read from folders the operator has; none is part of this project. Of each set one text in three is
kept for measuring. Prose is there because the classifier also meets pasted documents, which are harmless
whatever they speak of. Last needed: when the shipped model was trained.
"""

import gzip
import json
import pydoc_data.topics
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["PROSE", "REQUESTS", "PublicText", "read_public"]

_PIECE = 240
_PROSE_TEXTS = 900


class RequestSet(NamedTuple):
    """A set of requests: what of it is used, which are harmful, how much one of its texts counts."""

    name: str
    file: str
    licence: str
    weight: float
    is_used: Callable[[dict[str, Any]], bool] = lambda _: True
    is_harmful: Callable[[dict[str, Any]], bool] = lambda _: True


class ProseSet(NamedTuple):
    """A corpus of which every so many texts give one harmless piece; without a file it comes with Python."""

    name: str
    file: str
    licence: str
    every: int
    weight: float = 0.3


REQUESTS = (
    RequestSet(
        "XSTest", "xstest_en.jsonl", "CC BY 4.0", 1.0, is_harmful=lambda row: row["label"] == "unsafe"
    ),
    RequestSet("StrongREJECT", "strongreject_en.jsonl", "MIT", 0.7),
    RequestSet(
        "Do-Not-Answer, area “Malicious Uses”",
        "do_not_answer_en.jsonl",
        "Apache-2.0",
        1.0,
        is_used=lambda row: row["risk_area"] == "Malicious Uses",
    ),
    RequestSet("JailBench, seed questions", "jailbench_seed_zh.jsonl", "MIT", 0.5),
    RequestSet("JADE-DB 1.0", "jade_v1.jsonl", "MIT", 0.05),
    RequestSet("JADE-DB 2.0", "jade_v2.jsonl", "MIT", 0.05),
)
PROSE = (
    ProseSet("Python's language reference", "", "PSF-2.0", 1),
    ProseSet("Chinese laws (LawRefBook)", "zh_laws.jsonl.gz", "public domain", 3),
    ProseSet("classical poems (chinese-poetry)", "zh_poetry_30mb.jsonl.gz", "public domain", 40),
    ProseSet("histories in modern Chinese (NiuTrans)", "zh_histories_modern_40mb.jsonl.gz", "MIT", 4),
)


class PublicText(NamedTuple):
    """A text of a public set."""

    text: str
    is_harmful: bool
    source: str
    weight: float
    is_heldout: bool


def read_public(folders: Sequence[Path]) -> list[PublicText]:
    """Read what is found in the folders."""
    if not folders:
        return []
    texts: list[PublicText] = []
    for requests in REQUESTS:
        rows = filter(requests.is_used, _rows(folders, requests.file))
        texts += [_kept(row["prompt"], requests, is_harmful=requests.is_harmful(row)) for row in rows]
    for prose in PROSE:
        pieces = islice(_pieces(folders, prose), _PROSE_TEXTS)
        texts += [_kept(piece, prose, is_harmful=False) for piece in pieces]
    return texts


def _kept(text: str, source: RequestSet | ProseSet, *, is_harmful: bool) -> PublicText:
    heldout = not zlib.crc32(text.encode()) % 3
    return PublicText(text, is_harmful, source.name, source.weight, heldout)


def _pieces(folders: Sequence[Path], prose: ProseSet) -> Iterator[str]:
    """Yield one piece of each text, from a place that depends on the text alone."""
    rows = _rows(folders, prose.file) if prose.file else ({"text": text} for text in _reference())
    for row in islice(rows, 0, None, prose.every):
        text = str(row["text"])
        start = zlib.crc32(text.encode()) % max(len(text) - _PIECE, 1)
        yield text[start : start + _PIECE]


def _reference() -> Iterator[str]:
    """Yield Python's own documentation in stretches of four pieces."""
    for _, text in sorted(pydoc_data.topics.topics.items()):
        yield from (text[start : start + 4 * _PIECE] for start in range(0, len(text), 4 * _PIECE))


def _rows(folders: Sequence[Path], name: str) -> Iterator[dict[str, Any]]:
    for path in (folder / name for folder in folders):
        if path.exists():
            opened = gzip.open if name.endswith(".gz") else open
            with opened(path, "rt", encoding="utf-8") as lines:
                yield from map(json.loads, lines)
