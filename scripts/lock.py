"""Resolve the requirements: hashed, for every platform, without any registry address.

What is locked already stays as it is; `--upgrade` takes the newest of everything. With names of files
(`scripts/lock.py requirements/inspect.txt`) only those are written.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--quiet"),
    *("--no-emit-package", "openbeian-gate", "--custom-compile-command", "make lock"),
]
BASE = ["--extra", "postgres", "--extra", "corpus", "--extra", "near-duplicates"]
ENGINES = ["--extra", "ray", "--extra", "spark", "--extra", "dask"]
TARGETS = {
    "requirements/base.txt": ["pyproject.toml", *BASE],
    "requirements/dev.txt": ["pyproject.toml", *BASE, "--group", "dev"],
    "requirements/demo.txt": ["requirements/demo.in", "--no-deps"],
    "requirements/inspect.txt": ["pyproject.toml", "--extra", "inspect", "--group", "inspect-test"],
    "requirements/engines.txt": ["pyproject.toml", *BASE, *ENGINES, "--group", "test"],
    "requirements/gate.txt": ["gate/pyproject.toml", "--extra", "serve", "--extra", "pdf"],
}


def main() -> None:
    """Write the requirements files named, or all of them."""
    asked = set(sys.argv[1:])
    upgrade = asked & {"--upgrade"}
    for target in (asked - upgrade) or TARGETS:
        subprocess.run([*COMPILE, *upgrade, *TARGETS[target], "-o", target], cwd=ROOT, check=True)  # noqa: S603
        print(f"wrote {target}")


if __name__ == "__main__":
    main()
