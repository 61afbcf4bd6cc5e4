"""Which jurisdiction a list means by what it prints: a province, a city, both, or a central body."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from openbeian.matching import fold
from openbeian.standards import load_jurisdictions
from openbeian.standards.reading import Entry, read_file

__all__ = ["ReadPlace", "read_place"]

_BETWEEN: Final = re.compile(r"[\s()（）\[\]/、,，·.\-—_]+")
_LEVELS: Final = ("自治州", "地区", "新区", "市", "盟", "州", "省")
_SMALLER: Final = re.compile(r".{1,8}[区县市旗州盟镇]")


class ReadPlace(NamedTuple):
    """A code of the table of jurisdictions, empty where it can't be told, and the code of what was odd."""

    code: str
    oddity: str = ""


@lru_cache(maxsize=4096)
def read_place(written: str) -> ReadPlace:
    """Return the jurisdiction that is meant by what a list prints."""
    plain = _plain(written)
    names, cities = _names(), _cities()
    if not plain:
        return ReadPlace("")
    if code := names.get(plain):
        return ReadPlace(code)
    if code := cities.get(_city(plain)):
        return ReadPlace(code, "jurisdiction_city_only")
    return _compound(plain, names, cities)


def _compound(plain: str, names: Mapping[str, str], cities: Mapping[str, str]) -> ReadPlace:
    if plain.isascii():
        return ReadPlace("", "jurisdiction_unknown")
    for longest in range(len(plain) - 1, 1, -1):
        head, tail = plain[:longest], plain[longest:]
        if code := names.get(head):
            return _with_rest(code, tail, names, cities)
        if code := cities.get(_city(head)):
            # A city before its province or a district: 深圳（广东）, 杭州市西湖区.
            is_same = names.get(tail) == code
            return ReadPlace(code, "jurisdiction_with_city") if is_same else _district(code, tail, names)
    return ReadPlace("", "jurisdiction_unknown")


def _with_rest(code: str, rest: str, names: Mapping[str, str], cities: Mapping[str, str]) -> ReadPlace:
    if rest in _offices():
        return ReadPlace(code)
    named = names.get(rest) or cities.get(_city(rest))
    if named is not None and named != code:
        return ReadPlace("", "jurisdiction_contradictory")
    return ReadPlace(code, "jurisdiction_with_city")


def _district(code: str, rest: str, names: Mapping[str, str]) -> ReadPlace:
    if rest in names:
        return ReadPlace("", "jurisdiction_contradictory")
    is_smaller = _SMALLER.fullmatch(rest) or rest in _offices()
    return ReadPlace(code, "jurisdiction_with_city") if is_smaller else ReadPlace("", "jurisdiction_unknown")


def _plain(written: str) -> str:
    return _BETWEEN.sub("", fold(written))


def _city(plain: str) -> str:
    return next((plain.removesuffix(level) for level in _LEVELS if plain.endswith(level)), plain)


@lru_cache
def _file() -> Entry:
    return read_file(Path(__file__).parent / "data" / "places.yaml")


@lru_cache
def _names() -> Mapping[str, str]:
    """Return the code by every name of a jurisdiction, folded."""
    names = {
        _plain(name): code
        for code, jurisdiction in load_jurisdictions().items()
        for name in jurisdiction.names
    }
    more = _file().entry("names")
    names |= {_plain(name): code for code in more.fields for name in more.strings(code)}
    return MappingProxyType(names)


@lru_cache
def _cities() -> Mapping[str, str]:
    """Return the code by the name of a city in it, without 市."""
    cities = _file().entry("cities")
    return MappingProxyType(
        {_city(_plain(name)): code for code in cities.fields for name in cities.string(code).split()}
    )


@lru_cache
def _offices() -> frozenset[str]:
    return frozenset(_plain(name) for name in _file().strings("offices"))
