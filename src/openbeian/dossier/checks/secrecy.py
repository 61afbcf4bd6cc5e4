"""No secret lies in a dossier: keys, tokens and passwords go to the office by another way.

Few false alarms matter as much as finding: what only marks where a key goes is none, and a value counts
only where it looks random. The value itself is never repeated in a finding.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from openbeian.core.text import Text
from openbeian.dossier.checks.dossier import MACHINE_KINDS
from openbeian.dossier.checks.phrases import Secret, load_secrets
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check
from openbeian.dossier.reading import LIMITS, Content, Remembered, UnreadableError, read_file

__all__ = ["secrets_in"]

_LEAST_BITS: Final = 3.0
"""Shannon entropy of a value, in bits a character; words lie below, random keys above."""
_KINDS: Final = 2
_HEX_HASH: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}")
"""Digests are long and random, and public."""
_ASKED: Final = frozenset({"test_questions", "keyword_list"})
"""Questions about passwords and answers to them are no passwords."""
_SEEN: Final[Remembered[list[Secret]]] = Remembered(most=256)
_TABLE: Final = re.compile(r"\t+")


@check(
    "D07",
    clause="filing practice",
    severity="error",
    title=Text("材料中没有密钥、口令或账号", "No key, password or account lies in it"),
)
def _no_secrets(dossier: Dossier, report: Report) -> Iterator[Finding]:
    quiet = {one.path for one in dossier.attachments if one.kind in MACHINE_KINDS | _ASKED}
    for name, path in dossier.listing.files:
        is_quiet = path in quiet or path.suffix.lower() == ".jsonl"
        found = _in_file(dossier, name, path, everywhere_only=is_quiet)
        if found:
            kinds = Text("、".join(one.text.zh for one in found), ", ".join(one.text.en for one in found))
            yield report(
                name,
                Text(f"疑似含有{kinds.zh}", f"It seems to hold {kinds.en}"),
                Text(
                    "删除并立即更换该密钥；测试账号和授权方式在材料之外单独提供",
                    "Take it out and replace that key at once; test accounts are given apart from this",
                ),
            )


def _in_file(dossier: Dossier, name: str, path: Path, *, everywhere_only: bool) -> list[Secret]:
    def look() -> list[Secret]:
        return secrets_in(_text(dossier, name, path), everywhere_only=everywhere_only)

    try:
        return _SEEN.of_file(path, look, path.suffix.lower(), everywhere_only)
    except OSError:
        # That it can't be read is said by the check on reading.
        return []


def _text(dossier: Dossier, name: str, path: Path) -> str:
    content = dossier.read.get(path)
    if isinstance(content, Content):
        return "\n".join((content.text, *content.properties.values()))
    try:
        if path.stat().st_size > LIMITS.file_bytes:
            return ""
        if content is None and path.suffix.lower() not in {".jsonl", ".json", ".yaml"}:
            return read_file(path, name).text
    except (UnreadableError, OSError):
        return ""
    return path.read_bytes().decode("utf-8", "replace")


def secrets_in(text: str, *, everywhere_only: bool = False) -> list[Secret]:
    """Return the kinds of secrets that stand in a text; `everywhere_only` looks for the sure ones alone."""
    secrets, placeholders = load_secrets()
    plain = _TABLE.sub("：", text)
    return [
        secret
        for secret in secrets
        if (secret.everywhere or not everywhere_only)
        and any(_is_secret(match, placeholders) for match in secret.pattern.finditer(plain))
    ]


def _is_secret(match: re.Match[str], placeholders: tuple[re.Pattern[str], ...]) -> bool:
    groups = match.groupdict()
    value = groups.get("value") or groups.get("password") or match[0]
    if any(pattern.search(value) for pattern in placeholders):
        return False
    if groups.get("value"):
        return _looks_random(value)
    return not groups.get("password") or _is_password(value)


def _looks_random(value: str) -> bool:
    """Say whether a value is no word, no path and no digest."""
    if _HEX_HASH.fullmatch(value):
        return False
    kinds = (
        bool(re.search("[a-z]", value)) + bool(re.search("[A-Z]", value)) + bool(re.search("[0-9]", value))
    )
    return kinds >= _KINDS and bool(re.search("[0-9]", value)) and _bits(value) >= _LEAST_BITS


def _is_password(value: str) -> bool:
    return bool(re.search("[0-9!@#$%^&*]", value)) and not value.startswith(("http", "(", "（", "[", "<"))


def _bits(value: str) -> float:
    counts = Counter(value)
    return -sum(times / len(value) * math.log2(times / len(value)) for times in counts.values())
