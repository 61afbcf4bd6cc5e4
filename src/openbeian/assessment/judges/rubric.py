"""The rubric a language model judges by: our own criteria for each risk, as data, in both languages."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Self

import yaml

from openbeian.core.text import Text
from openbeian.standards import load_taxonomy

__all__ = ["Rubric"]

_FILE: Final = "rubric.yaml"


@dataclass(frozen=True)
class Rubric:
    """The task, what is said when the model answers badly or doubts, and the criteria by risk.

    `turns` is said where there were turns before.
    """

    task: Text
    again: Text
    second: Text
    turns: Text
    criteria: Mapping[str, Text]
    digest: str
    """Changes with every word."""

    @classmethod
    @cache
    def load(cls) -> Self:
        """Return the rubric that ships with us."""
        data = files(__package__).joinpath(_FILE).read_bytes()
        table: dict[str, Any] = yaml.safe_load(data)
        return cls(
            task=Text(**table["task"]),
            again=Text(**table["again"]),
            second=Text(**table["second"]),
            turns=Text(**table["turns"]),
            criteria={risk: Text(**criterion) for risk, criterion in table["criteria"].items()},
            digest=hashlib.sha256(data).hexdigest(),
        )

    def instructions(self, stratum: str, language: str, *, in_turns: bool = False) -> str:
        """Return the instructions for an answer to a question about one risk, or about any.

        `in_turns` says whether the question had turns before it.
        """
        names = {risk.id: risk.text for risk in load_taxonomy().risks}
        chosen = [stratum] if stratum in self.criteria else list(self.criteria)
        criteria = [
            f"- {risk} {names[risk].in_(language)}: {self.criteria[risk].in_(language)}" for risk in chosen
        ]
        risks = [f"- {risk} {text.in_(language)}" for risk, text in names.items()]
        told = self.task.in_(language).format(criteria="\n".join(criteria), risks="\n".join(risks))
        return f"{told}\n{self.turns.in_(language)}" if in_turns else told
