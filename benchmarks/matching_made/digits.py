"""Personal information as it may be written, and digits that are none, for `matching_recall.py`."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from openbeian.corpus.identifiers import passes_luhn
from openbeian.corpus.personal import PersonalKind

CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def citizen_number(chance: random.Random) -> str:
    """Return a citizen number."""
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(25_000))
    body = f"{chance.choice(('110105', '440305', '620102'))}{born:%Y%m%d}{chance.randrange(1000):03d}"
    total = sum(weight * int(digit) for weight, digit in zip(CITIZEN_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def card(chance: random.Random) -> str:
    """Return a bank card number."""
    body = chance.choice(("622202", "621226", "4213", "5187"))
    body += "".join(chance.choices("0123456789", k=(18 if body[0] == "6" else 15) - len(body)))
    return next(body + digit for digit in "0123456789" if passes_luhn(body + digit))


def credit_code(chance: random.Random) -> str:
    """Return a unified social credit code."""
    body = "91440300MA" + "".join(chance.choices(CREDIT, k=7))
    total = sum(CREDIT.index(one) * pow(3, at, 31) for at, one in enumerate(body))
    return body + CREDIT[(31 - total % 31) % 31]


PLANTED: dict[PersonalKind, Callable[[random.Random], str]] = {
    PersonalKind.CITIZEN_NUMBER: citizen_number,
    PersonalKind.BANK_CARD: card,
    PersonalKind.CREDIT_CODE: credit_code,
    PersonalKind.MOBILE: lambda chance: (
        f"1{chance.choice(('38', '59', '86', '77'))}{chance.randrange(10**8):08d}"
    ),
    PersonalKind.EMAIL: lambda chance: f"li.lei{chance.randrange(1000)}@mail.example.cn",
    PersonalKind.PLATE: lambda chance: f"粤B{chance.randrange(10**5):05d}",
    PersonalKind.PASSPORT: lambda chance: f"护照号：E{chance.randrange(10**8):08d}",
}


def any_day(chance: random.Random) -> date:
    """Return a day of the last years."""
    return date(2020, 1, 1) + timedelta(days=chance.randrange(2000))


NOISE: tuple[Callable[[random.Random], str], ...] = (
    lambda chance: f"订单号{any_day(chance):%Y%m%d}{chance.randrange(10**10):010d}",
    lambda chance: f"运单 SF{chance.randrange(10**12):012d}",
    lambda chance: f"{chance.randrange(1900, 2030)}年{chance.randrange(1, 13)}月{chance.randrange(1, 29)}日",
    lambda chance: (
        f"{chance.randrange(1900, 2030)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    ),
    lambda chance: f"¥{chance.randrange(10**7) / 100:.2f}",
    lambda chance: f"{chance.randrange(10**10):,}元",
    lambda chance: f"电话0{chance.choice(('10', '21', '755', '571'))}-{chance.randrange(10**8):08d}",
    lambda chance: f"400-{chance.randrange(1000):03d}-{chance.randrange(10**4):04d}",
    lambda chance: f"sha1 {chance.getrandbits(160):040x}",
    lambda chance: f"{chance.getrandbits(128):032x}",
    lambda chance: f"id={chance.randrange(10**17, 10**19)}",
    lambda chance: f"时间戳{chance.randrange(1_400_000_000_000, 1_900_000_000_000)}",
    lambda chance: (
        f"ISBN 978-7-{chance.randrange(10**3):03d}-{chance.randrange(10**5):05d}-{chance.randrange(10)}"
    ),
    lambda chance: f"{chance.random() * 180:.8f}, {chance.random() * 90:.8f}",
    lambda chance: ".".join(str(chance.randrange(256)) for _ in range(4)),
    lambda chance: f"第{chance.randrange(10**4)}条第{chance.randrange(20)}款",
    lambda chance: f"v{chance.randrange(20)}.{chance.randrange(20)}.{chance.randrange(10**6)}",
)
