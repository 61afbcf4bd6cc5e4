"""What an office asks (A01 to A39), which checks look at it, and what is left to a person."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.standards.reading import read_file

__all__ = ["AUTOMATION_LABELS", "Automation", "Requirement", "load_requirements"]

_DATA: Final = Path(__file__).parent / "data" / "requirements.yaml"


class Automation(StrEnum):
    """How far software goes."""

    AUTO = "auto"
    SEMI = "semi"
    RECORD = "record"


AUTOMATION_LABELS: Final = {
    Automation.AUTO: Text("自动", "computed"),
    Automation.SEMI: Text("半自动，由人确认", "prepared, a person confirms"),
    Automation.RECORD: Text("只看有无，由人判断", "seen to be there, a person judges"),
}


class Requirement(NamedTuple):
    """One of them: its clause, the ids of its checks, and what only a person can judge."""

    id: str
    clause: str
    automation: Automation
    text: Text
    checks: tuple[str, ...]
    person: Text | None

    def as_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "id": self.id,
            "clause": self.clause,
            "automation": self.automation.value,
            "text": self.text._asdict(),
            "checks": list(self.checks),
            "person": self.person and self.person._asdict(),
        }


@lru_cache
def load_requirements() -> tuple[Requirement, ...]:
    """Return the requirements in their order."""
    return tuple(
        Requirement(
            one.string("id"),
            one.string("clause"),
            one.choice("automation", Automation),
            one.text("text"),
            one.strings("checks"),
            one.text("person") if one.has("person") else None,
        )
        for one in read_file(_DATA).entries("requirements")
    )
