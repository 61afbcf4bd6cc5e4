"""Numbers that name a person or an organisation: is this one that can exist?

Everything is given folded: ASCII digits and lower case letters.
"""

from datetime import date
from typing import Final

__all__ = ["is_bank_card", "is_citizen_number", "is_credit_code", "is_mobile", "passes_luhn"]

_CITIZEN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS: Final = "10x98765432"
_PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()  # noqa: E501, SIM905
)
_FIRST_YEAR: Final = 1850
_LAST_YEAR: Final = 2100
_CREDIT_ALPHABET: Final = "0123456789abcdefghjklmnpqrtuwxy"
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_CARD_LENGTHS: Final = (
    # Prefixes and lengths: UnionPay, Visa, Mastercard, JCB, American Express, and ICBC before UnionPay.
    (("62",), frozenset({16, 17, 18, 19})),
    (("4",), frozenset({16})),
    (("51", "52", "53", "54", "55"), frozenset({16})),
    (("35",), frozenset({16})),
    (("34", "37"), frozenset({15})),
    (("9558",), frozenset({19})),
)
_NOT_MOBILE: Final = frozenset("140 141 142 143 144 154 160 161 163 164 168 169 179 194".split())  # noqa: SIM905
"""Of the numbers 13x to 19x those that are given out to nobody."""


def is_citizen_number(number: str) -> bool:
    """Say whether 18 characters are a citizen identity number: region, a date that exists, check digit."""
    if number[:2] not in _PROVINCES:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_CITIZEN_WEIGHTS, number, strict=False))
    return _CITIZEN_CHECKS[total % 11] == number[17] and _is_date(number[6:14])


def _is_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        return _FIRST_YEAR <= date(year, month, day).year < _LAST_YEAR
    except ValueError:
        return False


def is_credit_code(code: str) -> bool:
    """Say whether 18 characters are a unified social credit code (GB 32100): its check character is right."""
    values = [_CREDIT_ALPHABET.find(character) for character in code]
    if min(values) < 0:
        return False
    total = sum(weight * value for weight, value in zip(_CREDIT_WEIGHTS, values, strict=False))
    return (31 - total % 31) % 31 == values[17]


def is_bank_card(number: str) -> bool:
    """Say whether digits are a card number: a known issuer's prefix, its length, and Luhn's check digit."""
    for prefixes, lengths in _CARD_LENGTHS:
        if number.startswith(prefixes):
            return len(number) in lengths and passes_luhn(number)
    return False


def passes_luhn(number: str) -> bool:
    """Say whether the last digit is Luhn's check digit of the others."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (digit * 2 for digit in digits[1::2])
    return (sum(digits[::2]) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0  # noqa: PLR2004


def is_mobile(number: str) -> bool:
    """Say whether 11 digits begin with the prefix of a mobile network."""
    return number[:3] not in _NOT_MOBILE
