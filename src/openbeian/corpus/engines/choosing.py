"""Engines by their names."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.corpus.engines import Engine
from openbeian.corpus.engines.dask import on_dask
from openbeian.corpus.engines.local import local
from openbeian.corpus.engines.ray import on_ray
from openbeian.corpus.engines.spark import on_spark

__all__ = ["EngineName", "engine_named"]


class EngineName(StrEnum):
    """Who hands out units."""

    LOCAL = "local"
    RAY = "ray"
    SPARK = "spark"
    DASK = "dask"


_CLUSTERS: Final[Mapping[EngineName, Callable[[str], Engine]]] = {
    EngineName.RAY: on_ray,
    EngineName.SPARK: on_spark,
    EngineName.DASK: on_dask,
}


def engine_named(name: EngineName, cluster: str = "") -> Engine:
    """Return an engine that works on the cluster at an address; without one it starts its own, here.

    Raises:
        BadInputError: There is an address, and the engine has no use for it.
    """
    if name is not EngineName.LOCAL:
        return _CLUSTERS[name](cluster)
    if cluster:
        raise BadInputError(
            "--cluster 只用于 ray、spark 或 dask；请用 --engine 指明是哪一种。",
            "--cluster is for ray, spark or dask; say which with --engine.",
        )
    return local
