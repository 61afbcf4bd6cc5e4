"""Files that the key commands read and write: whole or not at all, and never over a key."""

from pathlib import Path

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.trust.files import replace_file

__all__ = ["read_carried", "write_carried"]


def read_carried(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        BadInputError: It can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"无法读取 {path}（{error.strerror}）；请检查路径。",
            f"{path} can't be read ({error.strerror}); check the path.",
        ) from error


def write_carried(path: Path, data: bytes) -> None:
    """Write a file.

    Raises:
        CouldNotRunError: It can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    except OSError as error:
        raise CouldNotRunError(
            f"无法写入 {path}（{error.strerror}）；请检查磁盘与权限。",
            f"{path} can't be written ({error.strerror}); check disk and permissions.",
        ) from error
