"""A statistic by two things: a table of cells the darker the more they count, and a list for phones."""

import re

from django.utils import translation

from openbeian.core.register_counts import RegisterRow
from openbeian.portal.statistics.register_sheets import by_industry
from openbeian.portal.statistics.templatetags.heat import heat


def drawn(*rows: tuple[str, str, int]) -> str:
    counted = [RegisterRow("filing", place, "", industry=industry, entries=n) for place, industry, n in rows]
    with translation.override("en"):
        return heat(by_industry(counted))


def test_the_darkest_cell_counts_most_and_one_is_not_as_pale_as_none():
    html = drawn(("GD", "finance", 1_600), ("GD", "health", 1), ("BJ", "finance", 400))
    first, second = re.findall(r'<tr><th scope="row">(.*?)</tr>', html)
    assert first.startswith("Guangdong</th>")
    assert re.findall(r'class="(l\d)">([^<]*)<', first) == [("l4", "1\u202f600"), ("l1", "1")]
    assert re.findall(r'class="(l\d)">([^<]*)<', second) == [("l2", "400"), ("l0", "·")]
    assert '<td class="sum">1\u202f601</td>' in first


def test_a_phone_lists_the_largest_of_each_province():
    industries = ("finance", "health", "education", "legal")
    html = drawn(*(("GD", industry, 10 - at) for at, industry in enumerate(industries)))
    listed = re.sub("<[^>]*>", "", html[html.index('<ul class="heat-list">') :])
    assert listed == "Guangdong 34 finance 10, health 9, education 8"


def test_nothing_is_drawn_of_nothing():
    assert "<td" not in drawn()
