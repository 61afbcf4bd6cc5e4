"""Hashed n-gram features of many texts at once, without a Python loop over characters.

`extract(texts, spec)` returns `Features`: for every text the bucket numbers of its character n-grams
(any script) and of its word n-grams (Latin script). What is taken is said by a `FeatureSpec`:

* `bits`: there are `2 ** bits` buckets;
* `character_orders`, `word_orders`: the lengths of the n-grams;
* `windows`: which slices of the text are read, as pairs `(start, stop)` in the sense of Python slices,
  so `(None, 200)` is the start and `(-120, None)` the end. Each window is a name space of its own: the
  same words at the start and at the end are different features. `((None, None),)` reads everything once.

How it works. The windows of all texts are joined into one array of code points, folded by one table
(lower case, full width to half width, every white space to a space, every digit to `0`, typographic
apostrophes to `'`). A short pad stands before each text. It is long enough that no n-gram reaches from one
text into the next, and it makes "begins with" and "ends with" features of their own. N-grams of characters
are polynomial hashes built order by order; words are differences of one prefix sum of the same kind, so a
word of any length costs two look-ups.
"""

import functools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.core.errors import BadInputError

__all__ = ["MAX_BITS", "FeatureSpec", "Features", "extract", "fold", "is_word", "iter_batches"]

MAX_BITS = 18
"""2 ** 18 weights of 16 bits are half a megabyte: what a wheel may carry without anyone noticing."""

_Codes = npt.NDArray[np.uint32]
_Offsets = npt.NDArray[np.intp]

_CHARACTER_BASE = np.uint32(0x01000193)
_WORD_BASE = np.uint64(0x9E3779B97F4A7C15)
_WORD_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_PHRASE_BASE = np.uint64(0xD6E8FEB86659FD93)
_SPREAD = np.uint32(0x9E3779B1)
_WORD_MARK, _GAP = 1, 0
_LAST_LATIN = 0x24F
_APOSTROPHES = "\u2018\u2019\u02bc\u0060\u00b4"
_BATCH_TEXTS = 512
_BATCH_CHARACTERS = 1 << 18


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """What is taken from a text; stored with the model, because weights mean nothing without it."""

    bits: int = MAX_BITS
    character_orders: tuple[int, ...] = (2, 3, 4)
    word_orders: tuple[int, ...] = (1, 2)
    windows: tuple[tuple[int | None, int | None], ...] = ((None, None),)

    def __post_init__(self) -> None:
        """Refuse what can't be computed."""
        orders = (*self.character_orders, *self.word_orders)
        if not (1 <= self.bits <= MAX_BITS and self.windows and orders and min(orders) >= 1):
            raise BadInputError(
                zh=f"特征说明有误：{self}；位数须为 1 至 {MAX_BITS}，至少一个窗口、一个不小于 1 的长度。",
                en=f"Bad feature spec {self}: 1 to {MAX_BITS} bits, at least one window and one order ≥ 1.",
            )

    @property
    def pad(self) -> str:
        """What stands before each text so that no n-gram sees its neighbour."""
        characters = max(self.character_orders, default=1)
        words = max(self.word_orders, default=1)
        return chr(_GAP) + (chr(_WORD_MARK) + chr(_GAP)) * max(words - 1, characters // 2, 1)


class Features(NamedTuple):
    """Bucket numbers of `len(counts)` texts, in blocks (one for each window and n-gram order).

    `blocks[i]` is `(buckets, offsets)`: text `t` owns `buckets[offsets[t]:offsets[t + 1]]` (the last text
    the rest), and owns at least one. `counts[t]` is the number of all features of the text.
    """

    blocks: tuple[tuple[_Codes, _Offsets], ...]
    counts: npt.NDArray[np.intp]


def iter_batches(texts: Sequence[str], spec: FeatureSpec) -> Iterator[tuple[int, int]]:
    """Yield `(start, stop)` of batches small enough for their arrays to stay in the processor's cache."""
    whole = any(start is None and stop is None for start, stop in spec.windows)
    start = characters = 0
    for position, text in enumerate(texts):
        characters += len(text) if whole else 0
        if position + 1 - start >= _BATCH_TEXTS or characters >= _BATCH_CHARACTERS:
            yield start, position + 1
            start, characters = position + 1, 0
    if start < len(texts):
        yield start, len(texts)


def extract(texts: Sequence[str], spec: FeatureSpec) -> Features:
    """Return the features of `texts`; call it with batches (`iter_batches`) where they are many."""
    blocks: list[tuple[_Codes, _Offsets]] = []
    counts = np.zeros(len(texts), dtype=np.intp)
    if not texts:
        return Features((), counts)
    for number, (start, stop) in enumerate(spec.windows):
        slices = texts if start is None and stop is None else [text[start:stop] for text in texts]
        codes, offsets = _join(slices, spec.pad)
        counts += np.diff(offsets, append=len(codes)) * len(spec.character_orders)
        seeds = _CHARACTER_BASE * ((number << 8) + np.arange(256, dtype=np.uint32))
        blocks += _character_blocks(codes, offsets, spec, seeds[:128])
        if spec.word_orders:
            words, word_offsets = _hash_words(codes, offsets)
            counts += np.diff(word_offsets, append=len(words)) * len(spec.word_orders)
            blocks += _word_blocks(words, word_offsets, spec, seeds[128:])
    return Features(tuple(blocks), counts)


def fold(text: str) -> _Codes:
    """Return the code points of `text` as they count: one for each, so positions stay the same."""
    codes: _Codes = _fold_table()[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")]
    return codes


def is_word(codes: _Codes) -> npt.NDArray[np.bool_]:
    """Return which of the folded code points are part of a Latin word."""
    inside: npt.NDArray[np.bool_] = _word_table()[codes]
    return inside


def _join(slices: Sequence[str], pad: str) -> tuple[_Codes, _Offsets]:
    """Return the folded code points of all slices, each after its pad, and where each pad begins."""
    lengths = np.fromiter(map(len, slices), dtype=np.intp, count=len(slices))
    offsets = np.zeros(len(slices), dtype=np.intp)
    np.cumsum(lengths[:-1] + len(pad), out=offsets[1:])
    return fold(pad + pad.join(slices)), offsets


def _character_blocks(
    codes: _Codes, offsets: _Offsets, spec: FeatureSpec, seeds: _Codes
) -> Iterator[tuple[_Codes, _Offsets]]:
    """Yield one block for each order: the n-gram that begins at each position."""
    longest = max(spec.character_orders, default=0)
    ahead = np.concatenate([codes, np.frombuffer(spec.pad.encode("utf-32-le"), dtype="<u4")])
    grams = codes.copy()
    for order in range(1, longest + 1):
        if order > 1:
            grams *= _CHARACTER_BASE
            grams += ahead[order - 1 : order - 1 + len(codes)]
        if order in spec.character_orders:
            yield _bucket(grams ^ seeds[order], spec.bits), offsets


def _word_blocks(
    words: npt.NDArray[np.uint64], offsets: _Offsets, spec: FeatureSpec, seeds: _Codes
) -> Iterator[tuple[_Codes, _Offsets]]:
    """Yield one block for each order: the phrase that begins at each word."""
    longest = max(spec.word_orders)
    # The pad of the next text ends a phrase; after the last text the first pad's marks stand in for it.
    ahead = np.concatenate([words, np.repeat(words[:1], longest)])
    phrases = words.copy()
    for order in range(1, longest + 1):
        if order > 1:
            phrases *= _PHRASE_BASE
            phrases += ahead[order - 1 : order - 1 + len(words)]
        if order in spec.word_orders:
            narrow = (phrases >> np.uint64(29)).astype(np.uint32)
            yield _bucket(narrow ^ seeds[order], spec.bits), offsets


def _hash_words(codes: _Codes, offsets: _Offsets) -> tuple[npt.NDArray[np.uint64], _Offsets]:
    """Return the hash of each run of Latin letters and digits, and where each text's words begin."""
    inside = np.zeros(len(codes) + 2, dtype=np.bool_)
    inside[1:-1] = is_word(codes)
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts, ends = edges[0::2], edges[1::2]
    powers, inverses = _powers(1 << (len(codes) - 1).bit_length())
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=sums[1:])
    words = (sums[ends] - sums[starts]) * inverses[starts]
    return words, np.searchsorted(starts, offsets)


def _bucket(hashes: _Codes, bits: int) -> _Codes:
    """Spread the hashes evenly over the buckets (in place)."""
    hashes ^= hashes >> np.uint32(15)
    hashes *= _SPREAD
    hashes >>= np.uint32(32 - bits)
    return hashes


@functools.lru_cache(maxsize=4)
def _powers(size: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Return the powers of the word base, and of its inverse, modulo 2 ** 64."""
    powers = np.cumprod(np.full(size, _WORD_BASE), dtype=np.uint64)
    inverses = np.cumprod(np.full(size, _WORD_INVERSE), dtype=np.uint64)
    return powers, inverses


@functools.cache
def _fold_table() -> _Codes:
    """Return, for every code point, what it counts as."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in range(0x10000):
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(folded) == 1:
            table[code] = ord(folded)
        if folded.isspace():
            table[code] = ord(" ")
        elif folded.isdecimal():
            table[code] = ord("0")
    table[[ord(mark) for mark in _APOSTROPHES]] = ord("'")
    table[:9] = ord(" ")
    # A text that holds the pad's two control codes can only confuse its own features.
    table[_WORD_MARK], table[_GAP] = _WORD_MARK, _GAP
    return table


@functools.cache
def _word_table() -> npt.NDArray[np.bool_]:
    """Return, for every code point, whether it is part of a Latin word (or is the pad's mark)."""
    table = np.zeros(0x110000, dtype=np.bool_)
    for code in range(_LAST_LATIN + 1):
        table[code] = chr(code).isalnum() or chr(code) == "'"
    table[_WORD_MARK] = True
    return table
