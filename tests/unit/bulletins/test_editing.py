"""The editor is told which numbers in their words are no figures of the bulletin."""

import pytest

from openbeian.bulletins.editing import numbers_without_source
from openbeian.core.text import Text
from tests.unit.bulletins.sample import bulletin_of_round


@pytest.mark.parametrize(
    ("zh", "en", "odd"),
    [
        ("", "", []),
        ("全省已有 15 项，本批 3 项，占 66.7%。", "15 in all, 3 new.", []),
        ("全省已有 16 项，１７ 项，16 项。", "39 of 1,200, up 12.5%.", ["16", "17", "39", "1,200", "12.5%"]),
        ("2026年4月3日（2026-04-03）在广州举行，4 月见。", "Held in 2026.", []),
        ("占 2026%。", "", ["2026%"]),
    ],
)
def test_numbers_without_a_source_are_named(zh, en, odd):
    assert numbers_without_source(bulletin_of_round().edited(Text(zh, en))) == odd
