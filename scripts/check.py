"""Run every check, print one line each, and count the failures instead of stopping at the first."""

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent

CHECKS = [
    ("style", [BIN / "ruff", "check", "--quiet", "."]),
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("types", [BIN / "mypy"]),
    ("imports", [BIN / "lint-imports", "--no-cache"]),
    ("migrations", [BIN / "django-admin", "makemigrations", "--check", "--dry-run"]),
    ("deployment", [sys.executable, "scripts/check_deployment.py"]),
    ("generated docs", [sys.executable, "scripts/generate_docs.py", "--check"]),
    ("banks", [sys.executable, "-m", "openbeian.cli", "bank", "build", "--check"]),
    ("gate vectors", [sys.executable, "scripts/write_gate_vectors.py", "--check"]),
    ("security", [BIN / "bandit", "-q", "-ll", "-c", "pyproject.toml", "-r", "src", "gate/src"]),
    ("addresses", [sys.executable, "scripts/check_addresses.py"]),
    ("gate alone", [sys.executable, "scripts/check_gate_alone.py"]),
]


def main() -> int:
    """Run the checks named on the command line, or all; exit with the number of failures, 0 when clean."""
    wanted = set(sys.argv[1:])
    failed = []
    for name, command in CHECKS:
        if wanted and name not in wanted:
            continue
        started = time.perf_counter()
        done = subprocess.run(  # noqa: S603  our own tools, our own arguments
            [str(part) for part in command],
            cwd=ROOT,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        state = "ok" if done.returncode == 0 else "FAILED"
        print(f"{state:7} {name} ({time.perf_counter() - started:.1f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print((done.stdout + done.stderr).rstrip(), flush=True)
    print(f"{len(failed)} failed: {', '.join(failed)}" if failed else "all checks pass")
    return len(failed)


def _environment() -> dict[str, str]:
    import os  # noqa: PLC0415  only the child processes see the environment

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "openbeian.portal.settings"}


if __name__ == "__main__":
    sys.exit(main())
