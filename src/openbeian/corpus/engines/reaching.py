"""What is said where a cluster can't be reached or started."""

from openbeian.core.errors import CouldNotRunError

__all__ = ["unreachable"]


def unreachable(engine: str, address: str, error: BaseException) -> CouldNotRunError:
    """Return the error; an empty address stands for this machine."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if address:
        return CouldNotRunError(
            f"无法连接 {engine} 集群 {address}（{reason}）；请检查 --cluster，或改用 --engine local。",
            f"The {engine} cluster at {address} can't be reached ({reason}); check --cluster, or use "
            "--engine local.",
        )
    return CouldNotRunError(
        f"无法在本机启动 {engine}（{reason}）；请检查其安装（Spark 需要 Java 17 以上），"
        "或改用 --engine local。",
        f"{engine} can't be started on this machine ({reason}); check its installation (Spark needs Java 17 "
        "or later), or use --engine local.",
    )
