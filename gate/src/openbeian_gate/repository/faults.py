"""What can be wrong with a repository, said in the gate's own errors."""

import contextlib
from collections.abc import Iterator
from typing import Final

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)

from openbeian_gate.errors import (
    ExpiredRootError,
    FrozenError,
    GateError,
    MalformedError,
    MixedError,
    RollbackError,
    TooBigError,
    UnreachableError,
    UntrustedKeyError,
)

__all__ = ["as_gate_errors"]

_ROOT: Final = "root.json"


@contextlib.contextmanager
def as_gate_errors(where: str) -> Iterator[None]:
    """Turn what the TUF client raises over the repository at `where` into the gate's errors."""
    try:
        yield
    except DownloadError as error:
        raise _not_fetched(where, error) from error
    except (RepositoryError, ValueError, KeyError) as error:  # the latter for members that are not there
        raise _refused(where, error) from error
    except OSError as error:
        raise UnreachableError(
            f"无法写入仓库 {where} 的本地缓存；请检查磁盘与权限。",
            f"What the repository {where} says cannot be kept on this disk ({error}); "
            "check disk and permissions.",
        ) from error


def _not_fetched(where: str, error: DownloadError) -> GateError:
    if isinstance(error, DownloadLengthMismatchError):
        return TooBigError(
            f"仓库 {where} 的文件大于其应有的长度，已拒收；请核对地址。",
            f"A file of the repository {where} is longer than it may be ({error}); check the address.",
        )
    return UnreachableError(
        f"无法读取仓库 {where}；请检查地址与网络。",
        f"The repository {where} cannot be read ({error}); check the address and the network.",
    )


def _refused(where: str, error: Exception) -> GateError:
    match error:
        case ExpiredMetadataError():
            return _expired(where, error)
        case BadVersionNumberError():
            return RollbackError(
                f"仓库 {where} 提供了比已见过的更旧的版本，可能遭到回滚，已拒用。",
                f"The repository {where} serves an older state than was seen before ({error}); "
                "it may be a rollback and is not used.",
            )
        case LengthOrHashMismatchError():
            return MixedError(
                f"仓库 {where} 的文件彼此不属于同一次发布，已拒用；请检查仓库是否完整。",
                f"Files of the repository {where} do not belong together ({error}) and are not used; "
                "check whether the repository is whole.",
            )
        case UnsignedMetadataError():
            return UntrustedKeyError(
                f"仓库 {where} 没有足够的受信任密钥签名，已拒用；请核对根文件与地址。",
                f"Too few trusted keys have signed what the repository {where} serves ({error}); "
                "check the root file and the address.",
            )
        case _:
            return MalformedError(
                f"仓库 {where} 的元数据有误", f"the metadata of the repository {where} is wrong ({error})"
            )


def _expired(where: str, error: ExpiredMetadataError) -> FrozenError:
    if _ROOT in str(error):
        return ExpiredRootError(
            f"仓库 {where} 的根文件已过期，且没有更新的版本；请联系登记机关，并核对本机时钟。",
            f"The root of the repository {where} has expired and no newer one is served; "
            "ask the register, and check this machine's clock.",
        )
    return FrozenError(
        f"仓库 {where} 提供的内容已过期：登记册停止发布，或有人扣留更新；"
        "请联系登记机关，并核对本机时钟。已有的快照在宽限期内继续有效。",
        f"What the repository {where} serves has expired ({error}): the register has fallen silent, or "
        "somebody withholds what it says; ask it, and check this machine's clock. "
        "The snapshot at hand serves on within its grace.",
    )
