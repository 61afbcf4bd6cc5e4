"""What a shipped classifier says about itself: which files it is, and how it did against people."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from openbeian import classifiers
from openbeian.assessment.judges.protocol import Calibration, JudgeCard

__all__ = ["ModelCard"]

_PACKAGE: Final = Path(classifiers.__file__).parent


class ModelCard(NamedTuple):
    """Version and calibrations of a classifier."""

    version: str
    calibrations: tuple[Calibration, ...]

    @classmethod
    def of(cls, name: str, about: Mapping[str, Any]) -> Self:
        """Return the card of the classifier `name`; another byte in its files is another version.

        `about["calibrations"]` is a list of `{"positive", "sensitivity", "specificity", "measured_on"}`,
        as evidence has them. Without it the classifier counts as not measured.
        """
        digest = hashlib.sha256()
        for file in sorted(_PACKAGE.glob(f"models/{name}.*")) + sorted(_PACKAGE.glob(f"{name}_*.yaml")):
            digest.update(file.name.encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        version = f"{name}-{digest.hexdigest()[:12]}"
        card = {"name": name, "version": version, "calibrations": about.get("calibrations", ())}
        return cls(version, JudgeCard.parse(card).calibrations)
