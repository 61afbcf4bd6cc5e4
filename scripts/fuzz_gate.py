"""Throw bytes at every parser of the gate, guided by which lines they reach, and keep what breaks one.

Run: python scripts/fuzz_gate.py --seconds 30 [--only snapshot --only pdf] [--keep FOLDER]

Needs atheris beside what the gate needs (`make fuzz` installs it in an environment of its own). Each parser
runs in a process of its own for that many seconds; bytes that raise anything but `MalformedError`, take more
than ten seconds or more than 2 GB end it and are kept. Put those into gate/tests/found/PARSER/ together with
the mending: the suite tries them again for ever. Exit code 1 where anything was found.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "gate" / "src"), str(ROOT / "gate" / "tests")]
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=20000", "-print_final_stats=1", "-verbosity=1"]


def main() -> int:
    """Fuzz the parsers asked for, one after the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=30, help="for each parser")
    parser.add_argument("--only", action="append", help="the name of a parser; may be repeated")
    parser.add_argument(
        "--keep", type=Path, default=ROOT / "build" / "fuzz", help="where to keep what breaks one"
    )
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args()
    if options.child:
        fuzz(options.child, rest)
    from gate_parsers import PARSERS  # noqa: PLC0415  after the path is set

    broken = [name for name in options.only or PARSERS if not holds(name, options.seconds, options.keep)]
    print(f"broken: {', '.join(broken)}" if broken else "every parser held")
    return 1 if broken else 0


def holds(name: str, seconds: int, keep: Path) -> bool:
    """Fuzz one parser in a process of its own; say whether nothing broke it."""
    found = keep / name
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        command = [sys.executable, __file__, "--child", name, corpus, f"-max_total_time={seconds}"]
        started = time.perf_counter()
        done = subprocess.run(  # noqa: S603  this very file
            [*command, f"-artifact_prefix={found}/", *LIMITS], capture_output=True, check=False
        )
    said = done.stderr.decode(errors="replace")
    runs = [line.split()[-1] for line in said.splitlines() if "number_of_executed_units" in line]
    took = time.perf_counter() - started
    print(
        f"{name:20} {runs[-1] if runs else '?':>10} runs, {took:6.1f} s, exit {done.returncode}", flush=True
    )
    if done.returncode:
        print(done.stdout.decode(errors="replace")[-1500:] + said[-3000:])
    return done.returncode == 0


def fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz one parser in this process, which ends with it."""
    import atheris  # noqa: PLC0415  the one thing that only fuzzing needs

    with atheris.instrument_imports(include=["openbeian_gate", "pypdf"]):
        import gate_parsers  # noqa: PLC0415

        from openbeian_gate.errors import MalformedError  # noqa: PLC0415

    corpus = Path(arguments[0])
    for number, seed in enumerate(gate_parsers.starting_points(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    parse = gate_parsers.PARSERS[name].parse
    warnings.simplefilter("ignore")

    def once(data: bytes) -> None:
        try:
            parse(data)
        except MalformedError:
            return

    atheris.Setup([sys.argv[0], *arguments], once)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
