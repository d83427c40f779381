"""How surely two words side by side belong together.

Where 高质量发展 stands in 长江经济带高质量发展座谈会, which neighbours make a phrase and which only meet?
Told by how often each of the two is followed, or preceded, by the other: in the rest of the text,
and in the press, whose word stands for as many places as we trust it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.lexicon import lexicon
from pdclassify.summary.runs import Runs

__all__ = ["APART", "find_cohesion", "find_joints"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: The log of a joint that is none.
APART = -6.0
#: The press is trusted as if the text had each word so many times more.
_TRUST = 3.0


def find_joints(line: Ints, beside: Ints, row: Ints, runs: Runs, at: list[Ints]) -> Floats:
    """Return the log of how surely each token and the next belong together.

    The geometric mean of two shares: of the first's places, those that the second follows; of the
    second's, those that the first precedes. The place itself is not counted.

    Parameters
    ----------
    line : ndarray of int, shape (n_tokens,)
        The text, each token by its word.
    beside : ndarray of int
        What is counted with it, in the same way; n_words for a word that the text has not.
    row : ndarray of int, shape (n_words,)
        Of each word, in the lexicon; -1 where it has none.
    runs, at
        See :func:`~pdclassify.summary.runs.find_runs`: only what is in a run is joined.

    Returns
    -------
    ndarray of float, shape (n_tokens - 1,)
        From ``APART`` to 0.
    """
    joints = np.full(len(line) - 1, APART)
    if len(at) < 2:
        return joints
    places = (at[1] >= 0).nonzero()[0]
    first, second = line[places], line[places + 1]
    elsewhere = runs.counts[at[1][places]] - 1.0
    times = np.bincount(line, minlength=len(row) + 1)
    if len(beside):
        times += np.bincount(beside, minlength=len(times))
        there = np.sort(beside[:-1] * len(times) + beside[1:])
        pair = first * len(times) + second
        elsewhere += there.searchsorted(pair, "right") - there.searchsorted(pair, "left")
    known = lexicon()
    one, other = row[first], row[second]
    key = one * (len(known.idf) - 1) + other
    place = np.minimum(known.pairs.searchsorted(key), len(known.pairs) - 1)
    met = (known.pairs[place] == key) & (one >= 0) & (other >= 0)
    joined = np.where(met, known.joined[place], -np.inf)
    forth = elsewhere + _TRUST * np.exp(joined - known.said[one])
    back = elsewhere + _TRUST * np.exp(joined - known.said[other])
    among = (times[first] - 1 + _TRUST) * (times[second] - 1 + _TRUST)
    joints[places] = np.log(np.maximum(forth * back / among, np.exp(2 * APART))) / 2
    return joints


def find_cohesion(joints: Floats, runs: Runs, at: list[Ints]) -> tuple[Floats, Floats]:
    """Return for each run its weakest joint, and its strongest with what stands around it.

    Parameters
    ----------
    joints : ndarray of float, shape (n_tokens - 1,)
    runs, at
        See :func:`~pdclassify.summary.runs.find_runs`.

    Returns
    -------
    inner, outer : ndarray of float, shape (n_runs,)
        The inner one is 0 for a single word; the outer one a mean over the places of the run.
    """
    inner, outer = np.zeros((2, len(runs.begin)))
    around = np.concatenate(([APART], joints, [APART]))  # before each token, and after the last
    weakest = joints
    low = 0
    for size, which in enumerate(at, 1):
        starts = (which >= 0).nonzero()[0]
        ids = which[starts]
        high = int(ids.max()) + 1
        if size > 1:
            inner[ids] = weakest[starts]
            weakest = np.minimum(weakest[:-1], joints[size - 1 :])
        ids -= low  # the runs of one size have numbers in a row
        left = np.bincount(ids, around[starts])
        right = np.bincount(ids, around[starts + size])
        outer[low:high] = np.maximum(left, right) / runs.counts[low:high]
        low = high
    return inner, outer
