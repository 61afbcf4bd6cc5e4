"""Personal information: what is planted is found, what only looks like it is not."""

import random
from datetime import date, timedelta

import pytest

from openbeian.corpus.identifiers import is_bank_card, is_citizen_number, is_credit_code, passes_luhn
from openbeian.corpus.personal import PersonalKind, find_personal
from openbeian.corpus.scripts import scripts
from openbeian.matching import join_texts

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def kinds(*texts: str) -> list[str]:
    joined = join_texts(texts)
    return [one.kind.value for one in find_personal(joined, scripts(joined.units))]


def citizen_number(chance: random.Random) -> str:
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(25_000))
    body = f"{chance.choice(['110105', '440305', '620102'])}{born:%Y%m%d}{chance.randrange(1000):03d}"
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True)) % 11]


def card(chance: random.Random) -> str:
    body = chance.choice(["622202", "621226"]) + "".join(chance.choices("0123456789", k=12))
    return next(body + d for d in "0123456789" if passes_luhn(body + d))


def credit_code(chance: random.Random) -> str:
    body = "91440300MA" + "".join(chance.choices(CREDIT, k=7))
    total = sum(CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + CREDIT[(31 - total % 31) % 31]


PLANTED = {
    PersonalKind.CITIZEN_NUMBER: citizen_number,
    PersonalKind.BANK_CARD: card,
    PersonalKind.CREDIT_CODE: credit_code,
    PersonalKind.MOBILE: lambda chance: f"13{chance.randrange(10**9):09d}",
    PersonalKind.EMAIL: lambda chance: f"li.lei{chance.randrange(1000)}@mail.example.cn",
    PersonalKind.PLATE: lambda chance: f"粤B{chance.randrange(10**5):05d}",
    PersonalKind.PASSPORT: lambda chance: f"护照号：E{chance.randrange(10**8):08d}",
}


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("around", ["联系{}，谢谢", "{}", "第12条（{}）共3页", "一2020{}", " {}。2021"])
def test_planted_information_is_found(kind: PersonalKind, around: str) -> None:
    chance = random.Random(kind + around)
    if around == "一2020{}" and kind != PersonalKind.PLATE:
        around = "一2020，{}"
    texts = [around.format(PLANTED[kind](chance)) for _ in range(200)]
    found = kinds(*texts)
    assert found.count(kind) >= 198
    assert len(found) - found.count(kind) <= 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("１３８００１３８０００", "mobile"),
        ("138-0013-8000", "mobile"),
        ("电话138 0013 8000。", "mobile"),
        ("+8613800138000", "mobile"),
        ("11010519491231002x", "citizen_number"),
        ("11010519491231002X！", "citizen_number"),
        ("4111 1111 1111 1111", "bank_card"),
        ("粤BD12345", "plate"),
        ("京A·12345", "plate"),
        ("a@b.cn", "email"),
        ("13800138000@qq.com", "email"),
        ("passport no. EA1234567", "passport"),
        ("😀13800138000😀", "mobile"),
    ],
)
def test_ways_of_writing_are_found(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # check digit
        "110105194913310028",  # month 13
        "990105194912310021",  # region
        "1380013800",  # ten digits
        "138001380001",  # twelve digits
        "14000138000",  # given out to nobody
        "0.13800138000",
        "x13800138000",
        "4111111111111112",  # Luhn
        "2020-2021",
        "1999 2020 2021",
        "G12345678",  # without the word passport
        "的abcdef",
        "a@b",
        "@@@@",
        "京ABCDEF",
        "91440300MA5DA1B2C0",
        "",
    ],
)
def test_what_only_looks_like_it_is_not_found(text: str) -> None:
    assert kinds(text) == []


def test_texts_full_of_digits_hold_next_to_nothing() -> None:
    chance = random.Random(7)
    texts = [
        "，".join(str(chance.randrange(10 ** chance.randrange(1, 19))) for _ in range(50)) for _ in range(400)
    ]
    found = kinds(*texts)
    # 20,000 numbers of random length; a few are by chance a mobile number nobody can tell from one.
    assert len(found) < 20_000 * 0.02


def test_a_number_at_the_border_of_two_texts_is_no_number() -> None:
    assert kinds("1380013", "8000") == []
    assert kinds("好13800138000", "13900139000好") == ["mobile", "mobile"]


def test_check_digits_decide() -> None:
    assert is_citizen_number("11010519491231002x")
    assert not is_citizen_number("110105209912310021")
    assert is_credit_code("91350100m000100y43")
    assert not is_credit_code("91350100m000100y44")
    assert not is_credit_code("9135o100m000100y43")
    assert is_bank_card("4111111111111111")
    assert not is_bank_card("6011111111111117")
