"""Looking n-grams of characters up by arithmetic: exact 64-bit codes, found all at once.

An n-gram of up to four characters packs its 16-bit codes into one integer: no strings are made, no
collisions happen. A longer n-gram is only looked for where its first characters were found, so a
vocabulary holds the beginnings of all its terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdclassify.text.characters import BREAK, Codes, encode, renumber, table
from pdclassify.topics.lookup import Search, Table, changes, gather

__all__ = [
    "LONGEST",
    "Rows",
    "Vocabulary",
    "batches",
    "document_frequencies",
    "left_aligned",
    "lengths_of",
    "terms_of",
    "with_beginnings",
]

LONGEST = 4
# Batches of about this size stay in the second-level cache.
_BATCH_CHARACTERS = 32_768
_BATCH_TEXTS = 4096

_LANE = np.uint64(16)
_TOP = np.uint64(48)  # where the code of a single character stands, mistaken for no other
_NOTHING = np.uint64(0)
# A table costs as much as searching for half as many characters as there are terms; a large input
# should not pay for both.
_SEARCHED = 4


class Rows(NamedTuple):
    """How often each known term occurs in each text of a batch that holds any.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        The texts that hold known terms, ascending.
    first : ndarray of int64, shape (n,)
        Where the entries of each begin.
    terms : ndarray of int64, shape (n_entries,)
        Ascending within a text.
    counts : ndarray of int64, shape (n_entries,)
    """

    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    terms: NDArray[np.int64]
    counts: NDArray[np.int64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many entries each row has."""
        return np.diff(self.first, append=len(self.terms))


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
    """The n-grams of one field, and what finds them in texts.

    Parameters
    ----------
    codes : ndarray of uint64, shape (n_terms,)
        One a term, ascending. The beginnings of each term, from two characters on, must be there.
    marks : bool
        Whether marks, spaces and the ends of lines are characters of terms, or break them.
    as_written : bool
        Whether traditional characters are breaks, or read as the simplified ones of terms.
    """

    def __init__(
        self, codes: NDArray[np.uint64], marks: bool = False, *, as_written: bool = False
    ) -> None:
        self.codes = codes
        self.marks = marks
        self.as_written = as_written
        self.bits = len(codes).bit_length()
        used = np.zeros(0x10000, dtype=bool)
        used[0] = True
        for lane in (48, 32, 16, 0):
            used[(codes >> np.uint64(lane)).astype(np.uint16)] = True
        self._letters = np.flatnonzero(used).astype(np.uint16)
        # A character that no term has is a break.
        self._numbers = renumber(self._letters, marks, as_written=as_written)
        single = np.flatnonzero((codes << _LANE) == _NOTHING)
        self._single = np.full(len(self._letters), -1, dtype=np.int32)
        self._single[np.searchsorted(self._letters, codes[single] >> _TOP)] = single
        self._has_single = len(single) > 0
        self._has_longer = len(single) < len(codes)
        self._finder: Search | Table = Search(codes, self._letters)
        self._read = 0

    def __len__(self) -> int:
        return len(self.codes)

    def term(self, number: int) -> str:
        """Return a term as folded text."""
        return terms_of(left_aligned(self.codes[number : number + 1]))[0]

    def encode(self, text: str) -> Codes:
        """Return the characters of ``text`` as this vocabulary numbers them, and their positions.

        Where marks are kept, a line end that is not in the text stands before it, at -1, and after.
        """
        if not self.marks:
            return encode(text, self._numbers)
        codes, positions = encode(_lines([text], self.marks)[0], self._numbers)
        return Codes(codes, (np.arange(len(codes)) if positions is None else positions) - 1)

    def written(self, text: str, codes: NDArray[np.uint16]) -> NDArray[np.uint16] | None:
        """Return the characters behind the ``codes`` of a text; None if they are those of terms."""
        plain = encode(_lines([text], self.marks)[0], table(self.marks)).codes
        return plain if ((self._letters.take(codes) != plain) & (codes != BREAK)).any() else None

    def occurrences(
        self, characters: NDArray[np.uint16], longest: int
    ) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.integer[Any]]]]:
        """Yield, for each length of n-gram, where terms begin (in no order), and which they are."""
        if self._has_single:
            singles = gather(self._single, characters)
            places = (singles >= 0).nonzero()[0]
            yield 1, places, gather(singles, places)
        if longest < 2:
            return
        finder = self._finder_for(len(characters))
        wide = np.zeros(len(characters) + LONGEST, dtype=finder.kind)  # breaks at the end
        wide[: len(characters)] = characters
        places, terms = finder.find(wide[:-1], wide[1:], of_terms=False)
        yield 2, places, terms
        for length in range(3, longest + 1):
            hits, terms = finder.find(terms, gather(wide, places + (length - 1)), of_terms=True)
            places = gather(places, hits)
            yield length, places, terms

    def _finder_for(self, n: int) -> Search | Table:
        """Return what finds n-grams of ``n`` more characters soonest."""
        if isinstance(self._finder, Search):
            self._read += n
            if self._has_longer and self._read * _SEARCHED > len(self.codes):
                self._finder = Table(self.codes, self._letters)
        return self._finder

    def count(self, texts: Sequence[str], longest: int) -> Rows:
        """Count how often each term occurs in each of a batch of texts."""
        narrow = len(texts).bit_length() + self.bits <= 32
        kind = np.uint32 if narrow else np.uint64  # 32 bits sort twice as fast
        numbers = (np.arange(len(texts)) << self.bits).astype(kind)
        characters, row_of = _characters(_lines(texts, self.marks), self._numbers, numbers)
        pieces = [np.empty(0, kind)]
        for _, places, terms in self.occurrences(characters, longest):
            piece = gather(row_of, places)
            piece |= terms.astype(kind)
            pieces.append(piece)
        keys = np.concatenate(pieces)
        keys.sort()
        at = changes(keys)
        counts = np.diff(at, append=len(keys))
        keys = gather(keys, at)
        rows = keys >> kind(self.bits)
        first = changes(rows)
        keys &= kind((1 << self.bits) - 1)
        return Rows(rows.take(first).astype(np.int64), first, keys.astype(np.int64), counts)


def _lines(texts: Sequence[str], marks: bool) -> Sequence[str]:
    """Return texts with line ends around them, where those are characters."""
    return [f"\n{text}\n" for text in texts] if marks else texts


def _characters(
    texts: Sequence[str], numbers: NDArray[np.uint16], rows: NDArray[Any]
) -> tuple[NDArray[np.uint16], NDArray[Any]]:
    """Return the characters of all texts, one after the other, and for each its text's of ``rows``."""
    codes, positions = encode("\0".join(texts), numbers)
    row_of = np.repeat(rows, np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    return codes, row_of[: len(codes)] if positions is None else row_of.take(positions)


def left_aligned(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return codes with the first character on top, which are in the order of their strings."""
    empty = (LONGEST - lengths_of(codes)).astype(np.uint64)
    empty[codes >> _TOP > 0] = 0  # a single character stands on top already
    moved: NDArray[np.uint64] = codes << empty * _LANE
    return moved


def terms_of(codes: NDArray[np.uint64]) -> list[str]:
    """Return the folded texts of left-aligned codes."""
    lanes = np.zeros((len(codes), LONGEST + 1), dtype="<u2")  # the last ends the term
    lanes[:, :LONGEST] = codes.astype(">u8").view(">u2").reshape(-1, LONGEST)
    held = lanes != 0
    held[:, LONGEST] = True
    joined: str = lanes[held].tobytes().decode("utf-16-le", "surrogatepass")
    return joined.split("\0")[:-1]


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
    texts: Sequence[str], longest: int, *, min_df: int, marks: bool = False
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return all n-grams up to ``longest`` that ``min_df`` texts hold, ascending, with how many do.

    Length by length: an n-gram is as rare as its beginning at least, so only those that go on from
    a kept one are counted.
    """
    codes, df = np.empty(0, np.uint64), np.empty(0, np.int64)
    texts = _lines(texts, marks)
    for length in range(1, longest + 1):
        if length > 1 and not len(codes):
            break
        known = Vocabulary(codes, marks, as_written=True)
        seen = [np.empty(0, np.uint64)]
        for start, end in batches(texts):
            numbers = np.arange(end - start, dtype=np.uint64)
            characters, row_of = _characters(texts[start:end], table(marks), numbers)
            places = characters.nonzero()[0]
            following = np.append(characters, np.zeros(LONGEST, np.uint16)).astype(np.uint64)
            grams = following.take(places)
            if length > 1:  # (the beginning's number, the next character): 40 bits at most
                numbered, _ = _characters(texts[start:end], known._numbers, numbers)
                *_, (_, places, terms) = known.occurrences(numbered, length - 1)
                grams = terms.astype(np.uint64) << _LANE
                grams |= following.take(places + (length - 1))
                going_on = (grams & np.uint64(0xFFFF)).nonzero()[0]
                grams, places = grams.take(going_on), places.take(going_on)
            grams |= row_of.take(places) << _TOP  # fewer than 2**16 in a batch
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
