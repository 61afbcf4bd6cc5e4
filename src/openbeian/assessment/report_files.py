"""The report of a run as files of the formats asked for, computed anew from its evidence."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.report import Report
from openbeian.assessment.report_html import render_html
from openbeian.assessment.report_xlsx import render_xlsx
from openbeian.assessment.reports import CountedReport, counted_report
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import LANGUAGES

__all__ = ["FORMATS", "parse_formats", "write_report_files"]

_File = tuple[Path, bytes]
_Render = Callable[[CountedReport, Path, RunDirectory], Iterator[_File]]


def _html(counted: CountedReport, _evidence: Path, to: RunDirectory) -> Iterator[_File]:
    for language in LANGUAGES:
        yield to.page(language), render_html(counted.report, language).encode()


def _json(counted: CountedReport, _evidence: Path, to: RunDirectory) -> Iterator[_File]:
    yield to.report, counted.report.to_bytes()


def _xlsx(counted: CountedReport, evidence: Path, to: RunDirectory) -> Iterator[_File]:
    yield to.path / "report.xlsx", render_xlsx(counted, evidence)


FORMATS: Final[dict[str, _Render]] = {"html": _html, "json": _json, "xlsx": _xlsx}


def parse_formats(written: str) -> tuple[str, ...]:
    """Return the formats in a list with commas between.

    Raises:
        BadInputError: One is unknown.
    """
    formats = tuple(dict.fromkeys(one.strip().lower() for one in written.split(",") if one.strip()))
    unknown = [one for one in formats if one not in FORMATS]
    if unknown or not formats:
        raise BadInputError(
            f"报告格式「{written}」不认识；可用：{'、'.join(FORMATS)}，以逗号分隔。",
            f"“{written}” is no list of report formats; use {', '.join(FORMATS)}, with commas between.",
        )
    return formats


def write_report_files(
    out: Path, formats: Iterable[str] = (), *, to: Path | None = None
) -> tuple[Report, list[Path]]:
    """Return the report on the run in `out` and the files written of it, into `to` or beside the evidence.

    Raises:
        BadInputError: There is no run, or its evidence is broken.
        CouldNotRunError: A file can't be written.
    """
    run, target = RunDirectory(out), RunDirectory(to or out)
    run.check_exists()
    counted = counted_report(run.evidence, others=True)
    written = []
    for one in formats:
        for path, data in FORMATS[one](counted, run.evidence, target):
            try:
                target.path.mkdir(parents=True, exist_ok=True)
                target.put(path, data)
            except OSError as error:
                raise CouldNotRunError(
                    f"无法写入 {path}（{error.strerror}）；请用 --to 换一个目录。",
                    f"{path} can't be written ({error.strerror}); choose another folder with --to.",
                ) from error
            written.append(path)
    return counted.report, written
