"""The ledger of sources: where each came from, what proves that it may be used, and how it was assessed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted
from openbeian.core.text import Text

__all__ = ["PROOF_LABELS", "LedgerSource", "SourceType", "flaws_of", "load_ledger"]


class SourceType(StrEnum):
    """How a source came to the provider; each has its own proof."""

    OPEN = "open"
    SELF_COLLECTED = "self_collected"
    COMMERCIAL = "commercial"
    USER_INPUT = "user_input"


PROOF_LABELS: Final = {
    SourceType.OPEN: Text("许可协议", "licence"),
    SourceType.SELF_COLLECTED: Text("采集记录", "collection record"),
    SourceType.COMMERCIAL: Text("合同与承诺", "contract with commitments"),
    SourceType.USER_INPUT: Text("授权记录", "authorisation record"),
}


@dataclass(frozen=True, slots=True)
class LedgerSource:
    """What the ledger says of one source; `before` counts the bad of those looked at before collection."""

    name: str
    type: SourceType
    proof: Path | None
    sha256: str
    collected_on: date | None
    is_foreign: bool
    before: Counted | None


def load_ledger(path: Path) -> dict[str, LedgerSource]:
    """Return the sources of a ledger file (YAML) by name.

    Raises:
        BadInputError: The file is no ledger, or an entry is wrong; it says which.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        entries = content["sources"]
        sources = [_source(str(name), entry, path.parent) for name, entry in entries.items()]
    except OSError as error:
        raise BadInputError(
            f"无法读取来源台账 {path}（{error.strerror}）。",
            f"The ledger {path} can't be read ({error.strerror}).",
        ) from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise BadInputError(
            f"来源台账 {path} 有误：{reason}；请对照文档改正。",
            f"The ledger {path} is wrong: {reason}; correct it after the documentation.",
        ) from error
    return {source.name: source for source in sources}


def _source(name: str, entry: Mapping[str, Any], folder: Path) -> LedgerSource:
    before = entry.get("before")
    collected_on = entry.get("collected_on")
    if collected_on is not None and not isinstance(collected_on, date):
        raise ValueError(f"{name}: collected_on must be a date")
    return LedgerSource(
        name=name,
        type=SourceType(entry["type"]),
        proof=folder / str(entry["proof"]) if entry.get("proof") else None,
        sha256=str(entry.get("sha256", "")),
        collected_on=collected_on,
        is_foreign=bool(entry.get("foreign", False)),
        before=None if before is None else Counted(int(before["bad"]), int(before["looked_at"])),
    )


def flaws_of(source: LedgerSource | None, *, on: date) -> list[Text]:
    """Return what a source's entry lacks on a day: its document, the document's hash, a date in the past."""
    if source is None:
        return [Text("台账中没有该来源", "the ledger does not have this source")]
    flaws = _proof_flaws(source)
    if source.collected_on is None:
        flaws.append(Text("缺少取得日期", "the date of collection is missing"))
    elif source.collected_on > on:
        flaws.append(Text("取得日期在未来", "the date of collection is in the future"))
    return flaws


def _proof_flaws(source: LedgerSource) -> list[Text]:
    label = PROOF_LABELS[source.type]
    if source.proof is None or not source.proof.is_file():
        return [Text(f"缺少{label.zh}", f"the {label.en} is missing")]
    digest = hashlib.sha256(source.proof.read_bytes()).hexdigest()
    if source.sha256 != digest:
        return [Text(f"{label.zh}与登记的哈希不符", f"the {label.en} does not have the hash in the ledger")]
    return []
