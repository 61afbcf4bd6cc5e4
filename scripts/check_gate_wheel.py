"""Install the gate's wheel into an empty environment, as an operator does, and let it work there.

Builds the wheel, makes an environment with nothing but the hashed requirements of requirements/gate.txt, and
runs `beian-gate --help`, `verify` and `check` in it, on files signed a moment ago. What is installed must be
the wheel and its requirements, and nothing else.
"""

import os
import re
import subprocess
import sys
import tempfile
import venv
from datetime import timedelta
from pathlib import Path

from openbeian.clock import now
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.snapshots import FilingRow, Status, sign_snapshot

ROOT = Path(__file__).resolve().parent.parent
VECTORS = ROOT / "gate" / "tests" / "vectors"
REQUIREMENTS = ROOT / "requirements" / "gate.txt"


def main() -> int:
    """Build, install, run; print what was run, and fail with the first thing that is not as it should be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT / "gate")
        (wheel,) = folder.glob("*.whl")
        venv.create(folder / "env")
        pip = (sys.executable, "-m", "pip", "--python", folder / "env" / "bin" / "python")
        install = (*pip, "install", "--quiet", "--no-compile", "--no-deps")
        run(*install, "--require-hashes", "-r", REQUIREMENTS)
        run(*install, wheel)
        run(*pip, "check")
        check_nothing_else(run(*pip, "list", "--format=freeze"))
        use(folder / "env" / "bin" / "beian-gate", folder)
    print("the gate's wheel installs alone, decides and verifies")
    return 0


def use(gate: Path, folder: Path) -> None:
    """Let the installed command explain itself, verify, admit and refuse."""
    signer, times = (
        Ed25519Signer.generate(),
        {"ttl_for": timedelta(hours=1), "grace_for": timedelta(hours=24)},
    )
    rows = [FilingRow("svc-001", "GD-1", Status.VALID), FilingRow("svc-002", "GD-2", Status.REVOKED)]
    snapshot, keys = folder / "snapshot.json", folder / "keys.json"
    snapshot.write_bytes(sign_snapshot(rows, signer, version=1, after=None, at=now(), **times))
    keys.write_bytes(public_key_set(signer).to_bytes())
    golden = ("--keys", VECTORS / "keys.json", "--proof", VECTORS / "certificate.tlog-proof")
    run(gate, "--help", cwd=folder)
    run(gate, "verify", VECTORS / "certificate.json", *golden, cwd=folder)
    run(gate, "check", "svc-001", "--snapshot", snapshot, "--keys", keys, cwd=folder)
    run(gate, "check", "svc-002", "--snapshot", snapshot, "--keys", keys, cwd=folder, expected=1)


def check_nothing_else(frozen: str) -> None:
    """Check that there is what is required, the gate, what every environment has, and nothing else."""
    installed = {line.partition("==")[0].lower().replace("_", "-") for line in frozen.split()}
    required = set(re.findall(r"^([a-z0-9-]+)==", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE))
    strange = installed - required - {"openbeian-gate", "pip", "setuptools", "wheel"}
    if strange:
        sys.exit(f"installed, but not required: {', '.join(sorted(strange))}")


def run(*command: object, cwd: Path = ROOT, expected: int = 0) -> str:
    """Run a program; its exit code must be the one expected."""
    print("$", *(str(part).removeprefix(f"{ROOT}/") for part in command), flush=True)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603  our own tools
        [*map(str, command)], cwd=cwd, env=outside, capture_output=True, text=True, check=False
    )
    if done.returncode != expected:
        sys.exit(f"exit code {done.returncode}, not {expected}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
