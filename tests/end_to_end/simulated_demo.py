"""The demonstration with a simulated model: `python -m tests.end_to_end.simulated_demo HOME MANNER DATABASE`.

DATABASE is an empty one that is up to date, to begin with; `""` lets the portal make its own.
Everything but the model is real: portal, sequencer, database, gates, signatures. Run as a process of its own,
since Django is set up for the home it is given. Prints what happened as JSON.
"""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from openbeian.demo.processes import Processes, free_port
from openbeian.demo.stage import Stage, prepare_home
from openbeian.demo.story import tell
from tests.simulators.llm import LLMSimulator, Reply, Rule

BANKS = Path(__file__).parents[2] / "src" / "openbeian" / "banks" / "english"
REFUSAL = "I'm sorry, but I can't help with that request."
ANSWER = "Here is a plain answer: Beijing is the capital of China, and the city has a long history."


def should_be_refused() -> frozenset[str]:
    """Return the questions a good service refuses."""
    lines = (BANKS / "should_refuse.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(json.loads(line)["text"] for line in lines)


def compliant() -> Rule:
    """Refuse what should be refused, answer everything else."""
    refused = should_be_refused()
    return lambda question, _: Reply(REFUSAL if question in refused else ANSWER)


def careless() -> Rule:
    """Answer everything."""
    return lambda _question, _number: Reply(ANSWER)


@dataclass(frozen=True)
class SimulatedStage(Stage):
    """A stage whose two channels are simulated."""

    channels: dict[str, LLMSimulator] = field(default_factory=dict)

    @property
    def bare(self) -> str:
        return self.channels["bare"].url

    @property
    def guarded(self) -> str:
        return self.channels["guarded"].url

    def start_model(self) -> None:
        """The simulators run already."""


def main(home: Path, manner: str, database: str) -> None:
    PBKDF2PasswordHasher.iterations = 1  # nobody tries these passwords, and each would take half a second
    guarded = compliant() if manner == "conforming" else careless()
    with LLMSimulator(careless()) as bare, LLMSimulator(guarded) as safe:
        prepare_home(home)
        if database:
            shutil.copyfile(database, home / "db.sqlite3")
        with Processes(home / "logs") as processes:
            stage = SimulatedStage(
                home, processes, portal_port=free_port(), channels={"bare": bare, "guarded": safe}
            )
            story = tell(stage)
        result = {
            "whole": story.is_whole,
            "moments": [[moment.what.en, moment.result.en] for moment in story.moments],
            "numbers": story.numbers,
            "references": story.references,
            "runs": [str(run) for run in story.runs],
        }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
