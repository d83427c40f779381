"""Runs of neighbouring words in a text, counted in arrays: time grows with the text's length."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Runs", "find_runs", "tell_apart"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Runs(NamedTuple):
    """The distinct runs of one word and more: parallel arrays.

    Parameters
    ----------
    begin, size : ndarray of int
        The first place of each, and its length, in tokens.
    counts, paragraphs : ndarray of int
        How often it stands in the text, and in how many paragraphs.
    """

    begin: Ints
    size: Ints
    counts: Ints
    paragraphs: Ints

    def join(self, other: Runs) -> Runs:
        """Return these runs and then the others."""
        return Runs(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))


def find_runs(line: Ints, breaks: Bools, paragraph: Ints, longest: int) -> tuple[Runs, list[Ints]]:
    """Find all runs of up to ``longest`` words, and every single word.

    Parameters
    ----------
    line : ndarray of int, shape (n_tokens,)
        The text, at least one token, each by the number of its word.
    breaks : ndarray of bool, shape (n_tokens,)
        The tokens that are neighbours of none and in no run but their own.
    paragraph : ndarray of int, shape (n_tokens,)
        Of each token, never falling.
    longest : int
        In words.

    Returns
    -------
    runs : Runs
        The shorter first.
    at : list of ndarray of int, shape (n_tokens,)
        For each size, which run begins at each token; -1 where none does.
    """
    n_words = int(line.max()) + 1
    broken = np.concatenate(([0], breaks.cumsum()))
    places, key = np.arange(len(line)), line
    found: list[Runs] = []
    at: list[Ints] = []
    known = 0
    for size in range(1, longest + 1):
        if size > 1:
            places = (broken[size:] == broken[:-size]).nonzero()[0]
            if not len(places):
                break
            key = at[-1][places] * n_words + line[places + size - 1]
        begin, count, paragraphs, which, order = tell_apart(places, key, paragraph)
        here = np.full(len(line), -1)
        here[places[order]] = which + known
        found.append(Runs(begin, np.full(len(begin), size), count, paragraphs))
        at.append(here)
        known += len(begin)
    return Runs(*map(np.concatenate, zip(*found, strict=True))), at


def tell_apart(places: Ints, key: Ints, paragraph: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Count what has the same key.

    Parameters
    ----------
    places : ndarray of int, shape (n,)
        At least one, ascending.
    key : ndarray of int, shape (n,)
    paragraph : ndarray of int
        Of every place of the text, never falling.

    Returns
    -------
    begin, count, paragraphs : ndarray of int, shape (n_distinct,)
        Of each distinct key, in ascending order, the first place, how many places, and in how many
        paragraphs they are.
    which, order : ndarray of int, shape (n,)
        Which of the distinct keys the place ``places[order[i]]`` has.
    """
    small = key.astype(np.uint16) if key.max() < 1 << 16 else key  # sorted by digits, in no time
    order = small.argsort(kind="stable")
    key, places = key[order], places[order]
    new = np.ones(len(key), bool)
    np.not_equal(key[1:], key[:-1], out=new[1:])
    start = new.nonzero()[0]
    within = paragraph[places]
    fresh = new.copy()  # the first of its key in its paragraph
    fresh[1:] |= within[1:] != within[:-1]
    count = np.empty_like(start)
    np.subtract(start[1:], start[:-1], out=count[:-1])
    count[-1] = len(key) - start[-1]
    which = np.arange(len(start)).repeat(count)
    return places[start], count, np.add.reduceat(fresh, start, dtype=np.int64), which, order
