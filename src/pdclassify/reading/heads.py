"""Which of two lines over an article is its headline: the second, under a kicker, or the first.

A linear model of the characters of both lines, their lengths, how much each reads like a headline,
and how much of it comes back in the text below. It learns from thousands of pairs of the press,
printed as kicker and headline or as headline and subtitle; how headlines read, from all of them.
The scorer of the lines sees far fewer, and what else the page says.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.boundaries import Reading, Role, params
from pdclassify.reading.lines import Kind, Lines

__all__ = ["FIELDS", "GRAMS", "NUMBERS", "grams_of", "order_heads", "pairs_of"]

#: Hashed characters of each line are told apart by this many numbers; a power of two.
GRAMS = 1 << 15

#: What is looked at: both lines, and how the text below them opens.
FIELDS = 3

_LENGTHS = np.arange(4, 32, 2)  # between which a line's length lies, in characters

#: How many numbers describe a pair beside its characters.
NUMBERS = 16 + 2 * (len(_LENGTHS) + 1)

_SEEN = 64  # characters of a line that are looked at
_OPENING = 6  # characters of the text below: whether it is news with a dateline, say
_BELOW = (220, 2000)  # characters of it in which words of the lines come back
_TEXT = 24  # characters that a byline has not
_LIKENESS = 0.1  # of how much lines read like headlines, before learning; keeps its weight small
_TRUST = 2.5  # weight of a pair's own score beside the scorer of the lines; 1.5: .002 worse
_FRAME = np.zeros(len(Role), dtype=bool)
_FRAME[[Role.KICKER, Role.TITLE, Role.TITLE_MORE, Role.SUBTITLE]] = True
_OVER, _UNDER = (Role.KICKER, Role.TITLE), (Role.TITLE, Role.SUBTITLE)


def grams_of(
    codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Return hashes of one to three characters in a row, ends included, -1 where there are none."""
    places = starts[:, None] - 1 + np.arange(_SEEN + 2)
    length = np.minimum(ends - starts, _SEEN)[:, None] + 2
    column = np.arange(_SEEN + 2)
    seen = codes[np.clip(places, 0, len(codes) - 1)]
    seen = np.where((column == 0) | (column == length - 1), np.uint32(1), seen)
    mixed = np.full(seen.shape, 2166136261, dtype=np.uint32)
    found = []
    for size in range(3):
        mixed[:, : seen.shape[1] - size] ^= seen[:, size:]
        mixed = mixed * np.uint32(16777619)
        mixed ^= mixed >> np.uint32(15)
        place = ((mixed * np.uint32(2246822519)) >> np.uint32(32 - 15)).astype(np.int32)
        found.append(np.where(column + size < length, place, -1))
    return np.concatenate(found, axis=1)


def _text_below(lines: Lines, first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first line below each pair that is as long as text, else the one right below."""
    last = len(lines) - 1
    below = np.minimum(first + 2, last)
    for step in (4, 3, 2):
        line = np.minimum(first + step, last)
        below = np.where(lines.ends[line] - lines.starts[line] > _TEXT, line, below)
    return below


def _repeated(
    lines: Lines, both: NDArray[np.int64], under: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return which share of each line's pairs of characters the text below has, soon and at all."""
    found = np.zeros((len(_BELOW), *both.shape), dtype=np.float32)
    for n, (pair, end) in enumerate(zip(both.tolist(), under.tolist(), strict=True)):
        texts = [lines.text[end : end + reach] for reach in _BELOW]
        for side, line in enumerate(pair):
            start = int(lines.starts[line])
            own = lines.text[start : min(int(lines.ends[line]), start + _SEEN)]
            words = [own[i : i + 2] for i in range(len(own) - 1)]
            if words:
                found[:, n, side] = [sum(w in text for w in words) / len(words) for text in texts]
    return found


def pairs_of(
    lines: Lines, first: NDArray[np.int64], title_grams: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the hashed characters and the numbers of each pair of lines ``first, first + 1``.

    Hashes are of (pairs, FIELDS, characters), the opening of the text below being the third
    field; numbers are of (pairs, NUMBERS). The weights of ``title_grams`` tell headlines from
    what stands over and under them.
    """
    both = np.stack([first, first + 1], axis=1)
    starts, ends = lines.starts[both], lines.ends[both]
    opening = _text_below(lines, first)
    below = lines.starts[opening]
    begins = np.concatenate([starts[:, 0], starts[:, 1], below])
    opened = np.minimum(lines.ends[opening], below + _OPENING)
    grams = grams_of(lines.codes, begins, np.concatenate([ends[:, 0], ends[:, 1], opened]))
    grams = grams.reshape(FIELDS, len(first), -1).swapaxes(0, 1)
    length = np.log(np.minimum(ends - starts, _SEEN)).astype(np.float32)
    places = starts[..., None] + np.arange(_SEEN)
    inside = places < ends[..., None]
    kinds = lines.kinds[np.minimum(places, len(lines.kinds) - 1)]
    spaces = ((kinds == Kind.SPACE) & inside).any(2).astype(np.float32)
    closed = (lines.kinds[ends - 1] == Kind.CLOSE).astype(np.float32)
    soon, again = _repeated(lines, both, ends[:, 1])
    like = np.stack([_weighed(grams[:, side], title_grams) for side in (0, 1)], axis=1)
    bins = np.searchsorted(_LENGTHS, ends - starts)[..., None] == np.arange(len(_LENGTHS) + 1)
    tables = length, spaces, closed, again, soon, like * _LIKENESS
    numbers = [*tables, *(table[:, :1] - table[:, 1:] for table in (length, again, soon))]
    numbers.append(bins.reshape(len(first), -1).astype(np.float32))
    constant = np.ones((len(first), 1), dtype=np.float32)
    return grams, np.concatenate([*numbers, constant], axis=1).astype(np.float32)


def order_heads(lines: Lines, reading: Reading) -> None:
    """Correct, in ``reading.roles``, heads of two lines that stand the other way round."""
    layers = params()
    roles = np.array(reading.roles, dtype=np.int8)
    pairs = [(a, b) in (_OVER, _UNDER) for a, b in pairwise(reading.roles)]
    first = np.flatnonzero(pairs)
    framed = np.zeros(len(roles) + 2, dtype=bool)
    framed[1:-1] = _FRAME[roles]
    first = first[~framed[first] & ~framed[np.minimum(first + 3, len(roles) + 1)]]
    if not len(first):
        return
    grams, numbers = pairs_of(lines, first, layers["title_grams"])
    own = numbers @ layers["pair_numbers"]
    for side in range(FIELDS):
        own += _weighed(grams[:, side], layers["pair_grams"][side])
    scores, chain = reading.scores, layers["chain"]
    before = np.concatenate(([-1], roles))[first]
    after = np.concatenate((roles, [-1]))[first + 2]
    margins = np.zeros(len(first))
    for way, (one, two) in ((1, _OVER), (-1, _UNDER)):
        here = scores[first, one] + scores[first + 1, two] + chain[one, two]
        here += np.where(before < 0, layers["chain_start"][one], chain[before, one])
        here += np.where(after < 0, layers["chain_end"][two], chain[two, after])
        margins += way * here
    for i, over in zip(first.tolist(), (margins + _TRUST * own > 0).tolist(), strict=True):
        reading.roles[i : i + 2] = _OVER if over else _UNDER


def _weighed(grams: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the weight of all characters of each line; -1 stands for none."""
    known = grams >= 0
    sums = np.where(known, weights[grams], 0).sum(1)
    found: NDArray[np.float32] = sums / np.sqrt(known.sum(1, dtype=np.float32))
    return found
