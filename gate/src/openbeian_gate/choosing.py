"""What a command follows, from its options: a register's repository, or one signed snapshot."""

import argparse
from datetime import timedelta
from pathlib import Path

from openbeian_gate.client import ClientLimits, SnapshotClient
from openbeian_gate.errors import GateError
from openbeian_gate.text import Text
from openbeian_gate.verify.keys import PublicKeySet, load_keys

__all__ = [
    "COULD_NOT_RUN",
    "WRONG_USE",
    "CannotRunError",
    "chosen_client",
    "chosen_keys",
    "repository_client",
]

WRONG_USE = 2
COULD_NOT_RUN = 3


class CannotRunError(Exception):
    """The command ends here, with this sentence and this exit code."""

    def __init__(self, text: Text, exit_code: int = COULD_NOT_RUN) -> None:
        """Say why."""
        super().__init__(text.en)
        self.text = text
        self.exit_code = exit_code


def chosen_client(options: argparse.Namespace) -> SnapshotClient:
    """Return a client for what the options name.

    Raises:
        CannotRunError: They name nothing, both, or something that can't be used.
    """
    poll_for = None if options.poll is None else timedelta(seconds=options.poll)
    limits = ClientLimits(poll_for=poll_for)
    if (options.repository is None) == (options.snapshot is None):
        raise CannotRunError(
            Text(
                "请给出 --repository（及 --root、--keep）或 --snapshot（及 --keys）之一。",
                "Give either --repository (with --root and --keep) or --snapshot (with --keys).",
            ),
            WRONG_USE,
        )
    if options.repository is None:
        return SnapshotClient(options.snapshot, chosen_keys(options), limits=limits, keep=options.keep)
    if options.root is None or options.keep is None:
        raise CannotRunError(
            Text(
                "--repository 还需要 --root（受信任的根文件）与 --keep（保存所见状态的目录）。",
                "--repository also needs --root, the root file you trust, and --keep, a folder to keep "
                "what was seen in.",
            ),
            WRONG_USE,
        )
    return repository_client(options.repository, options.root, options.keep, limits=limits)


def repository_client(
    address: str, root: Path, keep: Path, *, limits: ClientLimits | None = None
) -> SnapshotClient:
    """Return a client that follows a register's repository.

    Args:
        address: The http(s) address or path of the repository.
        root: The root file to trust, compared by its fingerprint with what the register's people said.
        keep: A folder of the gate's own.
        limits: How often, how long, how much.

    Raises:
        CannotRunError: The root file or the folder can't be used.
    """
    from openbeian_gate.repository.source import RepositorySource  # noqa: PLC0415  takes a while to load

    try:
        source = RepositorySource(address, root.read_bytes(), keep=keep)
    except (OSError, GateError) as error:
        raise CannotRunError(
            Text(
                f"无法使用根文件 {root}；请从登记机关重新获取并核对指纹。",
                f"The root file {root} cannot be used ({error}); get it from the register again and compare "
                "its fingerprint.",
            ),
            WRONG_USE,
        ) from error
    return SnapshotClient(source, limits=limits)


def chosen_keys(options: argparse.Namespace) -> PublicKeySet:
    """Return the key set that the options name.

    Raises:
        CannotRunError: There is none, or it can't be used.
    """
    if options.keys is None:
        raise CannotRunError(
            Text("请用 --keys 给出受信任的公钥文件。", "Name the file of trusted public keys with --keys."),
            WRONG_USE,
        )
    try:
        return load_keys(options.keys)
    except (OSError, GateError) as error:
        raise CannotRunError(
            Text(
                f"无法使用密钥文件 {options.keys}；请从登记机关重新获取。",
                f"The key file {options.keys} cannot be used ({error}); get it from the register again.",
            ),
            WRONG_USE,
        ) from error
