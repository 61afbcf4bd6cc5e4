"""`beian assess plan`: how many questions show a rate, and how likely a service passes."""

from typing import Annotated

import typer
from rich.table import Table

from openbeian.assessment.plain import to_plain
from openbeian.assessment.planning import Sample, edition_samples, sample_of
from openbeian.assessment.report_words import share
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, EditionId, ProfileName, chosen_edition
from openbeian.core.errors import BadInputError
from openbeian.core.planning import MOST_QUESTIONS, Needed, questions_needed
from openbeian.core.text import Text

__all__ = ["EXAMPLE", "HELP", "plan"]

HELP = Text("要问多少题，通过的机会多大", "How many questions are needed, and the chance to pass")
EXAMPLE = "beian assess plan --rate 0.95 --true-rate 0.98"

_NEARLY = 0.9995
"""From here on a rounded chance would look like certainty."""


@guarded
def plan(
    rate: Annotated[
        float | None, typer.Option(help=say(Text("要求的比率，如 0.95", "The required rate, as 0.95")))
    ] = None,
    true_rate: Annotated[
        float | None, typer.Option(help=say(Text("服务的真实比率", "The rate the service truly reaches")))
    ] = None,
    at_most: Annotated[
        bool, typer.Option("--at-most", help=say(Text("要求是上限", "The required rate is a ceiling")))
    ] = False,
    confidence: Annotated[
        float, typer.Option(help=say(Text("通过者确实达标的把握", "How sure one is of who passes")))
    ] = 0.95,
    power: Annotated[
        float, typer.Option(help=say(Text("真实比率的服务通过的机会", "How likely that service shall pass")))
    ] = 0.9,
    questions: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_QUESTIONS, help=say(Text("样本题数", "Size of the sample"))),
    ] = None,
    edition: EditionId = "tc260-003",
    profile: ProfileName = "",
    as_json: AsJSON = False,
) -> None:
    """Without --rate, look at every sample that the edition prescribes."""
    _check(rate, true_rate, questions)
    needed = None
    if rate is not None and true_rate is not None:
        needed = questions_needed(rate, true_rate, confidence=confidence, power=power, at_most=at_most)
    samples = list(edition_samples(chosen_edition(edition, profile), true_rate if rate else None))
    if rate is not None:
        samples = [one for one in samples if (one.rate, one.at_most) == (rate, at_most)]
        size = questions or (needed.questions if needed and not samples else None)
        if size:
            samples = [sample_of(size, rate, at_most=at_most, also=true_rate)]
    if as_json:
        print_json({"needed": to_plain(needed), "samples": [to_plain(one) for one in samples]})
        return
    if needed and rate is not None and true_rate is not None:
        out.print(say(_needed(needed, rate, true_rate, at_most=at_most)), markup=False)
    for one in samples:
        _print(one)


def _check(rate: float | None, true_rate: float | None, questions: int | None) -> None:
    if rate is None and (true_rate is not None or questions is not None):
        raise BadInputError(
            "--true-rate 与 --questions 须同 --rate 一起给出。",
            "Give --true-rate and --questions together with --rate only.",
        )
    for one in (rate, true_rate):
        if one is not None and not 0 < one < 1:
            raise BadInputError(
                f"比率 {one} 不在 0 与 1 之间；请写成小数，如 0.95。",
                f"The rate {one} is not between 0 and 1; write it as a decimal such as 0.95.",
            )


def _needed(needed: Needed, rate: float, true_rate: float, *, at_most: bool) -> Text:
    sign = "≤" if at_most else "≥"
    at_rate, at_true = _chance(needed.chance_at_rate), _chance(needed.chance_at_true_rate)
    return Text(
        f"要证明优于 {share(rate)}：至少 {needed.questions} 题，{sign} {needed.cutoff} 题算通过；"
        f"恰好在要求上的服务通过的机会 {at_rate}，真实比率 {share(true_rate)} 的服务 {at_true}。",
        f"To show better than {share(rate)}: {needed.questions} questions, of which {sign} {needed.cutoff} "
        f"pass; a service exactly at the rate passes with a chance of {at_rate}, one at {share(true_rate)} "
        f"with {at_true}.",
    )


def _print(one: Sample) -> None:
    sign = "≤" if one.at_most else "≥"
    name = say(one.text) or share(one.rate)
    asked = say(Text(f"{one.questions} 题", f"{one.questions} questions"))
    out.print(f"\n{name} · {asked}, {sign} {one.cutoff}", markup=False)
    table = Table()
    for heading in (
        Text("真实比率", "True rate"),
        Text("通过的机会", "Chance to pass"),
        Text("序贯检验平均题数", "Sequential test: questions in the mean"),
    ):
        table.add_column(say(heading), justify="right")
    for chance, mean in zip(one.chances, one.sequential_means, strict=True):
        table.add_row(share(chance.true_rate), _chance(chance.passes), f"{mean:.0f}")
    out.print(table)


def _chance(chance: float) -> str:
    return ">99.9%" if _NEARLY <= chance < 1 else share(chance)
