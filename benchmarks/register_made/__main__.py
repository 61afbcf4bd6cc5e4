"""One step of a benchmark: `python -m register_made FOLDER DATABASE make COUNT | load COUNT | ask ROUNDS`."""

import sys
from pathlib import Path

from openbeian.portal import server

server.prepare()

from register_made.asking import ask_everything  # noqa: E402  after the settings are read
from register_made.loading import load, write_rows  # noqa: E402


def main(folder: Path, name: str, step: str, *numbers: str) -> None:
    """Do one step; what was made or loaded before is left as it is."""
    made, loaded = folder / "made.jsonl", folder / f"{name}.loaded"
    if step == "make" and not made.exists():
        write_rows(made, int(numbers[0]))
    elif step == "load" and not loaded.exists():
        load(made, int(numbers[0]))
        loaded.touch()
    elif step == "ask":
        ask_everything(int(numbers[0]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
