"""Tables as CSV: what a spreadsheet would run is text, whatever way the rows are looked at."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from openbeian.core.csv_text import as_text, csv_lines, csv_text

CELLS = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.text(alphabet='=+-@\t\r\n,"a舟 ', max_size=4),
    st.sampled_from(["=1+1", "+A1"]),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=4))
@example([["\r=1"]])
@example([["a", "=1"], ["@b"]])
@example([["a,-b"], [-1]])
def test_no_cell_begins_a_formula_and_nothing_else_becomes_other(rows: list[list[object]]):
    expected = io.StringIO()
    csv.writer(expected).writerows([as_text(value) for value in row] for row in rows)
    written = csv_lines(rows)
    assert csv_text(rows) == "\ufeff" + written
    cells = [cell for row in csv.reader(io.StringIO(written, newline="")) for cell in row]
    meant = [cell for row in csv.reader(io.StringIO(expected.getvalue(), newline="")) for cell in row]
    texts = [value for row in rows for value in row]
    assert cells == meant
    assert not any(
        cell.startswith(("=", "+", "@", "\t", "\r", "-")) and isinstance(value, str)
        for cell, value in zip(cells, texts, strict=False)
    )
