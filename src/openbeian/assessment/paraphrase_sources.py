"""Where the paraphrases of a replay come from: our own rules, a file, or (`paraphrase_model`) a model."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, Self

from openbeian.assessment.paraphrasing import Paraphrase, ParaphraseRules, is_other_words, paraphrase
from openbeian.assessment.progress import Progress
from openbeian.assessment.tables import Row, input_error, load_table
from openbeian.core.errors import BadInputError

__all__ = [
    "EACH",
    "FromFile",
    "FromRules",
    "Made",
    "OnProgress",
    "ParaphraseSource",
    "Wanted",
]

OnProgress = Callable[[Progress], None]

EACH: Final = 2
"""How many paraphrases of a question the rules and the model make."""


class Wanted(NamedTuple):
    """A question that is to be said in other words."""

    bank: str
    id: str
    text: str

    @property
    def key(self) -> tuple[str, str]:
        """What names it in a run."""
        return self.bank, self.id


class Made(NamedTuple):
    """The paraphrases by question, and by kind of error how many questions have none."""

    paraphrases: Mapping[tuple[str, str], Sequence[Paraphrase]]
    errors: Mapping[str, int]


class ParaphraseSource(Protocol):
    """Says questions in other words."""

    def describe(self) -> dict[str, Any]:
        """Return what is committed to."""

    def covers(self, question: str) -> bool:
        """Say whether there can be paraphrases of a question."""

    async def make(
        self, wanted: Sequence[Wanted], *, seed: bytes, on_progress: OnProgress | None = None
    ) -> Made:
        """Return the paraphrases.

        Raises:
            TargetError: A model that is to make them can't be asked.
        """


class FromRules:
    """Paraphrases by the rules that ship with us."""

    def describe(self) -> dict[str, Any]:
        """Return the versions of the rules."""
        return {"by": "rules", "versions": {one: ParaphraseRules.load(one).version for one in ("zh", "en")}}

    def covers(self, question: str) -> bool:  # noqa: ARG002  rules need no question known before
        """Say yes: anything can be said in other words."""
        return True

    async def make(
        self,
        wanted: Sequence[Wanted],
        *,
        seed: bytes,
        on_progress: OnProgress | None = None,  # noqa: ARG002  it takes no time
    ) -> Made:
        """Return two paraphrases of each question."""
        return Made({one.key: paraphrase(one.text, seed=seed, count=EACH) for one in wanted}, {})


@dataclass(frozen=True)
class FromFile:
    """Paraphrases that somebody wrote: JSONL, CSV or XLSX with `id`, the question's, and `text`."""

    name: str
    sha256: str
    texts: Mapping[str, Sequence[str]]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the paraphrases in a file.

        Raises:
            BadInputError: It can't be read, or one of its lines is wrong.
        """
        table = load_table(path, ("id", "text"))
        first = {name: str(value) for name, value in (table.head or {}).items()}
        rows = [*([Row(1, first)] if "text" in first else []), *table.rows]
        texts: dict[str, list[str]] = {}
        for row in rows:
            question, text = row.cells.get("id", "").strip(), row.cells.get("text", "").strip()
            if not question or not text:
                raise input_error(
                    path, row.line, "缺少 id 或 text；请补上。", "“id” or “text” is missing; add it."
                )
            texts.setdefault(question, []).append(text)
        if not texts:
            raise input_error(path, None, "没有改写；请补充。", "there are no paraphrases; add some.")
        return cls(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), texts)

    def describe(self) -> dict[str, Any]:
        """Return the file's name and hash."""
        return {"by": "file", "name": self.name, "sha256": self.sha256}

    def covers(self, question: str) -> bool:
        """Say whether the file has paraphrases of a question."""
        return question in self.texts

    async def make(
        self,
        wanted: Sequence[Wanted],
        *,
        seed: bytes,  # noqa: ARG002  nothing is chosen
        on_progress: OnProgress | None = None,  # noqa: ARG002  it takes no time
    ) -> Made:
        """Return what the file holds; a text that is the question again is none.

        Raises:
            BadInputError: A paraphrase is the question itself.
        """
        made: dict[tuple[str, str], Sequence[Paraphrase]] = {}
        for one in wanted:
            for text in self.texts[one.id]:
                if not is_other_words(text, one.text):
                    raise BadInputError(
                        f"{self.name}：题目 {one.id} 的改写与原题相同；请换一种说法。",
                        f"{self.name}: a paraphrase of the question {one.id} is the question; say it in "
                        "other words.",
                    )
            made[one.key] = [Paraphrase(("file",), text) for text in self.texts[one.id]]
        return Made(made, {})
