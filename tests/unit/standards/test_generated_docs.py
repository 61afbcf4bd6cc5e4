import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [
    "docs/reference/industry-classification.md",
    "docs/reference/lifecycle.md",
    "docs/reference/standards/gbt-45654-2025.md",
    "docs/reference/standards/tc260-003.md",
]


def generate(*arguments):
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "generate_docs.py", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    return tmp_path


def test_the_pages_in_the_repository_are_what_the_sources_say():
    done = generate("--check")
    assert (done.returncode, done.stdout) == (0, "")


def test_stale_pages_are_shown_as_differences_and_left_alone(copy):
    changed = {}
    for page in PAGES:
        text = (copy / page).read_text(encoding="utf-8").replace("| --- |", "| ??? |", 1)
        (copy / page).write_text(text, encoding="utf-8")
        changed[page] = text
    done = generate("--check", "--root", copy)
    assert done.returncode == 1
    for page in PAGES:
        assert f"--- {page}" in done.stdout
        assert (copy / page).read_text(encoding="utf-8") == changed[page]
    assert done.stdout.count("-| ??? |") == len(PAGES)
    assert f"{len(PAGES)} generated page(s) are stale; run `make docs`." in done.stdout


def test_missing_pages_are_written_and_are_then_up_to_date(tmp_path):
    done = generate("--root", tmp_path)
    assert done.returncode == 0
    for page in PAGES:
        assert f"wrote {page}" in done.stdout
        assert (tmp_path / page).read_text(encoding="utf-8") == (ROOT / page).read_text(encoding="utf-8")
    assert generate("--check", "--root", tmp_path).returncode == 0


def test_what_is_not_verified_is_shown_so():
    page = (ROOT / "docs/reference/standards/tc260-003.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("| `measure.optout.clicks`"))
    assert "M **未核 · unverified**" in row
    assert "≤ 4 次点击 · clicks" in row
