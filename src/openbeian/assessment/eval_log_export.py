"""Writing a run as a log that Inspect reads (`inspect view`), by Inspect's own package, an extra."""

from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Final, NamedTuple

from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.eval_log import eval_log
from openbeian.assessment.reports import report_of
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.evidence import ChainReader

__all__ = ["Exported", "export_eval_log", "require_inspect"]

_SUFFIX: Final = ".eval"


class Exported(NamedTuple):
    """What was written: how many samples, how many of them are errors, and the evidence's last hash."""

    samples: int
    errors: int
    head: str


def require_inspect() -> ModuleType:
    """Return Inspect's module for logs.

    Raises:
        CouldNotRunError: The package is not installed.
    """
    try:
        # Imported here because few need it and it takes seconds.
        import inspect_ai.log  # noqa: PLC0415
    except ImportError as error:
        raise CouldNotRunError(
            "没有安装 inspect_ai；请运行 pip install 'openbeian[inspect]' 后重试。",
            "inspect_ai is not installed; run pip install 'openbeian[inspect]' and try again.",
        ) from error
    module: ModuleType = inspect_ai.log
    return module


def export_eval_log(out: Path, to: Path, *, force: bool = False) -> Exported:
    """Write the run in the directory `out` to the file `to`, which is then whole or not there.

    Raises:
        BadInputError: There is no run, its evidence is broken, or `to` has another suffix or is there.
        CouldNotRunError: Inspect is not installed, or `to` can't be written.
    """
    _check(to, force=force)
    directory = RunDirectory(out)
    directory.check_exists()
    inspect_log = require_inspect()
    report = report_of(directory.evidence, others=True)
    values = eval_log(ChainReader(directory.evidence, drop_torn=True), report)
    log = inspect_log.EvalLog.model_validate(values)
    try:
        # Beside `to`, so that the whole log takes its place at once.
        with TemporaryDirectory(dir=to.parent, prefix=".export-") as folder:
            part = Path(folder, to.name)
            inspect_log.write_eval_log(log, str(part))
            part.replace(to)
    except OSError as error:
        raise CouldNotRunError(
            f"无法写入 {to}（{error.strerror}）；请检查目录、空间和权限。",
            f"{to} can't be written ({error.strerror}); check the directory, its space and permissions.",
        ) from error
    samples = values["samples"]
    return Exported(len(samples), sum("error" in sample for sample in samples), report.evidence.head)


def _check(to: Path, *, force: bool) -> None:
    if to.suffix != _SUFFIX:
        raise BadInputError(
            f"{to} 的文件名应以 {_SUFFIX} 结尾，Inspect 才认得；请改名。",
            f"The name {to} must end with {_SUFFIX}, by which Inspect knows its logs; change it.",
        )
    if to.exists() and not force:
        raise BadInputError(
            f"{to} 已存在；请换一个名称，或加 --force 覆盖。",
            f"{to} is there already; give another name or overwrite it with --force.",
        )
