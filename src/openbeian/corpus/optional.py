"""Modules that only some corpora need: they come with the `corpus` extra."""

from importlib import import_module
from typing import Any

from openbeian.core.errors import CouldNotRunError

__all__ = ["optional"]


def optional(module: str, package: str) -> Any:  # noqa: ANN401  a module has no narrower type
    """Return a module of the `corpus` extra.

    Raises:
        CouldNotRunError: It is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise CouldNotRunError(
            f"读取该文件需要 {package}；请安装 openbeian[corpus]。",
            f"Reading this file needs {package}; install openbeian[corpus].",
        ) from error
