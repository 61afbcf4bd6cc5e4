"""Which services stand how: a compact, immutable table for look-ups in microseconds.

Rows are filings in the order of their numbers. Beside them lie the services: SHA-256 hashes of their ids
cut to 16 bytes, sorted, each with the row of its filing. Nothing is held as Python objects: a service takes
about 45 bytes. On the wire (`entries` of a snapshot):

    count      how many filings
    numbers    base64 of the zlib-compressed numbers, each ended by a newline, in ascending byte order
    statuses   base64 of the zlib-compressed statuses, two bits each, row 0 in the lowest bits of byte 0 (the
               order and, for 0 to 2, the values of the IETF Token Status List): 0 valid, 1 revoked,
               2 suspended, 3 ended, which is expired or cancelled
    services   base64 of the hashes, 16 bytes each, in ascending order
    rows       base64 of the zlib-compressed rows of those services, four bytes each, big-endian
"""

import base64
import copy
import hashlib
import re
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from enum import IntEnum
from itertools import pairwise
from struct import Struct
from typing import Final, NamedTuple

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.fields import Fields

__all__ = [
    "MAX_FILINGS",
    "MAX_NUMBER_BYTES",
    "FilingRow",
    "Standing",
    "Status",
    "StatusIndex",
    "service_hash",
]

MAX_FILINGS: Final = 4_000_000
MAX_NUMBER_BYTES: Final = 64
_HASH_BYTES: Final = 16
_HALVES: Final = Struct(">QQ")
_ROW: Final = Struct(">I")
_MARK_EVERY: Final = 32
"""Of the numbers, this many lie between two that a search looks at first."""
_PER_BYTE: Final = 4
_BUCKET_BITS: Final = 4
"""A bucket of hashes holds about two to the power of this, at most twice that on average."""


class Status(IntEnum):
    """How a filing stands, in two bits."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    ENDED = 3


_STATUSES: Final = tuple(Status)
_BEST_FIRST: Final = (Status.VALID, Status.SUSPENDED, Status.REVOKED, Status.ENDED)


class FilingRow(NamedTuple):
    """One filing, as it goes into an index."""

    service: str
    number: str
    status: Status


class Standing(NamedTuple):
    """What the index knows of a service or a number."""

    number: str
    status: Status


def service_hash(service: str) -> bytes:
    """Return the 16 bytes that stand for a service id."""
    # Text from the wire may hold lone surrogates; they are hashed as they are and match nothing.
    return hashlib.sha256(service.encode("utf-8", "surrogatepass")).digest()[:_HASH_BYTES]


class StatusIndex:
    """The table. Built by `build` or read by `parse`, never changed."""

    __slots__ = (
        *("_breaks", "_marks", "_numbers", "_statuses"),
        *("_buckets", "_heads", "_rows", "_shift", "_tails"),
    )

    def __init__(self, *, numbers: bytes, statuses: bytes, services: bytes, rows: "array[int]") -> None:
        """Take the columns and check that look-ups will find what is there.

        Raises:
            MalformedError: They are out of order or do not fit together.
        """
        self._numbers = b"\n" + numbers  # so that each number stands between two line breaks
        self._breaks = array("I", (found.start() for found in re.finditer(b"\n", self._numbers)))
        self._statuses = statuses
        # Each hash as two numbers, so that the search runs in C; the first alone nearly always settles it.
        whole = services[: len(services) // _HASH_BYTES * _HASH_BYTES]
        self._heads = array("Q", (head for head, _ in _HALVES.iter_unpack(whole)))
        self._tails = array("Q", (tail for _, tail in _HALVES.iter_unpack(whole)))
        self._rows = rows
        # Hashes are spread evenly: their first bits lead to some sixteen neighbours, among which to search.
        bits = max(0, len(self._heads).bit_length() - _BUCKET_BITS)
        self._shift = 64 - bits
        bounds = [bisect_left(self._heads, bucket << self._shift) for bucket in range(1 << bits)]
        self._buckets = array("I", [*bounds, len(self._heads)])
        if not self._fits(len(services)):
            raise MalformedError("快照索引自相矛盾", "the snapshot's index contradicts itself")
        self._marks = [self._number(row) for row in range(0, len(self), _MARK_EVERY)]

    @classmethod
    def build(cls, filings: Iterable[FilingRow]) -> "StatusIndex":
        """Build the index; a service with several filings stands by the best of them, then the last number.

        Raises:
            MalformedError: A number is listed twice, empty, or too long.
        """
        ordered = sorted(filings, key=lambda filing: filing.number.encode())
        packed = bytearray((len(ordered) + _PER_BYTE - 1) // _PER_BYTE)
        row_of: dict[bytes, int] = {}
        for row, filing in enumerate(ordered):
            packed[row // _PER_BYTE] |= filing.status << (row % _PER_BYTE * 2)
            held = row_of.setdefault(service_hash(filing.service), row)
            if _BEST_FIRST.index(filing.status) <= _BEST_FIRST.index(ordered[held].status):
                row_of[service_hash(filing.service)] = row
        hashes = sorted(row_of)
        numbers = b"".join(filing.number.encode() + b"\n" for filing in ordered)
        index = cls(
            numbers=numbers,
            statuses=bytes(packed),
            services=b"".join(hashes),
            rows=array("I", (row_of[hashed] for hashed in hashes)),
        )
        if len(index) != len(ordered):
            raise MalformedError("备案号不得含换行", "a filing number holds a line break")
        return index

    @classmethod
    def parse(cls, fields: Fields) -> "StatusIndex":
        """Read the index from a snapshot.

        Raises:
            MalformedError: It is not one.
        """
        count = fields.integer("count")
        if count > MAX_FILINGS:
            raise MalformedError("快照中的备案过多", "the snapshot lists too many filings")
        services = fields.binary("services")
        rows = _inflate(fields, "rows", len(services) // _HASH_BYTES * _ROW.size)
        numbers = _inflate(fields, "numbers", count * (MAX_NUMBER_BYTES + 1))
        # Before anything is built: nothing but line breaks would make an index of enormous size.
        if numbers.count(b"\n") != count:
            raise MalformedError("快照的备案数与内容不符", "the snapshot's count is not that of its filings")
        return cls(
            numbers=numbers,
            statuses=_inflate(fields, "statuses", (count + _PER_BYTE - 1) // _PER_BYTE),
            services=services,
            rows=array("I", (row for (row,) in _ROW.iter_unpack(rows[: len(rows) // _ROW.size * _ROW.size]))),
        )

    def to_json(self) -> dict[str, JSONValue]:
        """Return the form on the wire."""
        services = b"".join(map(_HALVES.pack, self._heads, self._tails))
        return {
            "count": len(self),
            "numbers": _deflate(self._numbers[1:]),
            "statuses": _deflate(self._statuses),
            "services": base64.b64encode(services).decode(),
            "rows": _deflate(b"".join(map(_ROW.pack, self._rows))),
        }

    def statuses_to_json(self) -> dict[str, JSONValue]:
        """Return the form on the wire of the statuses alone, with the number of filings they are of."""
        return {"count": len(self), "statuses": _deflate(self._statuses)}

    def with_statuses(self, fields: Fields) -> "StatusIndex":
        """Return this table with the statuses of another moment; every other column is shared with it.

        Raises:
            MalformedError: They are no statuses, or not of as many filings.
        """
        statuses = _inflate(fields, "statuses", len(self._statuses))
        if fields.integer("count") != len(self) or len(statuses) != len(self._statuses):
            raise MalformedError(
                "状态表与快照的备案数不符", "the status list is not of the snapshot's filings"
            )
        other = copy.copy(self)
        other._statuses = statuses  # noqa: SLF001  its own class
        return other

    def __len__(self) -> int:
        """Return how many filings there are."""
        return len(self._breaks) - 1

    @property
    def memory_bytes(self) -> int:
        """How much memory the columns take."""
        numbers = (self._numbers, self._breaks, self._statuses)
        columns = (*numbers, self._heads, self._tails, self._rows, self._buckets)
        return sum(sys.getsizeof(column) for column in (*columns, self._marks, *self._marks))

    def find(self, subject: str) -> Standing | None:
        """Return how a service, given by its id or by a filing number, stands; None when it is not there."""
        row = self._row_of_service(service_hash(subject))
        if row is None:
            row = self._row_of_number(subject.encode("utf-8", "surrogatepass"))
        if row is None:
            return None
        status = self._statuses[row // _PER_BYTE] >> (row % _PER_BYTE * 2) & 3
        return Standing(self._number(row).decode(), _STATUSES[status])

    def _row_of_service(self, hashed: bytes) -> int | None:
        head, tail = _HALVES.unpack(hashed)
        bucket = head >> self._shift
        place = bisect_left(self._heads, head, self._buckets[bucket], self._buckets[bucket + 1])
        while place < len(self._heads) and self._heads[place] == head:
            if self._tails[place] == tail:
                return self._rows[place]
            place += 1
        return None

    def _row_of_number(self, number: bytes) -> int | None:
        first = (bisect_right(self._marks, number) - 1) * _MARK_EVERY
        if first < 0:
            return None
        last = min(first + _MARK_EVERY, len(self))
        found = self._numbers.find(b"\n%b\n" % number, self._breaks[first], self._breaks[last] + 1)
        row = bisect_left(self._breaks, found, first, last + 1)
        # What was asked for may itself hold a line break, and must not match two numbers in a row.
        return row if found >= 0 and self._number(row) == number else None

    def _number(self, row: int) -> bytes:
        return self._numbers[self._breaks[row] + 1 : self._breaks[row + 1]]

    def _fits(self, services_bytes: int) -> bool:
        count = len(self)
        sizes_fit = (
            self._breaks[-1] == len(self._numbers) - 1
            and len(self._statuses) == (count + _PER_BYTE - 1) // _PER_BYTE
            and len(self._heads) * _HASH_BYTES == services_bytes
            and len(self._rows) == len(self._heads)
        )
        return sizes_fit and self._is_ordered(count)

    def _is_ordered(self, count: int) -> bool:
        try:
            self._numbers.decode()
        except UnicodeDecodeError:
            return False
        return (
            all(0 < len(self._number(row)) <= MAX_NUMBER_BYTES for row in range(count))
            and all(self._number(row) < self._number(row + 1) for row in range(count - 1))
            and all(low < high for low, high in pairwise(zip(self._heads, self._tails, strict=True)))
            and all(row < count for row in self._rows)
        )


def _deflate(column: bytes) -> str:
    return base64.b64encode(zlib.compress(column, 9)).decode()


def _inflate(fields: Fields, name: str, most: int) -> bytes:
    """Decompress a column, never into more than `most` bytes."""
    decompressor = zlib.decompressobj()
    try:
        # One byte more than may come: with an exact limit zlib would stop short of its checksum.
        column = decompressor.decompress(fields.binary(name), most + 1)
    except zlib.error as error:
        raise MalformedError(
            f"快照的 {name} 无法解压", f"the snapshot's {name} cannot be inflated"
        ) from error
    if not decompressor.eof or decompressor.unused_data or len(column) > most:
        raise MalformedError(f"快照的 {name} 长度不对", f"the snapshot's {name} has a wrong length")
    return column
