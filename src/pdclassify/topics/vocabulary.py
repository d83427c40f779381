"""Looking n-grams of characters up by arithmetic: exact 64-bit codes and a hash table of them.

An n-gram of up to four characters packs its 16-bit codes into one integer: no strings are made, no
collisions happen. A longer n-gram is only looked for where its first characters were found, so a
vocabulary holds the beginnings of all its terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdclassify.text.characters import decode, encode

__all__ = [
    "LONGEST",
    "Rows",
    "Vocabulary",
    "batches",
    "document_frequencies",
    "lengths_of",
    "with_beginnings",
]

LONGEST = 4
# Batches of about this size stay in the second-level cache.
_BATCH_CHARACTERS = 65_536
_BATCH_TEXTS = 64

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, Knuth's multiplicative hash
_HALF = np.uint64(32)
_LANE = np.uint64(16)
_EMPTY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)  # U+FFFF is a break: no n-gram has this code
_NOTHING = np.uint64(0)
_TOP = np.uint64(48)  # where the code of a single character stands, mistaken for no other


class Rows(NamedTuple):
    """How often each known term occurs in each of a batch of documents.

    Parameters
    ----------
    rows : ndarray of int64
        The document of each entry, ascending.
    terms : ndarray of int64
        The term, ascending within a document.
    counts : ndarray of int64
    """

    rows: NDArray[np.int64]
    terms: NDArray[np.int64]
    counts: NDArray[np.int64]


def _rows_of(texts: Sequence[str]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Return the codes of all texts, one after the other, and the number of the text of each."""
    codes, positions = encode("\n".join(texts))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
    rows = np.repeat(np.arange(len(texts)), lengths)
    return codes, rows[: len(codes)] if positions is None else rows.take(positions)


def _widen(codes: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return the codes in 64 bits, with a break at the end that every n-gram meets."""
    wide = np.zeros(len(codes) + LONGEST, dtype=np.uint64)
    wide[: len(codes)] = codes
    return wide


def batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield ranges of texts that make batches of a size that stays in cache."""
    start, size = 0, 0
    for place, text in enumerate(texts):
        if place > start and (
            size + len(text) > _BATCH_CHARACTERS or place - start == _BATCH_TEXTS
        ):
            yield start, place
            start, size = place, 0
        size += len(text)
    if start < len(texts):
        yield start, len(texts)


class Vocabulary:
    """The n-grams of one field and a hash table to find them in.

    Parameters
    ----------
    codes : ndarray of uint64, shape (n_terms,)
        One a term, ascending. The beginnings of each term, from two characters on, must be there.

    Notes
    -----
    Open addressing with linear probing, twice as many places as terms. All n-grams of a batch are
    looked for at once; those that met another term are looked for again one place on.
    """

    def __init__(self, codes: NDArray[np.uint64]) -> None:
        self.codes = codes
        self._places = max(2 * len(codes), 8)
        self._keys, self._index = self._build(np.asarray(codes))
        single = np.flatnonzero((codes << _LANE) == _NOTHING)
        self._single = np.full(0x10000, -1, dtype=np.int32)
        self._single[(codes[single] >> _TOP).astype(np.int64)] = single
        self._has_single = len(single) > 0

    def __len__(self) -> int:
        return len(self.codes)

    def term(self, index: int) -> str:
        """Return a term as folded text."""
        code = int(self.codes[index])
        lanes = [code >> shift & 0xFFFF for shift in (48, 32, 16, 0)]
        return decode([lane for lane in lanes if lane])

    def _hash(self, codes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the place of each code: the upper half of the product, scaled to the table."""
        spread = codes * _MULTIPLIER
        spread >>= _HALF
        spread *= np.uint64(self._places)
        spread >>= _HALF
        return spread.view(np.int64)

    def _build(self, codes: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Give every term a place, in rounds: of those who want an empty one, the last gets it."""
        keys = np.full(self._places, _EMPTY)
        index = np.zeros(self._places, dtype=np.int32)
        waiting = np.arange(len(codes), dtype=np.int32)
        places = self._hash(codes)
        while len(waiting):
            free = keys.take(places) == _EMPTY
            index[places[free]] = waiting[free]
            keys[places[free]] = codes.take(index.take(places[free]))
            left = keys.take(places) != codes.take(waiting)
            waiting, places = waiting[left], places[left] + 1
            places[places == self._places] = 0
        return keys, index

    def find(self, codes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return which of ``codes`` (by place, in no order) are terms, and which terms they are."""
        places = self._hash(codes)
        origin: NDArray[np.int64] | None = None
        found, terms = [], []
        while True:
            keys = self._keys.take(places)
            done = keys == codes
            hits = np.flatnonzero(done)
            found.append(hits if origin is None else origin.take(hits))
            terms.append(self._index.take(places.take(hits)))
            done |= keys == _EMPTY
            left = np.flatnonzero(np.logical_not(done, out=done))
            if not len(left):
                return np.concatenate(found), np.concatenate(terms)
            origin = left if origin is None else origin.take(left)
            codes = codes.take(left)
            places = places.take(left)
            places += 1
            places[places == self._places] = 0

    def occurrences(
        self, codes: NDArray[np.uint16], longest: int
    ) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.integer[Any]]]]:
        """Yield, for each length of n-gram, where in ``codes`` terms begin and which they are."""
        if self._has_single:
            singles = self._single.take(codes)
            places = np.flatnonzero(singles >= 0)
            yield 1, places, singles.take(places)
        if longest < 2:
            return
        wide = _widen(codes)
        # No key has 0 in its lowest lane, nor in that of its first character: n-grams that touch a
        # break are never found.
        grams = (wide[:-1] << _LANE) | wide[1:]
        places, terms = self.find(grams)
        yield 2, places, terms
        for length in range(3, longest + 1):
            grams = (self.codes.take(terms) << _LANE) | wide.take(places + (length - 1))
            hits, terms = self.find(grams)
            places = places.take(hits)
            yield length, places, terms

    def count(self, texts: Sequence[str], longest: int) -> Rows:
        """Count how often each term occurs in each of a batch of texts."""
        codes, row_of = _rows_of(texts)
        width = np.uint64(max(len(self), 1))
        keys = np.concatenate(
            [
                row_of.take(places).view(np.uint64) * width + terms.astype(np.uint64)
                for _, places, terms in self.occurrences(codes, longest)
            ]
        )
        if len(texts) * len(self) < 2**32:
            keys = keys.astype(np.uint32)  # sorts twice as fast
            width = width.astype(np.uint32)
        keys.sort()
        first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])
        counts = np.diff(first, append=len(keys))
        rows, terms = np.divmod(keys.take(first), width)
        return Rows(rows.astype(np.int64), terms.astype(np.int64), counts)


def lengths_of(codes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many characters each term has."""
    single = (codes << _LANE) == _NOTHING
    return np.where(
        single, 1, sum((codes >> np.uint64(shift)) > _NOTHING for shift in (0, 16, 32, 48))
    )


def with_beginnings(codes: NDArray[np.uint64], wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of ``codes`` are wanted or begin a wanted one."""
    keep = wanted.copy()
    lengths = lengths_of(codes)
    for length in range(LONGEST, 2, -1):
        longer = codes[keep & (lengths == length)]
        keep[np.searchsorted(codes, np.unique(longer >> _LANE))] = True
    return keep


def document_frequencies(
    texts: Sequence[str], longest: int, *, min_df: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return all n-grams up to ``longest`` that ``min_df`` texts hold, ascending, with how many do.

    Length by length: an n-gram is as rare as its beginning at least, so only those that go on from
    a kept one are counted.
    """
    codes, df = np.empty(0, np.uint64), np.empty(0, np.int64)
    for length in range(1, longest + 1):
        known = Vocabulary(codes)
        seen = [np.empty(0, np.uint64)]
        for start, end in batches(texts):
            characters, row_of = _rows_of(texts[start:end])
            wide = _widen(characters)
            if length == 1:
                places = np.flatnonzero(characters)
                grams = wide.take(places)
            else:  # (the beginning's number, the next character): 48 bits at most
                *_, (_, places, terms) = known.occurrences(characters, length - 1)
                following = wide.take(places + (length - 1))
                going_on = np.flatnonzero(following)
                places = places.take(going_on)
                grams = terms.take(going_on).astype(np.uint64) << _LANE
                grams |= following.take(going_on)
            grams |= row_of.take(places).view(np.uint64) << _TOP  # fewer than 2**16 in a batch
            seen.append(np.unique(grams) & np.uint64((1 << 48) - 1))
        grams, holding = np.unique(np.concatenate(seen), return_counts=True)
        grams, holding = grams[holding >= min_df], holding[holding >= min_df]
        if length == 1:
            grams = grams << _TOP
        else:
            beginnings = codes.take((grams >> _LANE).astype(np.int64))
            if length == 2:
                beginnings = beginnings >> _TOP
            grams = (beginnings << _LANE) | (grams & np.uint64(0xFFFF))
        codes, df = np.concatenate([codes, grams]), np.concatenate([df, holding])
        order = np.argsort(codes)
        codes, df = codes[order], df[order]
    return codes, df
