"""Resolve the requirements anew: hashed, for every platform, without any registry address."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--quiet", "--upgrade"),
    *("--no-emit-package", "openbeian-gate", "--custom-compile-command", "make lock"),
]
TARGETS = {
    "requirements/base.txt": ["pyproject.toml", "--extra", "postgres", "--extra", "corpus"],
    "requirements/dev.txt": ["pyproject.toml", "--extra", "postgres", "--extra", "corpus", "--group", "dev"],
    "requirements/demo.txt": ["requirements/demo.in", "--no-deps"],
    "requirements/gate.txt": ["gate/pyproject.toml", "--extra", "serve", "--extra", "pdf"],
}


def main() -> None:
    """Write every requirements file."""
    for target, sources in TARGETS.items():
        subprocess.run([*COMPILE, *sources, "-o", target], cwd=ROOT, check=True)  # noqa: S603
        print(f"wrote {target}")


if __name__ == "__main__":
    main()
