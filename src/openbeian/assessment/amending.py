"""Adding to the evidence of a run after it: what people said, how a judge was measured."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.judges.protocol import JudgeCard
from openbeian.assessment.report import Report
from openbeian.assessment.reports import SignHead, write_reports
from openbeian.core.errors import BadInputError
from openbeian.evidence import ChainReader, ChainWriter, RecordKind

__all__ = ["amend"]


def amend(
    directory: RunDirectory,
    reader: ChainReader,
    records: Sequence[tuple[RecordKind, Mapping[str, Any]]],
    *,
    at: datetime,
    cards: Sequence[JudgeCard] = (),
    sign_head: SignHead | None = None,
) -> Report:
    """Append records after what `reader` has read, close the evidence again and report anew.

    Raises:
        BadInputError: The evidence is signed, and would no longer be.
        CouldNotRunError: Somebody else writes the evidence, or has since it was read.
    """
    if directory.head.is_file() and sign_head is None:
        raise BadInputError(
            f"{directory.path} 的证据已签名，追加后原签名失效；请用 --sign-key 给出签名私钥。",
            f"The evidence in {directory.path} is signed, and adding to it voids the signature; give the key "
            "with --sign-key.",
        )
    with ChainWriter.resume(directory.evidence, reader) as writer:
        for kind, body in records:
            writer.append(kind, body, at=at)
        writer.append(RecordKind.CLOSE, {"judges": [card.as_json() for card in cards]}, at=at)
    return write_reports(directory, at=at, sign_head=sign_head)
