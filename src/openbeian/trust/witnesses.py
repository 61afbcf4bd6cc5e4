"""Cosignatures from witnesses (C2SP tlog-witness), put on the checkpoint once they hold.

The log publishes first and asks then: a witness that is away keeps nothing from being published. What a
witness says that contradicts the log must never be passed over, and has an outcome of its own.
"""

import base64
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from openbeian.core.errors import NotNowError
from openbeian.core.text import Text
from openbeian.trust.log import TileLog
from openbeian_gate.errors import GateError
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint
from openbeian_gate.verify.cosignatures import verify_cosignature
from openbeian_gate.verify.keys import PublicKey
from openbeian_gate.verify.note import parse_signature_lines

__all__ = ["Outcome", "Witness", "WitnessAnswer", "build_add_checkpoint", "gather_cosignatures"]

_TIMEOUT_S = 10.0
_TRIES = 2
_MAX_ANSWER_BYTES = 1 << 16
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,17})\n")
_OK, _CONFLICT, _INCONSISTENT = 200, 409, 422


class Outcome(StrEnum):
    """What became of asking a witness."""

    COSIGNED = "cosigned"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    CONTRADICTED = "contradicted"
    """The witness has seen another history of this log."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness to be asked."""

    name: str
    key: PublicKey
    address: str
    """The submission prefix: what stands before `/add-checkpoint`."""


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """What one witness answered."""

    witness: Witness
    outcome: Outcome
    line: str
    """The cosignature; empty unless there is one."""
    detail: Text


def gather_cosignatures(
    log: TileLog, witnesses: Sequence[Witness], *, timeout_s: float = _TIMEOUT_S
) -> tuple[WitnessAnswer, ...]:
    """Ask all witnesses at once to cosign the log's checkpoint, and put what holds on it.

    Returns:
        Each witness's answer. Whoever runs the log raises an alarm at a CONTRADICTED one.

    Raises:
        NotNowError: The log has no checkpoint yet, or has moved on while the witnesses were asked.
        LogDamagedError: The files contradict the checkpoint.
        CouldNotRunError: The disk refused.
    """
    log.reload()
    checkpoint = log.checkpoint
    if checkpoint is None:
        raise NotNowError(
            "日志尚无检查点，无从见证；请先发布。",
            "The log has no checkpoint to witness yet; publish one first.",
        )
    request = _Request(log, checkpoint, timeout_s)
    with ThreadPoolExecutor(max_workers=max(len(witnesses), 1)) as pool:
        answers = tuple(pool.map(request.ask, witnesses))
    if lines := [answer.line for answer in answers if answer.line]:
        log.add_cosignatures(lines, over=checkpoint)
    return answers


class _Request:
    """One checkpoint, shown to any number of witnesses."""

    def __init__(self, log: TileLog, checkpoint: Checkpoint, timeout_s: float) -> None:
        self._log = log
        self._checkpoint = checkpoint
        self._text = parse_checkpoint(checkpoint.note.encode()).note.text
        self._timeout_s = timeout_s
        self._reading = Lock()

    def ask(self, witness: Witness) -> WitnessAnswer:
        """Ask as if the witness knew nothing; one that knows the log says up to where, and is asked again."""
        try:
            status, body = self._post_until_size_fits(witness)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _answer(
                witness, Outcome.UNREACHABLE, f"无法联系见证（{error}）", f"cannot be asked ({error})"
            )
        size = _SIZE.fullmatch(body) if status == _CONFLICT else None
        if size is not None and int(size[1]) <= self._checkpoint.size:
            return _answer(witness, Outcome.REFUSED, "见证正忙", "is busy with other requests for this log")
        if size is not None:
            zh, en = f"见证见过大小为 {int(size[1])} 的日志", f"has seen the log with {int(size[1])} entries"
            return _answer(witness, Outcome.CONTRADICTED, zh, en)
        if status in (_CONFLICT, _INCONSISTENT):
            zh, en = "见证见过该日志的另一种历史", "has seen another history of this log"
            return _answer(witness, Outcome.CONTRADICTED, zh, en)
        if status != _OK:
            return _answer(witness, Outcome.REFUSED, f"见证拒绝（{status}）", f"refused with status {status}")
        return self._checked(witness, body)

    def _post_until_size_fits(self, witness: Witness) -> tuple[int, bytes]:
        status, body = self._post(witness, 0)
        for _ in range(_TRIES):
            size = _SIZE.fullmatch(body) if status == _CONFLICT else None
            if size is None or int(size[1]) > self._checkpoint.size:
                break
            status, body = self._post(witness, int(size[1]))
        return status, body

    def _post(self, witness: Witness, old_size: int) -> tuple[int, bytes]:
        with self._reading:
            path = self._log.consistency_proof(old_size, self._checkpoint.size) if old_size else ()
        body = build_add_checkpoint(old_size, path, self._checkpoint.note)
        if not witness.address.startswith(("http://", "https://")):
            raise ValueError("not an http(s) address")
        address = witness.address.rstrip("/") + "/add-checkpoint"
        asked = urllib.request.Request(address, data=body, method="POST")  # noqa: S310  checked above
        asked.add_header("Content-Type", "text/plain; charset=utf-8")
        try:
            with urllib.request.urlopen(asked, timeout=self._timeout_s) as answer:  # noqa: S310  # nosec B310
                return answer.status, answer.read(_MAX_ANSWER_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(_MAX_ANSWER_BYTES)

    def _checked(self, witness: Witness, body: bytes) -> WitnessAnswer:
        """Return the line by the witness's own key; others the witness may add are passed over."""
        try:
            for line in body.decode("utf-8").splitlines(keepends=True):
                (signature,) = parse_signature_lines(line)
                if signature.name == witness.name:
                    verify_cosignature(self._text, signature, witness.key)
                    held = line.rstrip("\n") + "\n"
                    return WitnessAnswer(witness, Outcome.COSIGNED, held, Text("已会签", "cosigned"))
        except (GateError, UnicodeDecodeError) as error:
            return _answer(
                witness, Outcome.REFUSED, "见证的会签不成立", f"gave no cosignature that holds ({error})"
            )
        return _answer(witness, Outcome.REFUSED, "见证没有给出会签", "gave no cosignature")


def build_add_checkpoint(old_size: int, path: Sequence[bytes], note: str) -> bytes:
    """Return the body of a request to cosign."""
    lines = [f"old {old_size}", *(base64.b64encode(step).decode() for step in path)]
    return ("\n".join(lines) + "\n\n" + note).encode()


def _answer(witness: Witness, outcome: Outcome, zh: str, en: str) -> WitnessAnswer:
    return WitnessAnswer(witness, outcome, "", Text(f"{zh}：{witness.name}", f"{witness.name} {en}"))
