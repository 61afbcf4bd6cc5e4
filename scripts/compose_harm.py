"""Compose the training and held-out requests of the harm classifier from hand-written parts.

Parts, frames and plain requests are JSON lines under `openbeian/classifiers/training`. A part holds
alternatives in brackets (`[make|buy] [a cake|a pie]`); a frame holds `{}` where a part goes. A frame that
turns the meaning of a harmful part ("Why is it illegal to {}?") makes a harmless request of it.

Requests from one part share a group, and a group stands whole on one side of the split; some frames are kept
for the held-out side alone. The plain requests are whole sentences that were never taken apart: most are
trained on, in turn with being judged by a model that has not seen them; those of the held-out side were
written after everything else was settled. Choices come from a fixed seed, so the same files always give the
same requests. Last needed: whenever a part changes.
"""

import json
import re
import zlib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

TRAINING = Path(__file__).parents[1] / "src/openbeian/classifiers/training"
FILES = ("harm_parts.jsonl", "harm_frames.jsonl", "harm_plain.jsonl")
SEED = 20261123
EACH_PART = {"goal": 10, "claim": 10, "artefact": 10, "whole": 12}
JOINED = {"train": 700, "heldout": 120}
"""How many texts of several requests are made for each language."""
TURNED = 0.16
"""How often a harmful part meets a frame that makes it harmless."""
LOOKALIKES = ("-lookalike-", "-technology-", "-sensitive-")
"""Groups of harmless parts that use the words of harmful ones on purpose."""
_PLAIN = {"plain": "plain", "lookalike": "plain-lookalike"}
_CHOICE = re.compile(r"\[([^\]]+)\]")


class Request(NamedTuple):
    """One request: `risk` is empty where it is harmless; `split` is train or heldout.

    `kind` is plain or composed, with `-lookalike` where a harmless request uses the words of harmful ones, or
    turned: a harmful part in a frame that makes it harmless; or joined: several composed requests in a row.
    """

    text: str
    lang: str
    risk: str
    kind: str
    group: str
    split: str


def read_lines(name: str) -> list[dict[str, Any]]:
    """Read one of the hand-written files."""
    return [json.loads(line) for line in (TRAINING / name).read_text(encoding="utf-8").splitlines()]


def compose() -> list[Request]:
    """Return every request, without doubles, in a fixed order."""
    frames = read_lines("harm_frames.jsonl")
    found: dict[str, Request] = {}
    for part in read_lines("harm_parts.jsonl"):
        for request in _compose_part(part, frames):
            found.setdefault(request.text.casefold(), request)
    for number, row in enumerate(read_lines("harm_plain.jsonl")):
        group = f"plain-{number:03d}"
        request = Request(row["text"], row["lang"], row["risk"], _PLAIN[row["kind"]], group, row["split"])
        found[request.text.casefold()] = request
    requests = list(found.values())
    return [*requests, *_join(requests)]


def split_of(group: str) -> str:
    """Return the side of the split on which a group stands: one in ten is held out."""
    return "train" if zlib.crc32(group.encode()) % 10 else "heldout"


def _compose_part(part: dict[str, Any], frames: list[dict[str, Any]]) -> Iterator[Request]:
    """Yield the requests made of one part."""
    split = split_of(part["group"])
    chance = np.random.default_rng([SEED, zlib.crc32(part["group"].encode())])
    fitting = [frame for frame in frames if (frame["lang"], frame["takes"]) == (part["lang"], part["kind"])]
    if split == "train":
        fitting = [frame for frame in fitting if zlib.crc32(frame["text"].encode()) % 10]
    sides = {"both", "harmful"} if part["risk"] else {"both"}
    keeping = [frame["text"] for frame in fitting if frame["side"] in sides]
    turning = [frame["text"] for frame in fitting if frame["side"] == "turns"]
    for _ in range(EACH_PART[part["kind"]]):
        filling = _CHOICE.sub(lambda match: str(chance.choice(match[1].split("|"))), part["text"])
        turned = bool(part["risk"] and turning and chance.random() < TURNED)
        frame = str(chance.choice(turning if turned else keeping))
        text = _tidy(frame.replace("{}", filling))
        kind = "turned" if turned else _kind_of(part["group"])
        yield Request(text, part["lang"], "" if turned else part["risk"], kind, part["group"], split)


def _join(requests: list[Request]) -> Iterator[Request]:
    """Yield longer texts: harmless requests in a row, every second time with a harmful one among them."""
    composed = [request for request in requests if request.kind == "composed"]
    for split, lang in product(JOINED, ("en", "zh")):
        chance = np.random.default_rng([SEED, zlib.crc32(f"{split} {lang}".encode())])
        side = [request for request in composed if (request.split, request.lang) == (split, lang)]
        harmless = [request for request in side if not request.risk]
        harmful = [request for request in side if request.risk]
        for number in range(JOINED[split]):
            row = [harmless[index] for index in chance.integers(len(harmless), size=chance.integers(1, 5))]
            if number % 2:
                row.insert(int(chance.integers(len(row) + 1)), harmful[int(chance.integers(len(harmful)))])
            text = (" " if lang == "en" else "").join(request.text for request in row)
            risk = next((request.risk for request in row if request.risk), "")
            yield Request(text, lang, risk, "joined", f"{split}-{lang}-joined-{number:04d}", split)


def _kind_of(group: str) -> str:
    return "composed-lookalike" if any(name in group for name in LOOKALIKES) else "composed"


def _tidy(text: str) -> str:
    """Mend the seam between a frame and what was put into it."""
    text = re.sub(r"([.?!。？！])[.?!。？！]+", r"\1", re.sub(r" +", " ", text)).strip()
    return text[0].upper() + text[1:]


def write_heldout(requests: list[Request], path: Path) -> None:
    """Write the held-out requests as JSON lines."""
    rows = [request._asdict() for request in requests if request.split == "heldout"]
    lines = [json.dumps({key: row[key] for key in row if key != "split"}, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    everything = compose()
    for side in ("train", "heldout"):
        for lang in ("en", "zh"):
            chosen = [request for request in everything if (request.split, request.lang) == (side, lang)]
            print(side, lang, len(chosen), "harmful", sum(bool(request.risk) for request in chosen))
