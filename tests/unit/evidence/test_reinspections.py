"""A random re-inspection can be drawn again, and what was changed in its record shows."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.core.errors import BadInputError
from openbeian.evidence.reinspections import Reinspection, commitment_of


def _checkpoint(root: bytes = b"r" * 32) -> str:
    return f"beian.local/log\n7\n{base64.b64encode(root).decode()}\n\n— beian.local/log AAAA\n"


NUMBERS = st.lists(st.text("ABC123-", min_size=1, max_size=6), min_size=1, max_size=12, unique=True)


@given(NUMBERS, st.data(), st.randoms())
def test_the_draw_depends_on_the_filings_and_the_checkpoint_and_on_nothing_else(numbers, data, random):
    size = data.draw(st.integers(1, len(numbers)))
    draw = Reinspection.draw(numbers, size, _checkpoint())
    assert len(set(draw.drawn)) == size
    assert set(draw.drawn) <= set(numbers)
    shuffled = list(numbers)
    random.shuffle(shuffled)
    assert Reinspection.draw(shuffled, size, _checkpoint()) == draw
    assert Reinspection.parse(json.loads(json.dumps(draw.as_json()))).differences() == {}


def test_another_checkpoint_draws_others():
    numbers = [f"N-{n}" for n in range(100)]
    drawn = {Reinspection.draw(numbers, 5, _checkpoint(bytes([n]) * 32)).drawn for n in range(5)}
    assert len(drawn) == 5
    assert commitment_of(numbers, 5) != commitment_of(numbers, 6)


@pytest.mark.parametrize("size", [0, 4])
def test_no_more_is_drawn_than_there_is(size):
    with pytest.raises(BadInputError, match="3 filings"):
        Reinspection.draw(["a", "b", "c"], size, _checkpoint())


@pytest.mark.parametrize("told", [[], {}, {"format": "openbeian-reinspection-1"}, {"numbers": [1]}])
def test_what_is_no_record_is_refused(told):
    with pytest.raises(BadInputError, match="no record of a draw"):
        Reinspection.parse(told)


def test_the_command_draws_again_and_names_what_differs(tmp_path):
    file, record = tmp_path / "R-1.json", Reinspection.draw(["a", "b", "c"], 2, _checkpoint()).as_json()
    run = CliRunner().invoke
    file.write_text(json.dumps(record), encoding="utf-8")
    agreed = run(app, ["register", "redraw", str(file)])
    assert agreed.exit_code == 0
    assert record["drawn"][0] in agreed.output
    file.write_text(json.dumps(record | {"drawn": record["drawn"][::-1]}), encoding="utf-8")
    assert run(app, ["register", "redraw", str(file)]).exit_code == 1
    told = run(app, ["register", "redraw", str(file), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["differs"]) == (1, ["drawn"])
    file.write_text("{", encoding="utf-8")
    assert run(app, ["register", "redraw", str(file)]).exit_code == 2
    assert run(app, ["register", "redraw", str(tmp_path / "none.json")]).exit_code == 3
