"""Finding personal information in folded texts: numpy says where to look, patterns and check digits decide.

Only kinds and places are kept, never the information itself.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from openbeian.core.text import Text
from openbeian.corpus.identifiers import is_bank_card, is_citizen_number, is_credit_code, is_mobile
from openbeian.corpus.scripts import Script, Scripts, scripts
from openbeian.matching import Indices, JoinedTexts
from openbeian.matching.folding import Units

__all__ = ["PERSONAL_LABELS", "Marks", "Personal", "PersonalKind", "find_personal", "personal_at"]


class PersonalKind(StrEnum):
    """What kind of information it is."""

    CITIZEN_NUMBER = "citizen_number"
    CREDIT_CODE = "credit_code"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    PASSPORT = "passport"
    PLATE = "plate"
    EMAIL = "email"


PERSONAL_LABELS: Final = {
    PersonalKind.CITIZEN_NUMBER: Text("公民身份号码", "citizen identity number"),
    PersonalKind.CREDIT_CODE: Text("统一社会信用代码", "unified social credit code"),
    PersonalKind.MOBILE: Text("手机号", "mobile number"),
    PersonalKind.BANK_CARD: Text("银行卡号", "bank card number"),
    PersonalKind.PASSPORT: Text("护照号", "passport number"),
    PersonalKind.PLATE: Text("车牌号", "number plate"),
    PersonalKind.EMAIL: Text("电子邮箱", "e-mail address"),
}


class Personal(NamedTuple):
    """Something found: in which text, from which to which folded unit."""

    kind: PersonalKind
    owner: int
    start: int
    end: int


_SHORTEST_RUN: Final = 6
_GROUP: Final = 4
_BEFORE, _AFTER = 72, 72
"""How much of the text around a place is looked at; more than anything that is looked for is long."""

_ALONE: Final = r"(?<![0-9a-z])(?<!\d[.])(?:{})(?![0-9a-z])"
_NUMBERS: Final = (
    (PersonalKind.CITIZEN_NUMBER, re.compile(_ALONE.format(r"[1-9]\d{16}[\dx]"))),
    (PersonalKind.CREDIT_CODE, re.compile(_ALONE.format(r"[1-9a-gny][1-9a]\d{6}[0-9a-hj-npqrtuwxy]{10}"))),
    (PersonalKind.MOBILE, re.compile(_ALONE.format(r"(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})"))),
    (PersonalKind.BANK_CARD, re.compile(_ALONE.format(r"\d{15,19}|\d{4}(?:[- ]\d{4}){3}(?:[- ]\d{1,3})?"))),
    (
        PersonalKind.PASSPORT,
        # A letter and digits name too many other things, so the word must stand before them.
        re.compile(
            r"(?:护照|passport)[^0-9]{0,16}?(?<![0-9a-z])((?:e[a-hj-np-z]\d{7}|[egdps]\d{7,8}))(?![0-9a-z])"
        ),
    ),
)
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z][·. -]?"
    r"(?:[df][0-9a-hj-np-z]\d{4}|\d{5}[df]|(?=(?:[a-z]?\d){3})[0-9a-hj-np-z]{5}|\d{4}[挂学警港澳])(?![0-9a-z])"
)
_EMAIL: Final = re.compile(
    r"(?<![0-9a-z._%+-])[0-9a-z][0-9a-z._%+-]{0,63}@(?:[0-9a-z](?:[0-9a-z-]{0,40}[0-9a-z])?\.){1,4}[a-z]{2,18}"
    r"(?![0-9a-z@-])"
)
_TESTS: Final = {
    PersonalKind.CITIZEN_NUMBER: is_citizen_number,
    PersonalKind.CREDIT_CODE: is_credit_code,
    PersonalKind.MOBILE: is_mobile,
    PersonalKind.BANK_CARD: is_bank_card,
}
_LENGTHS: Final = np.isin(np.arange(256), [11, 13, 15, 16, 17, 18, 19])
"""How many digits in a row can be something by themselves."""


class Marks(NamedTuple):
    """Where in folded units runs of digits begin and end, and where at signs stand."""

    run_starts: Indices
    run_ends: Indices
    ats: Indices


def find_personal(joined: JoinedTexts, found: Scripts) -> list[Personal]:
    """Return what is found in the joined texts, whose units count as `found` says."""
    digits = np.flatnonzero(found == Script.DIGIT)
    gaps = np.flatnonzero(np.diff(digits) > 1)
    edges = min(1, len(digits))
    starts = digits[np.concatenate((np.zeros(edges, dtype=np.intp), gaps + 1))]
    ends = digits[np.concatenate((gaps, np.full(edges, len(digits) - 1)))] + 1
    return personal_at(joined, Marks(starts, ends, np.flatnonzero(joined.units == ord("@"))))


def personal_at(joined: JoinedTexts, marks: Marks) -> list[Personal]:
    """Return what is found at and around these places."""
    seen: dict[tuple[str, int], Personal] = {}
    for one in _search(joined, marks.ats, _emails):
        seen[one.kind, one.start] = one
    numbers = np.concatenate((_long_numbers(marks, joined.units), _grouped_numbers(marks, joined.units)))
    for one in _search(joined, np.sort(numbers), _numbers):
        seen[one.kind, one.start] = one
    for one in _search(joined, _plates(marks, joined.units), _plate_numbers):
        seen[one.kind, one.start] = one
    by_owner: dict[int, list[Personal]] = {}
    for one in seen.values():
        by_owner.setdefault(one.owner, []).append(one)
    return [one for owner in sorted(by_owner) for one in sorted(_without_overlaps(by_owner[owner]))]


def _long_numbers(marks: Marks, units: Units) -> Indices:
    """Return where runs of digits begin that are long enough to be something."""
    lengths = marks.run_ends - marks.run_starts
    is_long = lengths >= _SHORTEST_RUN
    starts, ends = marks.run_starts[is_long], marks.run_ends[is_long]
    beside = (scripts(units[np.maximum(starts - 1, 0)]) == Script.LATIN) | (
        scripts(units[ends]) == Script.LATIN
    )
    kept: Indices = starts[beside | _LENGTHS[np.minimum(lengths[is_long], 255)]]
    return kept


def _grouped_numbers(marks: Marks, units: Units) -> Indices:
    """Return where four digits, a space or hyphen, and four digits begin: `138 0013 8000`."""
    lengths = marks.run_ends - marks.run_starts
    ends = marks.run_ends[:-1]
    between = (units[ends] == ord("-")) | (units[ends] == ord(" "))
    is_group = between & (marks.run_starts[1:] == ends + 1)
    is_group &= (lengths[:-1] >= _GROUP) & (lengths[1:] >= _GROUP)
    found: Indices = ends[is_group] - _GROUP
    return found


def _plates(marks: Marks, units: Units) -> Indices:
    """Return where a Han character, a letter and, a little later, a digit stand."""
    places = (marks.run_starts[:, None] - np.arange(2, 6)).ravel()
    places = places[places >= 0]
    letters = units[places + 1]
    places = places[(letters >= ord("a")) & (letters <= ord("z"))]
    places = places[scripts(units[places]) == Script.HAN]
    return np.unique(places)


_Match = tuple[PersonalKind, int, int]
_Look = Callable[[str], Iterator[_Match]]


def _search(joined: JoinedTexts, places: Indices, look: _Look) -> Iterator[Personal]:
    """Look around each place, but never into another text."""
    owners = joined.owners(places)
    firsts = joined.starts[owners].tolist()
    ends = joined.ends[owners].tolist()
    for place, owner, first, end in zip(places.tolist(), owners.tolist(), firsts, ends, strict=True):
        left, right = max(first, place - _BEFORE), min(end, place + _AFTER)
        window = _text(joined.units[left:right])
        for kind, start, stop in look(window):
            # What touches a cut edge may be a part of something longer.
            if (start > 1 or left == first) and (stop < len(window) or right == end):
                yield Personal(kind, owner, left + start, left + stop)


def _text(units: Units) -> str:
    text = units.tobytes().decode("utf-16-le", "surrogatepass")
    # One character a unit: a match's place in the text is its place in the units.
    return text if len(text) == len(units) else "".join(map(chr, units.tolist()))


def _numbers(window: str) -> Iterator[_Match]:
    for kind, pattern in _NUMBERS:
        for match in pattern.finditer(window):
            group = pattern.groups
            number = match[group].replace(" ", "").replace("-", "")
            if kind not in _TESTS or _TESTS[kind](number):
                yield kind, match.start(group), match.end(group)


def _plate_numbers(window: str) -> Iterator[_Match]:
    return ((PersonalKind.PLATE, *match.span()) for match in _PLATE.finditer(window))


def _emails(window: str) -> Iterator[_Match]:
    return ((PersonalKind.EMAIL, *match.span()) for match in _EMAIL.finditer(window))


def _without_overlaps(found: list[Personal]) -> list[Personal]:
    """Leave out what is a part of something surer: a mobile number in an e-mail address is the address."""
    taken: list[Personal] = []
    for one in sorted(found, key=lambda each: (_SUREST.index(each.kind), each.start)):
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return taken


_SUREST: Final = (
    PersonalKind.EMAIL,
    PersonalKind.CITIZEN_NUMBER,
    PersonalKind.CREDIT_CODE,
    PersonalKind.BANK_CARD,
    PersonalKind.MOBILE,
    PersonalKind.PASSPORT,
    PersonalKind.PLATE,
)
