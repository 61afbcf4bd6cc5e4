"""What a witness remembers: the latest checkpoint it cosigned of each log, on disk before it answers.

A checkpoint that is signed by the log and contradicts the one remembered proves that the log shows two
histories. The first such is kept beside the record, so that anybody can be shown both.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from openbeian_gate.errors import BadProofError, BadSignatureError, GateError, MalformedError
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.merkle import check_consistency
from openbeian_gate.witness.key import WitnessKey
from openbeian_gate.witness.requests import AddCheckpoint, parse_add_checkpoint

__all__ = ["Answer", "Witness"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness answers."""

    status: HTTPStatus
    body: str
    content_type: str = "text/plain; charset=utf-8"


class Witness:
    """Cosigns for the logs it knows."""

    def __init__(self, key: WitnessKey, keys: PublicKeySet, origins: Iterable[str], directory: Path) -> None:
        """Witness the logs `origins`, whose keys are in `keys`; remember in `directory`."""
        self._key = key
        self._keys = keys
        self._origins = frozenset(origins)
        self._directory = directory

    def add_checkpoint(self, body: bytes, at: datetime) -> Answer:
        """Answer a request to cosign, as C2SP tlog-witness lays down.

        Raises:
            OSError: The record cannot be read or written; nothing was cosigned.
        """
        try:
            asked = parse_add_checkpoint(body)
        except MalformedError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, error)
        origin = asked.checkpoint.origin
        if origin not in self._origins:
            return Answer(HTTPStatus.NOT_FOUND, f"unknown log: {origin}\n")
        try:
            offered = verify_checkpoint(asked.checkpoint, self._keys, origin=origin)
        except BadSignatureError as error:
            return _refusal(HTTPStatus.FORBIDDEN, error)
        with self._locked(origin) as record:
            return self._decide(asked, offered, record, at)

    def latest(self, origin: str) -> Checkpoint | None:
        """Return the latest checkpoint cosigned of a log; None if none was.

        Raises:
            OSError: The record cannot be read.
            GateError: The record is damaged.
        """
        return self._latest(self._record(origin))

    def _decide(self, asked: AddCheckpoint, offered: Checkpoint, record: Path, at: datetime) -> Answer:
        held = self._latest(record)
        size = 0 if held is None else held.size
        if asked.old_size != size:
            return Answer(HTTPStatus.CONFLICT, f"{size}\n", "text/x.tlog.size")
        if held is not None and offered.size == size and offered.root != held.root:
            _keep_evidence(record, offered)
            return Answer(
                HTTPStatus.CONFLICT,
                "the log has signed two histories of this size; both checkpoints are kept\n",
            )
        try:
            _check_growth(held, offered, asked)
        except BadProofError as error:
            return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, error)
        _write(record, offered.note.encode())
        return Answer(HTTPStatus.OK, self._key.cosign(asked.checkpoint.note.text, at))

    def _latest(self, record: Path) -> Checkpoint | None:
        if not record.exists():
            return None
        return verify_checkpoint(parse_checkpoint(record.read_bytes()), self._keys)

    def _record(self, origin: str) -> Path:
        # A log's name may hold slashes and more, so it is not a file's name.
        return self._directory / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.checkpoint"

    @contextmanager
    def _locked(self, origin: str) -> Iterator[Path]:
        """Give a log's record, looked at and replaced by one request at a time, whatever the process."""
        record = self._record(origin)
        self._directory.mkdir(parents=True, exist_ok=True)
        with record.with_suffix(".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield record


def _check_growth(held: Checkpoint | None, offered: Checkpoint, asked: AddCheckpoint) -> None:
    if held is None or held.size == 0:
        if asked.path:
            raise BadProofError("旧大小为 0 时不得附证明。", "A proof from size 0 must be empty.")
        return
    check_consistency(held.size, held.root, offered.size, offered.root, asked.path)


def _keep_evidence(record: Path, offered: Checkpoint) -> None:
    evidence = record.with_suffix(".contradiction")
    if not evidence.exists():
        _write(evidence, offered.note.encode())


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and force it and its name to disk."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refusal(status: HTTPStatus, error: GateError) -> Answer:
    return Answer(status, f"{error.text.en}\n{error.text.zh}\n")
