"""The cells of a question's row: its turns, and the risk or aspect it is counted by."""

from pathlib import Path

from openbeian.assessment.spoken_cells import said_in
from openbeian.assessment.tables import Row, input_error
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Taxonomy, normalise_risk_id

__all__ = ["parse_risk", "read_said", "read_stratum", "read_turns"]


def read_said(path: Path, line: int, cell: str) -> tuple[str, ...]:
    """Return what the user says, turn by turn, in the cell of a table.

    Raises:
        BadInputError: The turns can't be told apart.
    """
    try:
        return said_in(cell)
    except BadInputError as error:
        raise input_error(path, line, error.text.zh, error.text.en) from error


def read_turns(path: Path, row: Row) -> tuple[str, ...]:
    """Return what the user says in a question of several turns, empty where the row has none.

    Raises:
        BadInputError: It is no list of texts.
    """
    if not row.cells.get("turns"):
        return ()
    turns = row.lists.get("turns", [])
    if not turns or not all(isinstance(turn, str) and turn.strip() for turn in turns):
        raise input_error(
            path,
            row.line,
            "「turns」应为一列用户的话，每轮一句，不得为空；请改正。",
            "“turns” must be a list of what the user says, a text for each turn, none empty; correct it.",
        )
    return tuple(turns)


def read_stratum(path: Path, line: int, written: str, member: str, taxonomy: Taxonomy) -> str:
    """Return the risk or the aspect, as `member` says which, that a cell names.

    Raises:
        BadInputError: It names none.
    """
    try:
        if member == "aspect":
            return taxonomy.aspect(written).id
        return parse_risk(written, taxonomy)
    except BadInputError as error:
        raise input_error(path, line, error.text.zh, error.text.en) from error


def parse_risk(written: str, taxonomy: Taxonomy) -> str:
    """Return the risk that a cell names: by id, by id and name, or by the name in the annex alone.

    Raises:
        BadInputError: It names none.
    """
    name = written.strip()
    for risk in taxonomy.risks:
        if name in risk.text:
            return risk.id
    first = name.split()[0] if name.split() else name
    for candidate in (name, first):
        try:
            return normalise_risk_id(candidate)
        except BadInputError:
            continue
    return normalise_risk_id(name)
