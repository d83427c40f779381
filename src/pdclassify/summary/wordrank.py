"""TextRank over words: how much each word of a text stands at its centre.

Words that stand near each other vote for each other (Mihalcea and Tarau 2004), and the walk
restarts at words that come early, as in PositionRank (Florescu and Caragea 2017), that few
articles have, and that are known to reach headlines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.phrases import Words

__all__ = ["rank_words"]

Floats = NDArray[np.float64]

#: Words that stand at most this far apart vote for each other; function words do not count.
_WINDOW = 4
#: .85 in the papers, where the walk knows less of where to restart; alone, the rank finds more so.
_DAMPING = 0.5
#: In the sum of all ranks, which is 1. Each step is a contraction by the damping.
_TOLERANCE = 1e-3
_MAX_ITERATIONS = 20
#: The walk restarts half as often at a word that stands so far from the beginning, in characters.
_NEAR = 50.0
#: How much more often at a word of the headline.
_HEADLINE_TELEPORT = 4.0


def rank_words(words: Words) -> Floats:
    """Return the TextRank of each distinct word, with a mean of 1 over those that say something.

    The graph is never built: what a word's neighbours give it is, for each of its places, the
    difference of two running sums.

    Returns
    -------
    ndarray of float, shape (n_words,)
        0 for words that say nothing.
    """
    size = len(words.idf)
    says = words.content[words.line].nonzero()[0]
    if not len(says):
        return np.zeros(size)
    word, paragraph = words.line[says], words.paragraph[says]
    here = np.arange(len(says))
    low = np.maximum(here - _WINDOW, np.searchsorted(paragraph, paragraph, "left"))
    high = np.minimum(here + _WINDOW + 1, np.searchsorted(paragraph, paragraph, "right"))
    itself = np.bincount(word, minlength=size)  # how often a word stands in its own windows
    for gap in range(1, _WINDOW + 1):
        same = (word[gap:] == word[:-gap]) & (paragraph[gap:] == paragraph[:-gap])
        itself += 2 * np.bincount(word[gap:][same], minlength=size)
    running = np.zeros(len(says) + 1)

    def receive(given: Floats) -> Floats:
        """Return what each word gets when each word gives to every neighbour of its places."""
        given[word].cumsum(out=running[1:])
        return np.bincount(word, running[high] - running[low], size) - itself * given

    telling = np.maximum(words.idf, 1e-3) * np.exp(0.5 * words.pull) / (1 + words.first / _NEAR)
    telling = np.where(words.in_headline, _HEADLINE_TELEPORT, 1.0) * telling * words.content
    teleport = telling / telling.sum()
    degree = receive(np.ones(size)).round()
    alone = (degree == 0) & words.content
    share = 1.0 / np.maximum(degree, 1.0)
    # Where the walk ends that never restarts is a good place to begin.
    rank = degree / degree.sum() if degree.any() else teleport
    restart = (1 - _DAMPING) * teleport
    some_alone = alone.any()
    for _ in range(_MAX_ITERATIONS):
        if some_alone:
            restart = (1 - _DAMPING + _DAMPING * rank[alone].sum()) * teleport
        new = _DAMPING * receive(rank * share) + restart
        moved = np.abs(new - rank).sum()
        rank = new
        if moved < _TOLERANCE:
            break
    return np.asarray(rank * words.content.sum())
