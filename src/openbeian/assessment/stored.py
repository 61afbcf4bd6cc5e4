"""A run read back from its directory: what it is of, and the outline of what it has done."""

from dataclasses import dataclass
from datetime import timedelta

from openbeian.assessment.banks import BankKind, QuestionBank, load_bank
from openbeian.assessment.committed import edition_named, seals, target_about
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.keywords import KeywordLibrary, load_keywords
from openbeian.assessment.run_state import RunState
from openbeian.assessment.stopping import StopRule
from openbeian.assessment.target import Target
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.evidence import ChainReader, Seal

__all__ = ["StoredRun", "load_bank_copy", "load_run"]


@dataclass(frozen=True)
class StoredRun:
    """A run with the banks and the library it was committed to."""

    target: Target
    edition: Edition
    banks: tuple[QuestionBank, ...]
    keywords: KeywordLibrary | None
    concurrency: int | None
    judges: tuple[str, ...]
    """The judges as they are named on the command line."""
    state: RunState
    stop: StopRule | None


def load_run(directory: RunDirectory, reader: ChainReader) -> StoredRun:
    """Return the run in a directory, as far as its evidence goes.

    Raises:
        BadInputError: The evidence is broken, or a copy beside it is not what was committed to.
    """
    directory.check_exists()
    state = RunState.read(reader)
    if not state.commitment:
        raise BadInputError(
            f"{directory.evidence} 是空的；请删除该目录后重新评估。",
            f"{directory.evidence} is empty; remove the directory and run again.",
        )
    committed, settings = state.committed, state.settings
    try:
        target = Target.described(
            target_about(committed),
            key_env=settings["key_env"],
            timeout_for=timedelta(seconds=settings["timeout_s"]),
        )
        stop = StopRule.parse(settings.get("stop"))
        concurrency, judges = (
            settings["concurrency"],
            tuple(card.get("spec") or card["name"] for card in settings["judges"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(
            f"{directory.evidence} 第 1 行的承诺记录残缺；请找回原文件。",
            f"{directory.evidence}, line 1: the commitment is incomplete; find the original file.",
        ) from error
    sealed = seals(committed)
    return StoredRun(
        target=target,
        edition=edition_named(committed),
        banks=tuple(load_bank_copy(directory, seal) for seal in sealed if seal.kind in list(BankKind)),
        keywords=next((_keywords(directory, seal) for seal in sealed if seal.kind == "keywords"), None),
        concurrency=concurrency,
        judges=judges,
        state=state,
        stop=stop,
    )


def load_bank_copy(directory: RunDirectory, seal: Seal) -> QuestionBank:
    """Return the copy of a bank, which must be the one committed to.

    Raises:
        BadInputError: It is missing or another.
    """
    bank = load_bank(directory.copy_of(seal))
    _check_seal(directory, bank.seal, seal)
    return bank


def _keywords(directory: RunDirectory, seal: Seal) -> KeywordLibrary:
    library = load_keywords(directory.copy_of(seal))
    _check_seal(directory, library.seal, seal)
    return library


def _check_seal(directory: RunDirectory, found: Seal, committed: Seal) -> None:
    if found != committed:
        raise BadInputError(
            f"{directory.copy_of(committed)} 与证据中的承诺不符；请放回原来的文件。",
            f"{directory.copy_of(committed)} is not what the evidence commits to; put the original back.",
        )
