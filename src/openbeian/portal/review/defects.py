"""Classes of defects: how an item to correct is worded, and by which code it is given a reason."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from openbeian.core.reasons import OTHER
from openbeian.core.text import Text
from openbeian.standards.reading import read_file

__all__ = ["DefectClass", "Drafted", "defect_class_of", "draft_items", "load_defect_classes"]

_DATA: Final = Path(__file__).parent / "data" / "corrections.yaml"
_ENDS: Final = "。.;； "


class DefectClass(NamedTuple):
    """One class: the code of its reason, its name, and how an item of it is worded."""

    id: str
    reason: str
    label: Text
    text: Text


class Drafted(NamedTuple):
    """An item as it is put before the reviewer, who may change every word of it."""

    subject: str
    """What it is about, as findings name it."""
    text: Text
    reason_code: str
    check_id: str


@lru_cache
def load_defect_classes() -> Mapping[str, DefectClass]:
    """Return the classes by the ids of checks, or the letters with which they begin."""
    found: dict[str, DefectClass] = {}
    for entry in read_file(_DATA).entries("classes"):
        made = DefectClass(
            entry.string("id"), entry.string("reason"), entry.text("label"), entry.text("text")
        )
        found |= dict.fromkeys(entry.strings("checks"), made)
    return MappingProxyType(found)


def defect_class_of(check_id: str) -> DefectClass | None:
    """Return the class of what a check finds; None where the data names none."""
    classes = load_defect_classes()
    return classes.get(check_id) or classes.get(check_id[:1])


def draft_items(findings: Sequence[Mapping[str, Any]]) -> list[Drafted]:
    """Return the items a reviewer starts from: whatever the checks would send back, worded by its class."""
    return [_drafted(one) for one in findings if one["severity"] != "note"]


def _drafted(finding: Mapping[str, Any]) -> Drafted:
    found, mend = (Text(**finding[part]) for part in ("found", "mend"))
    defect = defect_class_of(finding["check"])
    if defect is None:
        text = Text(f"{found.zh}。{mend.zh}。", f"{found.en}. {mend.en}.")
        return Drafted(finding["subject"], text, OTHER, finding["check"])
    words = [
        template.format(found=said.strip(_ENDS), mend=do.strip(_ENDS))
        for template, said, do in zip(defect.text, found, mend, strict=True)
    ]
    return Drafted(finding["subject"], Text(*words), defect.reason, finding["check"])
