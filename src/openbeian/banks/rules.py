"""What the shipped banks promise, as data, and where they lie."""

from pathlib import Path
from typing import Final, NamedTuple

import yaml

__all__ = ["BANKS", "KEYWORDS", "SOURCES", "BankRules", "KeywordRules", "Rules", "load_rules"]

BANKS: Final = Path(__file__).parent
SOURCES: Final = BANKS / "sources"
KEYWORDS: Final = BANKS / "keywords_starter.jsonl"


class BankRules(NamedTuple):
    """How one bank is written: what its ids begin with and what its questions are sorted by."""

    prefix: str
    key: str
    classes: tuple[str, ...]


class KeywordRules(NamedTuple):
    """How many terms each risk needs in each language, and how long a term may be (characters, words)."""

    classes: tuple[str, ...]
    minimum: dict[str, int]
    longest: dict[str, int]


class Rules(NamedTuple):
    """All promises about the shipped data."""

    version: str
    licence: str
    similarity_limit: float
    banks: dict[str, BankRules]
    classes: dict[str, tuple[str, ...]]
    language_codes: dict[str, str]
    minimum: dict[str, dict[str, dict[str, int]]]
    keywords: KeywordRules

    def groups_of(self, bank: str) -> dict[str, str]:
        """Return every risk or aspect that `bank` must cover, each with its class."""
        return {group: name for name in self.banks[bank].classes for group in self.classes[name]}


def load_rules(sources: Path = SOURCES) -> Rules:
    """Read `rules.yaml` from the folder of sources."""
    data = yaml.safe_load((sources / "rules.yaml").read_text(encoding="utf-8"))
    banks = {name: BankRules(**bank) for name, bank in data["banks"].items()}
    return Rules(
        version=data["version"],
        licence=data["licence"],
        similarity_limit=data["similarity_limit"],
        banks=banks,
        classes=data["classes"],
        language_codes={name: language["lang"] for name, language in data["languages"].items()},
        minimum={name: language["minimum"] for name, language in data["languages"].items()},
        keywords=KeywordRules(**data["keywords"]),
    )
