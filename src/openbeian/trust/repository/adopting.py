"""Taking into the repository what people have signed: only what every client will follow, never in part."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, Root, Targets

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.trust.repository.folder import RepositoryFolder, verifies
from openbeian.trust.repository.keys import spoken
from openbeian.trust.repository.publisher import NotEnoughSignaturesError, Publisher
from openbeian.trust.repository.requests import CarriedSignature, SigningRequest
from openbeian.trust.repository.roles import KEYS, POLICY
from openbeian_gate.errors import GateError
from openbeian_gate.verify.gate_rules import parse_gate_rules
from openbeian_gate.verify.keys import parse_keys

__all__ = ["adopt", "check_target_files"]


def adopt(
    folder: RepositoryFolder,
    request: SigningRequest,
    signatures: Iterable[CarriedSignature],
    *,
    publisher: Publisher | None,
    at: datetime,
) -> Metadata[Any]:
    """Publish what people have signed, and return it with its signatures.

    Args:
        folder: The repository.
        request: What was to be signed.
        signatures: What came back.
        publisher: Signs anew what the change makes necessary; None where the portal's own does, within half a
            minute, and the change needs nothing at once.
        at: The time.

    Raises:
        BadInputError: A signature is of something else, or a file is not what it should be.
        NotEnoughSignaturesError: Too few have signed, or the online keys do not fit; nothing was published.
        NotNowError: The version is not the next one.
        CouldNotRunError: The disk refuses, or the repository is damaged.
    """
    metadata = _with_signatures(request, signatures)
    if request.role == "root":
        _adopt_root(folder, metadata, publisher, at)
    else:
        _adopt_targets(folder, metadata, request.files, publisher, at)
    return metadata


def check_target_files(files: Mapping[str, bytes]) -> None:
    """Check that gates will understand the files that people publish.

    Raises:
        BadInputError: They will not.
    """
    for name, parse in ((POLICY, parse_gate_rules), (KEYS, parse_keys)):
        try:
            if name in files:
                parse(files[name])
        except GateError as error:
            raise BadInputError(f"{name}：{error.text.zh}", f"{name}: {error.text.en}") from error


def _with_signatures(request: SigningRequest, signatures: Iterable[CarriedSignature]) -> Metadata[Any]:
    metadata = deepcopy(request.metadata)
    for carried in signatures:
        if (carried.role, carried.version, carried.sha256) != (request.role, request.version, request.sha256):
            raise BadInputError(
                f"密钥 {spoken(carried.signature.keyid[:16])} 的签名属于另一份请求；请重新签署这一份。",
                f"The signature by key {spoken(carried.signature.keyid[:16])} is of another request; "
                "have this one signed.",
            )
        metadata.signatures[carried.signature.keyid] = carried.signature
    return metadata


def _adopt_root(
    folder: RepositoryFolder, metadata: Metadata[Root], publisher: Publisher | None, at: datetime
) -> None:
    current = folder.root()
    _check_next(metadata, current)
    for signer in (current.signed, metadata.signed):
        _check_signed(signer, "root", metadata)
    if publisher is not None:
        publisher.renew(at=at, under=metadata)
    with folder.locked():
        _check_next(metadata, folder.root())
        _check_online_signed(folder, metadata.signed)
        folder.write_root(metadata)


def _check_online_signed(folder: RepositoryFolder, root: Root) -> None:
    """Check that a client that goes to `root` finds everything below it signed."""
    _check_signed(root, "targets", folder.targets(folder.root().signed))
    published = folder.current()
    if published is not None:
        _check_signed(root, "snapshot", published.snapshot)
        _check_signed(root, "timestamp", published.timestamp)


def _adopt_targets(
    folder: RepositoryFolder,
    metadata: Metadata[Targets],
    files: Mapping[str, bytes],
    publisher: Publisher | None,
    at: datetime,
) -> None:
    check_target_files(files)
    with folder.locked():
        root = folder.root().signed
        current = folder.targets(root)
        _check_next(metadata, current)
        _check_signed(root, "targets", metadata)
        if publisher is None and metadata.signed.delegations != current.signed.delegations:
            raise NotEnoughSignaturesError(
                "登记角色的密钥有变，须同时用新的在线密钥签名；请加 --online 指明其目录。",
                "The keys of the register role change, and the new one must sign at once; "
                "name the folder of online keys with --online.",
            )
        if publisher is not None:
            publisher.check_can_sign(metadata.signed)
        folder.write(_checked_files(folder, metadata.signed, files))
        folder.write({folder.metadata_file(metadata.signed.version, "targets"): metadata.to_bytes()})
    if publisher is not None:
        publisher.renew(at=at)


def _checked_files(
    folder: RepositoryFolder, targets: Targets, files: Mapping[str, bytes]
) -> dict[Any, bytes]:
    written = {}
    for name, target in targets.targets.items():
        path = folder.target_file(name, target.hashes["sha256"])
        try:
            data = files[name] if name in files else path.read_bytes()
            target.verify_length_and_hashes(data)
        except (OSError, LengthOrHashMismatchError) as error:
            raise BadInputError(
                f"请求中的文件 {name} 缺失或与签名不符；请重新发起。",
                f"The request's file {name} is missing or not the one signed for; make the request anew.",
            ) from error
        written[path] = data
    return written


def _check_next(metadata: Metadata[Any], current: Metadata[Any]) -> None:
    if metadata.signed.version != current.signed.version + 1:
        raise NotNowError(
            f"仓库中为第 {current.signed.version} 版，该请求为第 {metadata.signed.version} 版，不是下一版；"
            "请重新发起。",
            f"The repository is at version {current.signed.version} and the request is version "
            f"{metadata.signed.version}, not the next one; make the request anew.",
        )


def _check_signed(delegator: Root | Targets, role: str, metadata: Metadata[Any]) -> None:
    if not verifies(delegator, role, metadata):
        known = delegator.get_delegated_role(role)
        what, named, of = metadata.signed, len(known.keyids), known.threshold
        raise NotEnoughSignaturesError(
            f"{what.type} 第 {what.version} 版须有 {delegator.type} 第 {delegator.version} 版所列 "
            f"{named} 把密钥中 {of} 把的签名，尚不足；未作任何发布。",
            f"{what.type} {what.version} needs signatures by {of} of the {named} keys that version "
            f"{delegator.version} of {delegator.type} names, and has fewer; nothing was published.",
        )
