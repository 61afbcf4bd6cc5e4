"""Numbers: of filings (备案号), of registrations (上线编号), and of companies (统一社会信用代码).

The form of filing numbers is inferred from published ones: `Beijing-ChatGLM-20230821` in 2023, with
a four-digit serial after the date since 2024. No rule and no registration number has been published
that we know of; registrations have a series of our own here, which can't be mistaken for the other.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from openbeian.core.errors import BadInputError

__all__ = ["FilingNumber", "PermitNumber", "RegistrationNumber", "check_uscc"]

_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
_INVISIBLE: Final = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff]+")
_JURISDICTION: Final = re.compile(r"[A-Za-z]{3,20}")
_SERVICE: Final = re.compile(r"[A-Za-z0-9]{1,40}")
_PLACE_AND_NAME: Final = r"(?P<place>[A-Za-z]{3,20})-(?P<name>[A-Za-z0-9]{1,40})"
_FILING: Final = re.compile(_PLACE_AND_NAME + r"-(?P<day>\d{8})(?P<serial>\d{4})?")
_REGISTRATION: Final = re.compile(_PLACE_AND_NAME + r"-R(?P<day>\d{8})(?P<serial>\d{4})", re.IGNORECASE)
_PERMIT: Final = re.compile(r"(?P<place>[A-Za-z]{3,20})-SP(?P<day>\d{8})(?P<serial>\d{4})", re.IGNORECASE)
_LAST_SERIAL: Final = 9999


@dataclass(frozen=True, slots=True)
class FilingNumber:
    """The number of a filing; `str()` gives its canonical spelling."""

    jurisdiction: str
    service: str
    on: date
    serial: int | None = None

    @classmethod
    def parse(cls, written: str) -> "FilingNumber":
        """Read a number however it is capitalised, spaced or widened: `ZheJiang－X－20230901`.

        Raises:
            BadInputError: It is no filing number.
        """
        match = _FILING.fullmatch(_squeezed(written))
        if match is None:
            raise BadInputError(
                f"「{written}」不是备案号；应形如 Guangdong-XiaoZhi-202611230001。",
                f"“{written}” is no filing number; it should look like Guangdong-XiaoZhi-202611230001.",
            )
        serial = int(match["serial"]) if match["serial"] else None
        return cls(match["place"].capitalize(), match["name"], _day(match["day"], written), serial)

    @classmethod
    def build(cls, jurisdiction: str, service: str, *, on: date, serial: int) -> "FilingNumber":
        """Make a new number: the jurisdiction's pinyin, the service's Latin name, the day, a serial.

        Raises:
            BadInputError: A part is not of the right form.
        """
        return cls(*_checked(jurisdiction, service, serial), on, serial)

    def __str__(self) -> str:
        """Return the canonical spelling."""
        serial = "" if self.serial is None else f"{self.serial:04d}"
        return f"{self.jurisdiction}-{self.service}-{_digits(self.on)}{serial}"


@dataclass(frozen=True, slots=True)
class RegistrationNumber:
    """The number of a registration, in our own series: an R before the date keeps it apart."""

    is_unverified: ClassVar[bool] = True
    """The official form is not published; show this wherever the number is shown."""

    jurisdiction: str
    service: str
    on: date
    serial: int

    @classmethod
    def parse(cls, written: str) -> "RegistrationNumber":
        """Read a number however it is capitalised, spaced or widened.

        Raises:
            BadInputError: It is no registration number of this series.
        """
        match = _REGISTRATION.fullmatch(_squeezed(written))
        if match is None:
            raise BadInputError(
                f"「{written}」不是本系统的上线编号；应形如 Guangdong-XiaoZhi-R202611230001。",
                f"“{written}” is no registration number; it should look like "
                "Guangdong-XiaoZhi-R202611230001.",
            )
        day = _day(match["day"], written)
        return cls(match["place"].capitalize(), match["name"], day, int(match["serial"]))

    @classmethod
    def build(cls, jurisdiction: str, service: str, *, on: date, serial: int) -> "RegistrationNumber":
        """Make a new number.

        Raises:
            BadInputError: A part is not of the right form.
        """
        return cls(*_checked(jurisdiction, service, serial), on, serial)

    def __str__(self) -> str:
        """Return the canonical spelling."""
        return f"{self.jurisdiction}-{self.service}-R{_digits(self.on)}{self.serial:04d}"


@dataclass(frozen=True, slots=True)
class PermitNumber:
    """The number of a sandbox permit, in a series of its own: it names no service, SP stands before the day.

    So it can't be mistaken for a filing or a registration, which have a service's name between two hyphens.
    """

    jurisdiction: str
    on: date
    serial: int

    @classmethod
    def parse(cls, written: str) -> "PermitNumber":
        """Read a number however it is capitalised, spaced or widened.

        Raises:
            BadInputError: It is no permit's number.
        """
        match = _PERMIT.fullmatch(_squeezed(written))
        if match is None:
            raise BadInputError(
                f"「{written}」不是沙盒许可编号；应形如 Guangdong-SP202611270001。",
                f"“{written}” is no number of a permit; it should look like Guangdong-SP202611270001.",
            )
        return cls(match["place"].capitalize(), _day(match["day"], written), int(match["serial"]))

    @classmethod
    def build(cls, jurisdiction: str, *, on: date, serial: int) -> "PermitNumber":
        """Make a new number.

        Raises:
            BadInputError: A part is not of the right form.
        """
        return cls(_checked(jurisdiction, "SP", serial)[0], on, serial)

    def __str__(self) -> str:
        """Return the canonical spelling."""
        return f"{self.jurisdiction}-SP{self.on:%Y%m%d}{self.serial:04d}"


def _squeezed(written: str) -> str:
    plain = written if written.isascii() else unicodedata.normalize("NFKC", written).translate(_DASHES)
    return _INVISIBLE.sub("", plain)


def _digits(day: date) -> str:
    # Written out because strftime takes longer than all the rest of a number.
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _day(digits: str, written: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise BadInputError(
            f"「{written}」中的日期 {digits} 不存在；请核对编号。",
            f"The date {digits} in “{written}” does not exist; compare the number with its source.",
        ) from error


def _checked(jurisdiction: str, service: str, serial: int) -> tuple[str, str]:
    if not _JURISDICTION.fullmatch(jurisdiction):
        raise BadInputError(
            f"属地「{jurisdiction}」须为汉语拼音，如 Guangdong。",
            f"The jurisdiction “{jurisdiction}” must be in pinyin, such as Guangdong.",
        )
    if not _SERVICE.fullmatch(service):
        raise BadInputError(
            f"服务的拉丁名「{service}」须为 1 至 40 个字母或数字，不含空格和连字符。",
            f"The service's Latin name “{service}” must be 1 to 40 letters or digits, "
            "without spaces or hyphens.",
        )
    if not 1 <= serial <= _LAST_SERIAL:
        raise BadInputError(
            f"序号 {serial} 须在 1 至 {_LAST_SERIAL} 之间。",
            f"The serial {serial} must be between 1 and {_LAST_SERIAL}.",
        )
    return jurisdiction.capitalize(), service


_USCC_LENGTH: Final = 18
_USCC_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: digits and capitals without I, O, S, V and Z."""
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(_USCC_LENGTH - 1))


def check_uscc(code: str) -> None:
    """Check a unified social credit code (GB 32100-2015): length, characters, check character.

    Raises:
        BadInputError: It breaks a rule; where only the check character is wrong, the right one is named.
    """
    if len(code) != _USCC_LENGTH:
        raise BadInputError(
            f"统一社会信用代码应为 18 位，现为 {len(code)} 位；请对照营业执照。",
            f"A unified social credit code has 18 characters, this has {len(code)}; compare the licence.",
        )
    for place, letter in enumerate(code, start=1):
        if letter not in _USCC_LETTERS:
            raise BadInputError(
                f"统一社会信用代码第 {place} 位「{letter}」无效：只用数字和大写字母，不含 I、O、S、V、Z。",
                f"Character {place} of the unified social credit code, “{letter}”, is not allowed: "
                "digits and capitals only, without I, O, S, V and Z.",
            )
    values = (_USCC_LETTERS.index(letter) for letter in code)
    total = sum(weight * value for weight, value in zip(_USCC_WEIGHTS, values, strict=False))
    expected = _USCC_LETTERS[-total % len(_USCC_LETTERS)]
    if code[-1] != expected:
        raise BadInputError(
            f"统一社会信用代码校验位不符：按前 17 位应为「{expected}」，现为「{code[-1]}」；请逐位核对。",
            f"The check character is wrong: the first 17 characters call for “{expected}”, not “{code[-1]}”; "
            "compare each character with the licence.",
        )
