"""Modules that only some scans need: they come with extras."""

from importlib import import_module
from typing import Any

from openbeian.core.errors import CouldNotRunError

__all__ = ["optional"]


def optional(module: str, package: str, *, extra: str = "corpus") -> Any:  # noqa: ANN401  a module has no narrower type
    """Return a module of an extra.

    Raises:
        CouldNotRunError: It is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise CouldNotRunError(
            f"此次扫描需要 {package}；请安装 openbeian[{extra}]。",
            f"This scan needs {package}; install openbeian[{extra}].",
        ) from error
