"""Measure taking a long list over: `beian register import` of CSV and of XLSX into an empty register.

Run: python benchmarks/register_import.py [--rows 100000] [--to PAGE]

Each list is made anew from synthetic rows; each import runs in a process and a home of its own, on SQLite.
By the clock, and by the processor time of the process, which other work on the machine disturbs less.
"""

import argparse
import csv
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from openbeian.clock import now
from openbeian.portal import server

AIM = 60
"""Seconds for 100,000 rows."""
HEADINGS = ["序号", "属地", "模型名称", "所属单位", "备案号", "备案时间"]


def main() -> None:
    """Make the lists, take them over, and print the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--to", type=Path)
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        lists = _write_lists(Path(folder), chosen.rows)
        measured = {
            one.suffix[1:].upper(): _taken_over(one, Path(folder) / f"home-{one.suffix[1:]}") for one in lists
        }
    page = _page(measured, chosen.rows, load)
    print(page)
    if chosen.to:
        chosen.to.write_text(page, encoding="utf-8")


def _write_lists(folder: Path, count: int) -> list[Path]:
    os.environ["BEIAN_HOME"] = str(folder / "home")
    server.prepare()
    from openpyxl import Workbook  # noqa: PLC0415
    from register_made.entries import made_rows  # noqa: PLC0415  the settings must be read first

    rows: list[list[Any]] = [HEADINGS]
    for at, row in enumerate(made_rows(count), 1):
        assert row.filed_on is not None
        number = row.number.replace("-R", "-")
        rows.append([at, row.printed_place, row.service, row.provider, number, f"{row.filed_on:%Y/%m/%d}"])
    plain, book = folder / "list.csv", Workbook(write_only=True)
    with plain.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    sheet = book.create_sheet("备案")
    for cells in rows:
        sheet.append(cells)
    book.save(folder / "list.xlsx")
    return [plain, folder / "list.xlsx"]


def _taken_over(path: Path, home: Path) -> tuple[float, float, int, int]:
    """Return seconds by the clock and of processor time, the most memory in MB, and how many were new."""
    environment = {**os.environ, "BEIAN_HOME": str(home), "BEIAN_LOG_LEVEL": "ERROR"}
    # An office has its database long before a list comes.
    prepare = "from openbeian.portal import server; server.prepare()"
    subprocess.run([sys.executable, "-c", prepare], env=environment, check=True)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "openbeian.cli", "register", "import", str(path), "--json"]
    ran = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, spent, after.ru_maxrss // 1000, json.loads(ran.stdout)[0]["new"]


def _page(measured: dict[str, tuple[float, float, int, int]], count: int, load: float) -> str:
    aim = AIM * count / 100_000
    lines = [
        "# Taking a long list over, measured · 收入长名单实测",
        "",
        "    python benchmarks/register_import.py --to docs/reference/register-import-benchmark.md",
        "",
        f"{now():%Y-%m-%d}, {os.cpu_count()} cores, load average {load:.1f} at the start;",
        f"Python {platform.python_version()}, Django {version('django')}.",
        "",
        f"`beian register import` of {count:,} synthetic rows into an empty register on SQLite: reading,",
        "oddities, comparing, classes, entries with their words, the search index. Start-up of the command",
        f"is included; the database was made beforehand. The aim is {AIM} s for 100,000 rows.",
        "",
        f"| list | new | by the clock, s | processor time, s | memory, MB | aim: less than {aim:.0f} s |",
        "|---|---|---|---|---|---|",
    ]
    for name, (wall, spent, memory, new) in measured.items():
        told = "met" if wall < aim else "met by processor time only" if spent < aim else "**not met**"
        lines.append(f"| {name} | {new:,} | {wall:.0f} | {spent:.0f} | {memory:,} | {told} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
