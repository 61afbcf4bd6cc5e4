"""The second signer of the register role: works out from its own source what should be published, then signs.

It sees the database with its own eyes, so that whoever takes over the first signer alone can't publish a
register that the database does not hold.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from securesystemslib.signer import Signature
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, Targets

from openbeian.core.errors import NotNowError
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.repository.keys import signature_of
from openbeian.trust.repository.register_files import RegisterFiles
from openbeian.trust.repository.roles import SNAPSHOT, STATUSES
from openbeian.trust.snapshots import SnapshotRows
from openbeian_gate.errors import GateError
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.index import StatusIndex
from openbeian_gate.verify.permits import PermitTable
from openbeian_gate.verify.snapshot import Snapshot, claims_of, parse_snapshot
from openbeian_gate.verify.status_list import parse_status_list

__all__ = ["RecomputedDifferentlyError", "SecondSigner"]


class RecomputedDifferentlyError(NotNowError):
    """What the first signer wants to publish is not what the second finds."""

    code = "recomputed_differently"


class SecondSigner:
    """Signs for the register role what it finds itself."""

    def __init__(
        self,
        signers: Sequence[Ed25519Signer],
        recompute: Callable[[datetime], SnapshotRows],
        read: Callable[[str, str], bytes],
    ) -> None:
        """Sign with `signers` what `recompute` finds.

        Args:
            signers: The second signer's own keys.
            recompute: Reads every filing and permit, and how it stands at a moment, from its own source.
            read: Returns a target that is published already, by name and SHA-256.
        """
        self._signers = tuple(signers)
        self._recompute = recompute
        self._read = read
        self._last_version = 0

    def countersign(
        self, register: Metadata[Targets], files: RegisterFiles, *, at: datetime
    ) -> Sequence[Signature]:
        """Return the signatures.

        Raises:
            RecomputedDifferentlyError: The files say something else than the filings, are not those that the
                metadata names, or are older than what was signed before.
        """
        try:
            offered = self._offered(register.signed, files.new)
            rows = self._recompute(at)
            wanted = _said(StatusIndex.build(rows.filings), PermitTable(rows.permits))
        except (GateError, LengthOrHashMismatchError, OSError, KeyError) as error:
            raise _refused(
                f"文件不符（{type(error).__name__}）", f"its files do not hold: {error}"
            ) from error
        if offered.said != wanted:
            raise _refused(
                "各备案或许可的状态与数据库不同", "filings or permits stand otherwise in the database"
            )
        if offered.version < self._last_version:
            raise _refused("版本比已签的旧", "it is older than what was signed before")
        self._last_version = offered.version
        return [signature_of(signer, register.signed_bytes) for signer in self._signers]

    def _offered(self, register: Targets, new: Mapping[str, bytes]) -> "_Offered":
        data: dict[str, Any] = {}
        for name, target in register.targets.items():
            data[name] = new[name] if name in new else self._read(name, target.hashes["sha256"])
            target.verify_length_and_hashes(data[name])
        base: Snapshot = claims_of(parse_snapshot(data[SNAPSHOT]))
        listed = parse_status_list(data[STATUSES]).claims
        return _Offered(_said(listed.over(base.index, digest=base.digest), base.permits), listed.version)


class _Offered(NamedTuple):
    """What a client would make of the files."""

    said: JSONValue
    version: int


def _said(index: StatusIndex, permits: PermitTable) -> JSONValue:
    return {"filings": index.to_json(), "permits": permits.to_json()}


def _refused(zh: str, en: str) -> RecomputedDifferentlyError:
    return RecomputedDifferentlyError(
        f"第二签名人拒签：{zh}；未作任何发布，请检查第一签名人所在的机器。",
        f"The second signer does not sign: {en}; nothing was published. Look at the first signer's machine.",
    )
