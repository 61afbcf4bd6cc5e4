"""Measure the downloads of the whole register: made-up entries in SQLite, a process for each run.

Run: python benchmarks/register_export.py [ROWS] [--write docs/reference/export-benchmark.md]
"""

import argparse
import json
import os
import platform
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ALL = ("csv", "jsonl", "parquet", "xlsx")
RUNS = (("csv",), ("jsonl",), ("parquet",), ("csv", "jsonl", "parquet"), ("xlsx",), ALL)
LIMIT_S, LIMIT_MB = 60.0, 300.0
NAMES = ("百灵", "工匠", "航运通", "青灯读写", "小舟", "云岭", "南岭智造", "麦穗", "问渠", "海棠")
FIELDS = ("助手", "工业大模型", "客服", "写作", "金融问答", "医疗导诊")
PLACES = ("GD", "BJ", "SH", "ZJ", "JS", "SC", "HB", "FJ")
INDUSTRIES = ("general", "manufacturing", "finance", "health", "education", "")
COLUMNS = (
    *("id", "key", "number", "route", "jurisdiction", "service_name", "service_latin", "model_name"),
    *("provider_name", "provider_name_en", "provider_uscc", "profile", "status", "status_since"),
    *("issued_on", "listed_on", "industry", "service_type", "sources", "search_tokens"),
    *("base_number", "base_name", "number_digest", "name_digest", "model_digest", "provider_digest"),
    "base_digest",
)

TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'filings_registerentry'"


def entries(rows: int) -> Iterator[tuple[object, ...]]:
    """Yield made-up entries: as long and as varied as real ones, the same at every run."""
    first, begun = date(2023, 8, 15), datetime(2023, 8, 15, 2, tzinfo=UTC)
    for n in range(1, rows + 1):
        day, name = first + timedelta(days=n % 1200), NAMES[n % 10] + FIELDS[n % 6] + str(n)
        number = f"Guangdong-Service{n}-{day:%Y%m%d}{n % 10000:04d}"
        status, since = ("suspended" if n % 97 == 0 else "valid"), begun + timedelta(days=n % 1200)
        yield (
            *(n, number, number, "filing" if n % 5 else "registration", PLACES[n % 8], name, f"Service{n}"),
            *(f"{name}模型", f"广州{name}科技有限公司", f"Guangzhou Service {n} Technology Co., Ltd."),
            *(f"9144{n:014d}", "", status, since.isoformat(sep=" "), day.isoformat(), day.isoformat()),
            *(INDUSTRIES[n % 6], "dialogue", "{}", f" {name[:2]} {name[2:4]} ", *[""] * 7),
        )


def fill(home: Path, rows: int) -> None:
    """Make a register of so many entries."""
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env=environment(home), check=True
    )
    with sqlite3.connect(home / "db.sqlite3") as database:
        # An export reads the entries alone: without index and tallies they are written ten times as fast.
        for (trigger,) in database.execute(TRIGGERS).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        marks = ", ".join("?" * len(COLUMNS))
        table = f"INSERT INTO filings_registerentry ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608  names from above
        database.executemany(table, entries(rows))
    database.close()


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a process that reads this register."""
    return {**os.environ, "BEIAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "openbeian.portal.settings"}


def measure_here(formats: tuple[str, ...]) -> None:
    """Export into a folder beside the register and print what it took."""
    import django  # noqa: PLC0415  this process only

    django.setup()
    from openbeian.portal.opendata.editions import export  # noqa: PLC0415

    folder = Path(os.environ["BEIAN_HOME"]) / "export"
    began, worked = time.perf_counter(), time.process_time()
    manifest = export(folder, formats, at=datetime.now(UTC), told=lambda _rows: None)  # noqa: TID251
    print(
        json.dumps(
            {
                "formats": list(formats),
                "rows": manifest.rows,
                "seconds": round(time.perf_counter() - began, 1),
                "processor": round(time.process_time() - worked, 1),
                "mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
                "size": sum(one.size for one in manifest.files),
            }
        )
    )


def measure(home: Path, formats: tuple[str, ...]) -> dict[str, float]:
    """Export in a process of its own and return what it took."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", ",".join(formats)],
        env=environment(home),
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


def page(rows: int, results: list[dict[str, float]]) -> str:
    """Return the table, with what it was measured on."""
    import pyarrow as pa  # noqa: PLC0415

    load = os.getloadavg()[0]
    machine = (
        f"{date.today()}, {os.cpu_count()} cores, load average {load:.1f} at the end; "  # noqa: DTZ011
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, pyarrow {pa.__version__}."
    )
    what = (
        f"{rows:,} made-up entries in SQLite, each run in a process of its own, from the first query to "
        "the last hash; MB of memory are the process's peak (2²⁰ bytes), MB of the files 10⁶ bytes."
    )
    lines = [
        "# The register's downloads, measured · 名单导出实测",
        "",
        f"    python benchmarks/register_export.py {rows}",
        "",
        machine,
        what,
        "",
        f"| formats | by the clock | processor | memory | files | < {LIMIT_S:.0f} s | < {LIMIT_MB:.0f} MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in results:
        fast, small = one["seconds"] < LIMIT_S, one["mb"] < LIMIT_MB
        lines.append(
            f"| {', '.join(one['formats'])} | {one['seconds']:.1f} s | {one['processor']:.1f} s | "  # type: ignore[arg-type]
            f"{one['mb']:.0f} MB | {one['size'] / 1e6:.0f} MB | {said(fast)} | {said(small)} |"
        )
    return "\n".join(lines) + "\n"


def said(is_met: bool) -> str:  # noqa: FBT001  one value, one word
    """Say whether a figure is met."""
    return "met" if is_met else "**not met**"


def main() -> int:
    """Measure every run; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path, help="the page to write the table to")
    options = parser.parse_args()
    if options.measure:
        measure_here(tuple(options.measure.split(",")))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, options.rows)
        results = [measure(home, formats) for formats in RUNS]
    written = page(options.rows, results)
    print(written)
    if options.write:
        options.write.write_text(written, encoding="utf-8")
    return int(any(one["mb"] >= LIMIT_MB for one in results))


if __name__ == "__main__":
    sys.exit(main())
