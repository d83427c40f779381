"""How the words of a page hold together: where they come back, and which gaps they bridge.

Words are pairs of characters, weighted by how rare they are in the press. A pair that comes back
is a chain from one place to the next; where an article ends, few chains reach across (lexical
chains and tiling: Morris and Hirst 1991, Hearst 1997). One sort of the page, then linear.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.lines import Kind, Lines

__all__ = ["COHESION", "COVER", "RARITY", "chains_of", "pair_codes", "rarity_of"]

#: How many numbers describe how a line coheres with what stands around it.
COHESION = 11

#: The first of those that tell how many chains reach across the gap before the line.
COVER = 6

#: Pairs are told apart by this many rarities; a power of two.
RARITY = 1 << 16

_REACHES = (1500, 300)  # characters within which a headline's words are looked for
_SCALES = (250, 800, 2400)  # lengths of chains, in characters
_UNIT = 1 << 13  # rarities are added as whole numbers of 2^-13, all of them: ten times as fast


def pair_codes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return a hash of every two characters in a row."""
    mixed: NDArray[np.uint32] = codes[:-1] * np.uint32(2654435761)
    mixed ^= codes[1:] * np.uint32(2246822519)
    mixed ^= mixed >> np.uint32(13)
    return mixed


def rarity_of(pairs: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return where the rarity of every pair stands in the table."""
    return ((pairs * np.uint32(2654435769)) >> np.uint32(16)).astype(np.int64)


def _sums(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return running sums, so that the sum of a stretch is a difference."""
    sums = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def chains_of(lines: Lines, rarity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how each line coheres with the text before and after, float32 (lines, COHESION)."""
    n = len(lines)
    out = np.zeros((n, COHESION), dtype=np.float32)
    kinds = lines.kinds
    wordy = (kinds == Kind.HAN) | (kinds == Kind.LATIN)
    places = np.flatnonzero(wordy[:-1] & wordy[1:])
    if len(places) < 2:
        return out
    pairs = pair_codes(lines.codes)[places]
    weight = (rarity[rarity_of(pairs)] * np.float32(_UNIT)).astype(np.int64)
    # Pair and number in one integer: sorting these is ten times as fast as a stable argsort.
    keyed = (pairs.astype(np.uint64) << np.uint64(32)) | np.arange(len(pairs), dtype=np.uint64)
    keyed.sort()
    order = (keyed & np.uint64(0xFFFFFFFF)).astype(np.int64)
    keyed >>= np.uint64(32)
    same = keyed[1:] == keyed[:-1]
    left, right = order[:-1][same], order[1:][same]
    apart = places[right] - places[left]
    heavy = weight[left]

    starts, ends = lines.starts, lines.ends
    begin, stop = np.searchsorted(places, starts), np.searchsorted(places, ends - 1)
    total = _sums(weight)
    own = (total[stop] - total[begin]) / _UNIT
    owner = np.arange(n + 1).repeat(np.diff(begin, prepend=0, append=len(places)))
    apart_lines = owner[left] != owner[right]
    at = 0
    for reach in _REACHES:
        near = (apart < reach) & apart_lines
        for here in (left, right):
            again = np.zeros(len(places), dtype=np.int64)
            again[here[near]] = heavy[near]
            runs = _sums(again)
            out[:, at] = (runs[stop] - runs[begin]) / _UNIT / (own + 3) * 2
            at += 1
    out[:, at] = out[:, 0] - out[:, 1]
    out[:, at + 1] = np.log1p(own) * 0.3
    at += 2
    for scale in _SCALES:
        short = apart < scale
        steps = np.zeros(len(places), dtype=np.int64)
        steps[left[short]] = heavy[short]  # from each place one chain goes on, at most
        steps[right[short]] -= heavy[short]  # and one ends there
        cover = _sums(steps)  # across the place before each pair
        runs = _sums(cover[:-1])
        low = np.searchsorted(places, starts - scale)
        high = np.searchsorted(places, starts + scale)
        mean = (runs[high] - runs[low]) / _UNIT / np.maximum(high - low, 1)
        out[:, at] = np.minimum(cover[begin] / _UNIT / (mean + 1), 3)
        at += 1
        if scale == _SCALES[1]:
            out[:, at] = np.log1p(mean) * 0.2
            at += 1
            out[:, at] = np.minimum((high - low) / (2 * scale), 1)
            at += 1
    return out
