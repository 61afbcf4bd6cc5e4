"""When two lists mean the same: keys of providers, services and numbers, however they are written."""

import re
from functools import lru_cache
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import FilingNumber, RegistrationNumber
from openbeian.matching import fold

__all__ = ["number_key", "provider_key", "provider_stem", "read_number", "service_key"]

_MARKS: Final = re.compile(r"[\W_]+")
_LIMITED: Final = (("有限责任公司", "有限公司"), ("companylimited", "coltd"), ("colimited", "coltd"))
_ENDINGS: Final = ("股份有限公司", "集团有限公司", "有限公司", "集团公司", "公司", "coltd")
_DASHES: Final = 2
"""Place, name and day have them between."""
_STEM: Final = 4
"""Shorter beginnings say too little: 北京 begins the names of thousands."""


@lru_cache(maxsize=1 << 17)
def provider_key(name: str) -> str:
    """Return what names of one provider have in common, whatever their width, case, brackets and spaces.

    有限责任公司 counts as 有限公司; traditional characters count as simplified ones.
    """
    key = _MARKS.sub("", fold(name))
    for written, usual in _LIMITED:
        key = key.replace(written, usual)
    return key


def provider_stem(key: str) -> str:
    """Return a provider's key without its legal form; empty where too little is left to compare."""
    stem = next((key.removesuffix(ending) for ending in _ENDINGS if key.endswith(ending)), key)
    return stem if len(stem) >= _STEM else ""


@lru_cache(maxsize=1 << 17)
def service_key(name: str) -> str:
    """Return what spellings of one service's name have in common; the name itself where it is all marks."""
    return _MARKS.sub("", fold(name)) or name


@lru_cache(maxsize=1 << 17)
def number_key(number: str) -> str:
    """Return what spellings of one number have in common: ZheJiang-X and Zhejiang-X are one."""
    parsed = read_number(number)
    return str(parsed).casefold() if parsed else "".join(fold(number).split())


@lru_cache(maxsize=1 << 17)
def read_number(written: str) -> FilingNumber | RegistrationNumber | None:
    """Return the parts of a number of the known form; None where it has another."""
    if written.count("-") < _DASHES and written.isascii():
        return None
    for kind in (FilingNumber, RegistrationNumber):
        try:
            return kind.parse(written)
        except BadInputError:
            continue
    return None
