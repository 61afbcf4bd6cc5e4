"""Compose the project's own labelled refusal sets from hand-written sentences.

    python scripts/compose_refusals.py           # writes refusal_zh.jsonl and refusal_en.jsonl
    python scripts/compose_refusals.py --check   # fails if the files differ from what would be written

They go to src/openbeian/classifiers/training.

The sentences stand in scripts/refusals/*.yaml, one file a language and split. A pattern names the slots
that make an answer of one kind; which sentences meet is drawn with a fixed seed, so the files are the same
every time. No split shares a sentence with another. Choices were tried out on `dev`, and `train` grew
after `dev` was known; `held_out` was written last and never used for a choice.
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "scripts" / "refusals"
TARGET = ROOT / "src" / "openbeian" / "classifiers" / "training"


class Pattern(NamedTuple):
    """How answers of one kind are made: the slots in order, the verdict, how many to draw for a split."""

    kind: str
    verdict: str
    slots: tuple[str, ...]
    train: int
    other: int


PATTERNS: tuple[Pattern, ...] = (
    Pattern("polite", "refuse", ("sorry", "cannot"), 90, 25),
    Pattern("polite_reason", "refuse", ("sorry", "cannot", "reason"), 105, 30),
    Pattern("polite_offer", "refuse", ("sorry", "cannot", "reason", "offer"), 135, 40),
    Pattern("plain", "refuse", ("cannot", "offer"), 45, 15),
    Pattern("as_ai", "refuse", ("as_ai", "ai_cannot", "offer"), 75, 15),
    Pattern("as_ai_short", "refuse", ("as_ai", "ai_cannot"), 38, 8),
    Pattern("lecture", "refuse", ("lecture",), 45, 12),
    Pattern("lecture_redirect", "refuse", ("lecture", "redirect"), 68, 15),
    Pattern("redirect", "refuse", ("redirect",), 30, 8),
    Pattern("indirect", "refuse", ("indirect",), 90, 12),
    Pattern("policy", "refuse", ("policy",), 14, 5),
    Pattern("curt", "refuse", ("curt",), 36, 13),
    Pattern("unable", "refuse", ("unable",), 12, 4),
    Pattern("unable_offer", "refuse", ("unable", "offer"), 30, 8),
    Pattern("cute", "refuse", ("cute",), 10, 3),
    Pattern("persona", "refuse", ("persona",), 38, 8),
    Pattern("tiny_refusal", "refuse", ("tiny_refusal",), 18, 4),
    Pattern("partial", "partial", ("partial_open", "partial_body"), 112, 22),
    Pattern("partial_offer", "partial", ("partial_open", "partial_body", "offer"), 60, 12),
    Pattern("answer", "comply", ("open", "answer", "close"), 495, 130),
    Pattern("warned_help", "comply", ("warn", "dangerous_help"), 90, 22),
    Pattern("dangerous_help", "comply", ("dangerous_help",), 75, 18),
    Pattern("quote_refusal", "comply", ("quote_refusal",), 15, 6),
    Pattern("quote_refusal_open", "comply", ("open", "quote_refusal", "close"), 45, 12),
    Pattern("apology_comply", "comply", ("apology_comply",), 12, 4),
    Pattern("apology_close", "comply", ("apology_comply", "close"), 18, 6),
    Pattern("clarify", "comply", ("clarify",), 6, 2),
    Pattern("nofact", "comply", ("nofact",), 15, 6),
    Pattern("nofact_close", "comply", ("nofact", "close"), 22, 6),
    Pattern("tiny_ramble", "comply", ("tiny_ramble",), 15, 4),
    Pattern("tiny_ramble_open", "comply", ("open", "tiny_ramble", "close"), 38, 6),
)

_BRACES = re.compile(r"\{([a-z]+)\}")

ENGLISH_SHARE = 0.6
"""The English sets are smaller: so much of the numbers above."""


def compose(source: Mapping[str, Any], seed: str) -> Iterator[dict[str, str]]:
    """Yield the answers of one file, none of them twice."""
    chance = random.Random(seed)  # noqa: S311 - not a secret, a reproducible draw
    seen: set[str] = set()
    for pattern in PATTERNS:
        if not all(slot == "answer" or slot in source["slots"] for slot in pattern.slots):
            continue
        wanted = pattern.train if source["split"] == "train" else pattern.other
        if source["lang"] == "en":
            wanted = round(wanted * ENGLISH_SHARE) or 1
        for _ in range(wanted * 20):
            if wanted == 0:
                break
            row = _draw(source, pattern, chance)
            if row["response"] not in seen:
                seen.add(row["response"])
                wanted -= 1
                yield {"id": f"{source['lang']}-{source['split']}-{len(seen):04}", **row}


def _draw(source: Mapping[str, Any], pattern: Pattern, chance: random.Random) -> dict[str, str]:
    """Make one answer; its group is the sentence that carries the verdict."""
    topic = chance.choice(source["topics"])
    parts: list[str] = []
    group = ""
    prompt = topic["ask"]
    for slot in pattern.slots:
        if slot == "answer":
            number = chance.randrange(len(source["answers"]))
            prompt, text = source["answers"][number]
        else:
            number = chance.randrange(len(source["slots"][slot]))
            text = source["slots"][slot][number]
        if slot not in {"sorry", "open", "close", "offer", "warn", "as_ai", "reason"}:
            group = f"{source['lang']}-{source['split']}-{slot}-{number}"
        parts.append(_fill(text, source["slots"], topic, chance))
    return {
        "lang": source["lang"],
        "split": source["split"],
        "kind": pattern.kind,
        "group": group,
        "prompt": prompt,
        "response": _join(parts, english=source["lang"] == "en"),
        "verdict": pattern.verdict,
    }


def _fill(text: str, slots: Mapping[str, list[str]], topic: Mapping[str, str], chance: random.Random) -> str:
    """Put the topic, and sentences drawn from other slots, where the braces stand."""
    while found := _BRACES.search(text):
        name = found[1]
        word = topic[name] if name in {"np", "safe"} else chance.choice(slots[name])
        text = text[: found.start()] + word + text[found.end() :]
    return text


def _join(parts: Sequence[str], *, english: bool) -> str:
    """Put the sentences together as people write them."""
    if not english:
        return "".join(parts)
    text = ""
    for part in filter(None, map(str.strip, parts)):
        starts = not text or text.endswith((".", "!", "?"))
        text += " " * bool(text) + (part[0].upper() + part[1:] if starts else part)
    return text


def render(lang: str) -> str:
    """Return the file of one language."""
    lines: list[str] = []
    for split in ("train", "dev", "held_out"):
        source = yaml.safe_load((SOURCES / f"{lang}_{split}.yaml").read_text(encoding="utf-8"))
        lines += [json.dumps(row, ensure_ascii=False) for row in compose(source, f"{lang} {split}")]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write or check both files."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    stale = 0
    for lang in ("zh", "en"):
        path = TARGET / f"refusal_{lang}.jsonl"
        text = render(lang)
        if check and path.read_text(encoding="utf-8") != text:
            print(f"{path} is stale: run scripts/compose_refusals.py")
            stale = 1
        elif not check:
            path.write_text(text, encoding="utf-8")
            print(f"{path}: {text.count(chr(10))} answers")
    return stale


if __name__ == "__main__":
    sys.exit(main())
