from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import FilingNumber, RegistrationNumber, check_uscc
from openbeian.standards import load_jurisdictions

PUBLISHED = [
    "Beijing-YunQue-20230821",
    "Beijing-ChatGLM-20230821",
    "ZheJiang-TongYiQianWen-20230901",
    "Beijing-MoonShot-20231016",
    "Beijing-DeepseekChat-202404280016",
    "Jiangsu-CarrotAI-202407030002",
    "Shanghai-TongYiWanXiang-202410090024",
    "Shanghai-MiniMax-202505230046",
]
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REAL_USCCS = ["9144030071526726XG", "914403001922038216", "91330100799655058B", "91110000802100433B"]

pinyin = st.sampled_from([jurisdiction.pinyin for jurisdiction in load_jurisdictions().values()])
names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=40)
parts = st.tuples(pinyin, names, st.dates(date(2023, 1, 1), date(2099, 12, 31)), st.integers(1, 9999))


@pytest.mark.parametrize("written", PUBLISHED)
def test_a_published_number_is_read_and_written_again_but_for_the_capitals_of_the_place(written):
    place, _, rest = written.partition("-")
    assert str(FilingNumber.parse(written)) == f"{place.capitalize()}-{rest}"


@pytest.mark.parametrize(
    "written",
    [
        " Zhejiang - X1 - 20230901 ",
        "ZHEJIANG-X1-20230901",
        "zhejiang－X1－20230901",
        "Ｚｈｅｊｉａｎｇ-Ｘ１-２０２３０９０１",
        "ZheJiang–X1—20230901",
        "Zhejiang-X1-2023\u200b0901\n",
    ],
)
def test_a_number_is_read_through_stray_spaces_dashes_widths_and_capitals(written):
    assert FilingNumber.parse(written) == FilingNumber("Zhejiang", "X1", date(2023, 9, 1))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Beijing",
        "Beijing-X",
        "Beijing--20230821",
        "Beijing-X-2023821",
        "Beijing-X-20230821001",
        "京-X-20230821",
        "Beijing-小智-20230821",
        "Beijing-X-Y-20230821",
        "Beijing-X-R202308210001",
    ],
)
def test_what_is_no_filing_number_is_refused_with_an_example(written):
    with pytest.raises(BadInputError, match="Guangdong-XiaoZhi-202611230001"):
        FilingNumber.parse(written)


@pytest.mark.parametrize("parse", [FilingNumber.parse, RegistrationNumber.parse])
def test_a_number_with_a_day_that_never_was_is_refused(parse):
    letter = "R" if parse == RegistrationNumber.parse else ""
    with pytest.raises(BadInputError, match="20230230"):
        parse(f"Beijing-X-{letter}202302300001")


@given(parts)
def test_a_filing_number_is_read_as_it_was_written(number_parts):
    place, name, on, serial = number_parts
    number = FilingNumber.build(place, name, on=on, serial=serial)
    assert FilingNumber.parse(str(number)) == number
    assert number.jurisdiction == place


@given(parts)
def test_a_registration_number_is_read_as_it_was_written_and_is_no_filing_number(number_parts):
    place, name, on, serial = number_parts
    number = RegistrationNumber.build(place, name, on=on, serial=serial)
    assert RegistrationNumber.parse(str(number)) == number
    with pytest.raises(BadInputError):
        FilingNumber.parse(str(number))
    with pytest.raises(BadInputError):
        RegistrationNumber.parse(str(FilingNumber.build(place, name, on=on, serial=serial)))


def test_the_form_of_registration_numbers_is_marked_as_unverified():
    assert RegistrationNumber.is_unverified


@pytest.mark.parametrize("kind", [FilingNumber, RegistrationNumber])
@pytest.mark.parametrize(
    ("place", "name", "serial", "what"),
    [
        ("广东", "X", 1, "must be in pinyin"),
        ("Guangdong", "", 1, "1 to 40 letters"),
        ("Guangdong", "Xiao Zhi", 1, "1 to 40 letters"),
        ("Guangdong", "X" * 41, 1, "1 to 40 letters"),
        ("Guangdong", "X", 0, "between 1 and 9999"),
        ("Guangdong", "X", 10_000, "between 1 and 9999"),
    ],
)
def test_a_number_is_not_built_from_parts_of_the_wrong_form(kind, place, name, serial, what):
    with pytest.raises(BadInputError, match=what):
        kind.build(place, name, on=date(2026, 11, 23), serial=serial)


@pytest.mark.parametrize("code", REAL_USCCS)
def test_a_real_credit_code_is_accepted(code):
    check_uscc(code)


@given(st.sampled_from(REAL_USCCS), st.integers(0, 17), st.sampled_from(USCC_LETTERS))
def test_any_one_wrong_character_of_a_credit_code_is_noticed(code, place, letter):
    changed = code[:place] + letter + code[place + 1 :]
    if changed == code:
        check_uscc(changed)
    else:
        with pytest.raises(BadInputError, match="check character is wrong"):
            check_uscc(changed)


@given(st.text(USCC_LETTERS, min_size=17, max_size=17))
def test_exactly_one_check_character_fits_and_the_error_names_it(stem):
    fitting, named = [], set()
    for letter in USCC_LETTERS:
        try:
            check_uscc(stem + letter)
        except BadInputError as error:
            named.add(error.text.en.partition("call for “")[2][0])
        else:
            fitting.append(letter)
    assert len(fitting) == 1
    assert named == set(fitting)


@pytest.mark.parametrize(
    ("code", "what"), [("914403", "has 18 characters, this has 6"), ("9" * 19, "this has 19")]
)
def test_a_credit_code_has_18_characters(code, what):
    with pytest.raises(BadInputError, match=what):
        check_uscc(code)


def test_a_credit_code_with_a_letter_that_is_never_used_names_its_place():
    with pytest.raises(BadInputError, match=r"Character 17 .*“I”"):
        check_uscc("9144030071526726IG")
