"""Refuse package-registry addresses and lock files that carry them: the project installs from anywhere."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(
    "--" + r"(extra-)?index-url|--" + r"find-links|" + '"resolved"' + r': *"http|registry *= *"?' + "http"
)


def main() -> int:
    """Print each offending line; exit 1 if there is one."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    bad = [name for name in tracked.split("\n") if name.endswith("uv.lock")]
    for name in filter(None, tracked.split("\n")):
        path = ROOT / name
        if path.suffix in {".png", ".npz", ".gz"} or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if ADDRESS.search(line):
                bad.append(f"{name}:{number}: {line.strip()[:100]}")
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
