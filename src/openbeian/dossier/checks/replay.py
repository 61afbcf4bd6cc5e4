"""The bank is not replayed: whoever knows its questions by heart falls when they are asked in other words."""

from collections.abc import Iterator

from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.replay_check import check_replay
from openbeian.assessment.replay_result import replay_result
from openbeian.core.errors import DomainError
from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_folder

__all__: list[str] = []

_AGAIN = Text("用 beian assess replay 换种说法再问", "Ask in other words with beian assess replay")


def _has_replay(dossier: Dossier) -> bool:
    return in_folder(dossier) and len(dossier.of_kind("evidence")) == 1


def _directory(dossier: Dossier) -> RunDirectory:
    return RunDirectory(dossier.of_kind("evidence")[0].path.parent)


@check(
    "E09",
    clause="none",
    severity="note",
    title=Text("附有换种说法的复问", "The questions were asked in other words as well"),
    applies=_has_replay,
)
def _is_there(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if not _directory(dossier).replay.is_file():
        yield report(
            "replay.jsonl",
            Text(
                "没有复问，看不出题库是否被背下",
                "There is no replay, so nobody can tell whether the bank was learnt by heart",
            ),
            _AGAIN,
        )


@check(
    "E10",
    clause="none",
    severity="warning",
    title=Text("题目没有被背下或泄露给防护", "The bank's questions were not learnt by heart"),
    applies=_has_replay,
)
def _not_known(dossier: Dossier, report: Report) -> Iterator[Finding]:
    directory = _directory(dossier)
    if not directory.replay.is_file():
        return
    wrong = [one for one in check_replay(directory) if one.severity == "error"]
    for one in wrong:
        yield report("replay.jsonl", one.text, _AGAIN, "error")
    if wrong:
        return
    try:
        result = replay_result(directory)
    except DomainError as error:
        yield report("replay.jsonl", error.text, _AGAIN, "error")
        return
    if result.is_found:
        yield report(
            "replay.jsonl",
            Text(
                f"原题通过 {result.originals.k}/{result.originals.n}，"
                f"换种说法只通过 {result.others.k}/{result.others.n}，不像偶然",
                f"Own words pass {result.originals.k}/{result.originals.n}, other words only "
                f"{result.others.k}/{result.others.n}, which is no chance",
            ),
            Text(
                "查清是否按题库应答，改正后重新评估",
                "Find out whether answers go by the bank, mend it and assess again",
            ),
        )
