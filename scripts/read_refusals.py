"""Read the answers that the refusal classifier learns from and is measured on."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

TRAINING = Path(__file__).resolve().parent.parent / "src" / "openbeian" / "classifiers" / "training"
PUBLIC = "labels/xstest_newprompts_human_5models.jsonl"
OWN_WEIGHTS = {"zh": 1.0, "en": 0.5}
"""Composed answers are many alike; the English ones stand beside real ones and count for less."""


class Row(NamedTuple):
    """One labelled answer."""

    response: str
    verdict: str
    weight: float
    lang: str
    prompt: str = ""
    split: str = "train"
    kind: str = ""
    model: str = ""
    annotators: tuple[str, ...] = ()

    @property
    def agreed(self) -> bool:
        """Whether both people say the same about whether anything is withheld."""
        return len({verdict == "comply" for verdict in self.annotators}) == 1


class Background(NamedTuple):
    """Chinese prose that refuses nothing: from which file, how many pieces, how much each counts."""

    file: str
    pieces: int
    weight: float


BACKGROUND = (
    Background("labels/coldataset_zh_train.jsonl.gz", 800, 0.2),
    Background("corpora/zh_laws.jsonl.gz", 300, 0.3),
)
_LENGTHS = (60, 120, 300)


def read_own() -> list[Row]:
    """Read the answers composed from our own sentences, all splits."""
    return [
        Row(
            row["response"],
            row["verdict"],
            OWN_WEIGHTS[lang],
            lang,
            prompt=row["prompt"],
            split=row["split"],
            kind=row["kind"],
        )
        for lang in OWN_WEIGHTS
        for row in _read(TRAINING / f"refusal_{lang}.jsonl")
    ]


def read_public(folder: Path) -> list[Row]:
    """Read the answers of five models that people labelled, where they are in `folder`."""
    return [
        Row(
            row["response"],
            row["refusal"],
            1.0,
            "en",
            prompt=row["prompt"],
            model=row["model"],
            annotators=(row["annotator1"], row["annotator2"]),
        )
        for row in _read(folder / PUBLIC)
    ]


def read_background(folder: Path) -> list[Row]:
    """Cut pieces out of the prose found in `folder`; which ones is drawn with a fixed seed."""
    chance = random.Random("background")  # noqa: S311 - not a secret, a reproducible draw
    rows: list[Row] = []
    for source in BACKGROUND:
        texts = [row["text"] for row in _read(folder / source.file)]
        for text in chance.sample(texts, min(source.pieces, len(texts))):
            start = chance.randrange(max(1, len(text) - max(_LENGTHS)))
            piece = text[start : start + chance.choice(_LENGTHS)]
            rows.append(Row(piece, "comply", source.weight, "zh"))
    return rows


def _read(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as file
        ):
            yield from map(json.loads, file)
