"""Finding n-grams among the terms: in a hash table, or, before one pays, by binary search.

A term of two characters and more is its beginning, a character or a term itself, and one character
more. Both ways take arrays of beginnings and of characters that follow, and find all pairs at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Search", "Table", "changes", "gather"]

_LANE = np.uint64(16)
# Knuth's multiplicative hash, twice: 2**64 / golden ratio, and a prime of xxHash.
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
_EVICTIONS = 200  # rounds; a table that can be built takes a tenth of them


class Search:
    """Binary search in the sorted codes: nothing to prepare, some hundred nanoseconds a pair.

    Parameters
    ----------
    codes : ndarray of uint64, shape (n_terms,)
        One a term, ascending.
    letters : ndarray of uint16, shape (n_characters,)
        The folded character of each number, 0 of the break.
    """

    kind: type[np.unsignedinteger[Any]] = np.uint64

    def __init__(self, codes: NDArray[np.uint64], letters: NDArray[np.uint16]) -> None:
        self._codes = codes
        self._letters = letters.astype(np.uint64)

    def find(
        self, beginnings: NDArray[Any], following: NDArray[Any], *, of_terms: bool
    ) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return which pairs (by place, in no order) are terms, and the terms' numbers.

        Parameters
        ----------
        beginnings : ndarray of int, shape (n,)
            Numbers of characters or, with ``of_terms``, of terms.
        following : ndarray of int, shape (n,)
            Numbers of characters.
        """
        whole = self._codes if of_terms else self._letters
        keys = whole.take(beginnings) << _LANE
        keys |= self._letters.take(following)  # that of a break makes the code of no term
        at = np.searchsorted(self._codes, keys)
        at[at == len(self._codes)] = 0
        hits = (self._codes.take(at) == keys).nonzero()[0] if len(self._codes) else at[:0]
        return hits, at.take(hits).astype(np.uint64)


class Table:
    """A cuckoo hash (Pagh and Rodler, 2004), two to four places a term.

    A term stands in one of two places: all pairs are looked for in two steps, and most need but the
    first.

    Parameters
    ----------
    codes, letters
        As of `Search`; one code at least is of two characters and more.
    """

    def __init__(self, codes: NDArray[np.uint64], letters: NDArray[np.uint16]) -> None:
        numbers = np.zeros(0x10000, dtype=np.uint16)
        numbers[letters] = np.arange(len(letters))
        longer = np.flatnonzero((codes << _LANE) != 0)
        lower = codes.take(longer)
        beginnings = lower >> _LANE
        runs = changes(beginnings)  # terms that begin alike stand together
        first = beginnings.take(runs)
        of_terms = first > 0xFFFF
        # As beginnings, characters come first, terms of their own or not; then the terms.
        heads = np.where(
            of_terms,
            np.searchsorted(codes, first) + len(letters),
            numbers.take(first, mode="clip"),
        )
        self._size = len(letters)
        # 32 bits, which hold a million terms, are twice as fast.
        narrow = (len(codes) + self._size) * self._size < 0xFFFF_FFFF
        self.kind: type[np.unsignedinteger[Any]] = np.uint32 if narrow else np.uint64
        keys = np.repeat(
            (heads * self._size).astype(self.kind), np.diff(runs, append=len(beginnings))
        )
        keys += numbers.take(lower.astype(np.uint16))
        self._build(keys, longer.astype(np.int32))

    def find(
        self, beginnings: NDArray[Any], following: NDArray[Any], *, of_terms: bool
    ) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return what `Search.find` does."""
        size = self.kind(self._size)
        keys = beginnings.astype(self.kind)
        if of_terms:
            keys += size
        keys *= size
        keys += following
        places = self._places(keys, 0)
        entries = gather(self._keys, places)
        same = entries == keys
        hits = same.nonzero()[0]
        same |= entries == self._empty  # whose first place was never taken is nowhere
        others = np.logical_not(same, out=same).nonzero()[0]
        keys = gather(keys, others)
        second = self._places(keys, 1)
        more = (gather(self._keys, second) == keys).nonzero()[0]
        found = np.concatenate([hits, gather(others, more)])
        entered = np.concatenate([gather(places, hits), gather(second, more)])
        return found, gather(self._terms, entered)

    def _places(self, keys: NDArray[Any], which: int) -> NDArray[np.int64]:
        """Return the first (0) or second (1) place of each key: the highest bits of a product."""
        width = 8 * keys.itemsize
        places = keys * self.kind(_MULTIPLIERS[which] >> (64 - width) | 1)
        places >>= self.kind(width - self._bits)
        wide: NDArray[np.int64] = places.astype(np.int64)
        return wide

    def _build(self, keys: NDArray[Any], terms: NDArray[np.int32]) -> None:
        """Give every term one of its two places, in a larger table if that cannot be done."""
        self._bits = max(3, (2 * len(keys)).bit_length())
        while (owners := self._settled(keys)) is None:
            self._bits += 1
        self._empty = np.iinfo(self.kind).max  # no key is so great
        self._keys = keys.take(owners, mode="clip")
        self._keys[owners < 0] = self._empty
        self._terms = terms.take(owners, mode="clip")

    def _settled(self, keys: NDArray[Any]) -> NDArray[np.int32] | None:
        """Return whose each place is, -1 for nobody's; None if not all found one.

        All go to their first place at once. Who is driven out goes to his other place and drives
        out who is there: a place that was taken stays taken.
        """
        owners = np.full(1 << self._bits, -1, dtype=np.int32)
        restless = np.arange(len(keys), dtype=np.int32)
        at = self._places(keys, 0)
        second = np.zeros(len(keys), dtype=bool)
        for _ in range(_EVICTIONS):
            before = owners.take(at)
            owners[at] = restless
            stays = owners.take(at) == restless
            driven = before[stays]  # once each, by who has got the place
            restless = np.concatenate([restless[~stays], driven[driven >= 0]])
            if not len(restless):
                return owners
            second[restless] ^= True
            moving = keys.take(restless)
            at = np.where(second.take(restless), self._places(moving, 1), self._places(moving, 0))
        return None


def gather(values: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
    """Return what stands at places that are known to be there.

    Checking each of them, as ``take`` does unless told to wrap them, makes prediction a seventh
    slower.
    """
    found: NDArray[Any] = values.take(places, axis=0, mode="wrap")
    return found


def changes(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each run of equal values begins."""
    differs = np.empty(len(values), dtype=bool)
    differs[:1] = True
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    return differs.nonzero()[0]
