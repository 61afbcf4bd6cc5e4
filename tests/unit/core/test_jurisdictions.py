import pytest

from openbeian.core.errors import BadInputError
from openbeian.core.jurisdictions import find_jurisdiction
from openbeian.standards import load_jurisdictions

ALL = load_jurisdictions().values()


@pytest.mark.parametrize(
    "written", ["GD", "gd", "广东省", "广东", "Guangdong", "GuangDong", "ＧＤ", " 广东省 "]
)
def test_a_jurisdiction_is_found_by_any_of_its_names(written):
    assert find_jurisdiction(ALL, written).code == "GD"


def test_a_name_of_two_words_is_found_whatever_the_spaces():
    assert find_jurisdiction(ALL, " inner  Mongolia").code == "NM"


def test_an_unknown_jurisdiction_is_refused_with_an_example():
    with pytest.raises(BadInputError, match=r"No jurisdiction is called “Canton”; use .*GD"):
        find_jurisdiction(ALL, "Canton")


def test_no_name_means_two_jurisdictions():
    for jurisdiction in ALL:
        for name in jurisdiction.names:
            assert find_jurisdiction(ALL, name) is jurisdiction
    assert sum(len(jurisdiction.names) for jurisdiction in ALL) == len(
        frozenset().union(*(jurisdiction.names for jurisdiction in ALL))
    )


def test_the_spelling_that_was_not_found_in_a_number_is_marked():
    assert [jurisdiction.code for jurisdiction in ALL if jurisdiction.is_unverified] == ["SA"]
