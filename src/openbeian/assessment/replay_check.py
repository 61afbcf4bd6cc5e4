"""Checking the replay beside a run: chain, commitment, draws, and the signature over its last line."""

from collections.abc import Callable, Iterator, Mapping

from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.replay_file import load_replay
from openbeian.assessment.replay_result import ReplayedRun
from openbeian.core.errors import BadInputError, DomainError
from openbeian.core.text import Text
from openbeian.evidence import Finding, check_redraw

__all__ = ["VerifyReplay", "check_replay"]

VerifyReplay = Callable[[bytes, str], None]
"""Takes the bytes of `replay.dsse.json` and the last line's hash; raises a `DomainError` on a mismatch."""


def check_replay(directory: RunDirectory, verify_replay: VerifyReplay | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the replay beside a run, where there is one, and whether it is signed."""
    if not directory.replay.is_file():
        if directory.replay_head.is_file():
            yield Finding(
                "replay_missing",
                "error",
                Text(
                    "replay.dsse.json 所签的 replay.jsonl 不在目录中；请找回原文件。",
                    "The replay.jsonl that replay.dsse.json signs is not here; find the original file.",
                ),
            )
        return
    try:
        replayed, _ = load_replay(directory.replay)
        run = ReplayedRun.read(directory, replayed)
        for bank, held in replayed.held.items():
            answered = run.state.answered_of(bank)
            _check_draw(bank, answered, held.draw.questions)
            # From which questions was drawn where a file has paraphrases of some only, the file knows.
            if replayed.committed["paraphrases"].get("by") != "file":
                yield from check_redraw(held.draw, answered)
    except DomainError as error:
        yield Finding("broken_replay", "error", error.text)
    else:
        yield from _signature(directory, replayed.head, verify_replay)


def _check_draw(bank: str, answered: Mapping[str, str], questions: Mapping[str, str]) -> None:
    if any(answered.get(question) != stratum for question, stratum in questions.items()):
        raise BadInputError(
            f"replay.jsonl 重放了题库「{bank}」中评估没有问过的题目；请找回原文件。",
            f"replay.jsonl replays questions of “{bank}” that the run didn't ask; find the original file.",
        )


def _signature(directory: RunDirectory, head: str, verify_replay: VerifyReplay | None) -> Iterator[Finding]:
    if not directory.replay_head.is_file():
        yield Finding(
            "replay_unsigned",
            "note",
            Text(
                "重放记录 replay.jsonl 没有签名：无法确认它未被整体改写；"
                "可用 beian assess replay --sign-key 签名。",
                "The replay's record, replay.jsonl, is not signed: nothing shows that it was not rewritten "
                "as a whole; beian assess replay --sign-key signs it.",
            ),
        )
    elif verify_replay is None:
        yield Finding(
            "replay_not_verified",
            "note",
            Text(
                "replay.jsonl 的签名未核验：没有给出公钥；请用 --keys 指定。",
                "The signature over replay.jsonl was not checked, since there are no keys; name them "
                "with --keys.",
            ),
        )
    else:
        try:
            verify_replay(directory.replay_head.read_bytes(), head)
        except DomainError as error:
            yield Finding("bad_replay_signature", "error", error.text)
