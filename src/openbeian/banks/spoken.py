"""What the user says in an imported row: one text, or several turns."""

from typing import Final

from openbeian.assessment.spoken_cells import said_in
from openbeian.banks.categories import Undecided
from openbeian.banks.left_out import Reason
from openbeian.banks.records import Record, tidy
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["read_said"]

_TURNS: Final = "turns"


def read_said(record: Record, *, is_public: bool) -> tuple[str, ...] | Undecided:
    """Return what the user says in a row, turn by turn, or why that can't be told; the text may be empty.

    JSON lines hold a list of turns; a table holds them in the cell of the text. Public sets hold none.
    """
    columns = record.columns
    text, options = record.cell(columns.text), record.cell(columns.options)
    if record.cell(_TURNS):
        if record.lists is None or not columns.turns:
            return _undecided(
                "此格式没有「turns」列；请把各轮写在题目一格里，每轮一行，以「用户：」开头",
                "this format has no column “turns”; write the turns into the question's cell, each on a line "
                "that begins with “User:”",
            )
        return _from_list(record.lists.get(_TURNS, []), text)
    if is_public or record.lists is not None:
        return (f"{text}\n{options}" if options and text else text,)
    try:
        return said_in(text)
    except BadInputError as error:
        return Undecided(Reason.SEVERAL_TURNS, error.text)


def _from_list(turns: list[object], text: str) -> tuple[str, ...] | Undecided:
    said = tuple(tidy(turn) for turn in turns if isinstance(turn, str))
    if len(said) != len(turns) or not said or not all(said):
        return _undecided(
            "「turns」应为一列用户的话，每轮一句，不得为空；请改正",
            "“turns” must be a list of what the user says, a text for each turn, none empty; correct it",
        )
    if text and text != said[-1]:
        return _undecided(
            "「text」与「turns」的最后一轮不同；请改成一致，或删去「text」",
            "“text” is not the last of “turns”; make it so, or leave it out",
        )
    return said


def _undecided(zh: str, en: str) -> Undecided:
    return Undecided(Reason.SEVERAL_TURNS, Text(zh, en))
