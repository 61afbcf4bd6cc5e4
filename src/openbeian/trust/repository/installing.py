"""Putting a ceremony's results where the portal uses them: what is public, and the online keys."""

from pathlib import Path

from openbeian.core.errors import CouldNotRunError
from openbeian.trust.files import replace_file, sync_directories
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.online import OnlineKeys

__all__ = ["install"]


def install(ceremony: Path, *, public: Path, keys: Path) -> RepositoryFolder:
    """Copy a ceremony's repository to `public` and its online keys to `keys`; done twice, it is the same.

    The first root is written last, so that until then there is no repository.

    Raises:
        BadInputError: An online key is no key.
        CouldNotRunError: The ceremony's files are not there, another repository is, or the disk refuses.
    """
    made, installed = RepositoryFolder(ceremony / "repository"), RepositoryFolder(public)
    root = made.root()
    OnlineKeys.load(ceremony / "online")
    if installed.exists and installed.root_bytes(1) != made.root_bytes(1):
        raise CouldNotRunError(
            f"{public} 已有另一个仓库；密钥的更换请用 beian keys rotate，不要重新安装。",
            f"{public} holds another repository; exchange keys with beian keys rotate instead of installing.",
        )
    try:
        _copy(ceremony / "online", keys / "online")
        if (ceremony / "second").is_dir():
            _copy(ceremony / "second", keys / "second")
    except OSError as error:
        raise CouldNotRunError(
            f"无法写入密钥目录 {keys}；请检查磁盘与权限。",
            f"The folder of keys {keys} cannot be written ({error}); check disk and permissions.",
        ) from error
    if installed.exists:
        return installed
    targets = made.targets(root.signed)
    files = {name: target.hashes["sha256"] for name, target in targets.signed.targets.items()}
    with installed.locked():
        installed.write(
            {
                **{
                    installed.target_file(name, sha256): made.target_file(name, sha256).read_bytes()
                    for name, sha256 in files.items()
                },
                installed.metadata_file(1, "targets"): targets.to_bytes(),
            }
        )
        installed.write_root(root)
    return installed


def _copy(source: Path, target: Path) -> None:
    """Copy key files that are not there yet, for their owner only."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in sorted(source.iterdir()):
        placed = target / file.name
        if placed.exists():
            continue
        draft = target / f".{file.name}.draft"
        draft.touch(mode=0o600)
        replace_file(placed, file.read_bytes())
    sync_directories(target, [target / "x"])
