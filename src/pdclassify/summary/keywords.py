"""Words -> ranked keyphrases: the terms an article would be looked up by.

Words are ranked by TextRank (Mihalcea and Tarau 2004: words that stand near each other vote for
each other), with a teleport vector that knows how telling each word is (Haveliwala 2002). The
neighbours among them are joined into phrases (``phrases.py``), and the phrases ranked by what
is known of each: the rank of its words, how often and where it stands, whether it is quoted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import Article, Keyword
from pdclassify.errors import UsageError
from pdclassify.summary.phrases import Phrase, Words, find_phrases

__all__ = ["keywords"]

#: Words that stand at most this far apart vote for each other; function words do not count.
_WINDOW = 4
#: As in the paper; each word's own telling power keeps the rest.
_DAMPING = 0.85
_TOLERANCE = 1e-6
_MAX_ITERATIONS = 50
#: How much more a word of the headline is worth in the teleport.
_HEADLINE_TELEPORT = 4.0

#: What each feature of a phrase adds to its score, learned by ``benchmarks/keywords.py --fit``
#: from whether phrases of a text reach its headline (which the features do not see).
_WEIGHTS = {
    "rank": 0.26,
    "frequency": 0.7,
    "pull": 0.7,
    "idf": 0.06,
    "words": 0.72,
    "place": -0.92,
    "lead": 0.52,
    "quoted": 0.9,
    "spread": 0.15,
    "proper": 0.11,
    "verb": 0.04,
}
_INTERCEPT = -2.94
#: What standing in the headline adds: whole, or by the share of its words.
_IN_HEADLINE = 2.0
_WORDS_IN_HEADLINE = 1.0


def keywords(
    text: str | Article, *, top: int = 10, title: str | None = None
) -> tuple[Keyword, ...]:
    """Find the phrases that tell what ``text`` is about.

    Parameters
    ----------
    text : str or Article
        One paragraph a line. An article brings its own headline.
    top : int, default=10
        How many at most; a short text has fewer.
    title : str, optional
        The headline of a text given as ``str``. Phrases of the text that stand in it count more.

    Returns
    -------
    tuple of Keyword
        The best first, none part of another; each stands in the text as printed. The scores lie
        between 0 and 1 and are comparable within one article.

    Raises
    ------
    UsageError
        If ``top`` is not a positive whole number, or a title comes with an article that has one.

    Notes
    -----
    A text whose headline was not given is ranked by the text alone.
    """
    if isinstance(top, bool) or not isinstance(top, int) or top < 1:
        raise UsageError(f"top must be a whole number of at least 1. Got {top!r} instead.")
    headline = title or ""
    if isinstance(text, Article):
        if title is not None and text.headline:
            raise UsageError(
                "the article has a headline of its own: leave title out, or give its text alone"
            )
        headline = headline or text.headline
        text = text.text
    words, found = find_phrases(text, headline)
    if not found:
        return ()
    features = measure(words, found, rank_words(words))
    scores = features @ np.array(list(_WEIGHTS.values())) + _INTERCEPT
    if headline:
        scores += [_headline_bonus(phrase, words, headline) for phrase in found]
    chances = 1.0 / (1.0 + np.exp(-scores))
    return tuple(Keyword(found[i].term, float(chances[i])) for i in _choose(found, scores, top))


def rank_words(words: Words) -> NDArray[np.float64]:
    """Return the TextRank of each distinct word, with a mean of 1; shape (n_words,)."""
    size = len(words.idf)
    telling = (
        words.idf * np.exp(0.5 * words.pull) * np.where(words.in_headline, _HEADLINE_TELEPORT, 1.0)
    )
    telling = np.maximum(telling, 1e-3)
    teleport = telling / telling.sum()
    line = words.sequence
    left = np.concatenate([line[:-gap] for gap in range(1, _WINDOW + 1)])
    right = np.concatenate([line[gap:] for gap in range(1, _WINDOW + 1)])
    real = (left >= 0) & (right >= 0) & (left != right)
    left, right = left[real], right[real]
    source, target = np.concatenate([left, right]), np.concatenate([right, left])
    degree = np.bincount(source, minlength=size).astype(float)
    alone = degree == 0
    share = 1.0 / np.where(alone, 1.0, degree)
    rank = teleport
    for _ in range(_MAX_ITERATIONS):
        voted = np.bincount(target, (rank * share)[source], minlength=size)
        new = (1 - _DAMPING) * teleport + _DAMPING * (voted + rank[alone].sum() * teleport)
        if np.abs(new - rank).sum() < _TOLERANCE:
            rank = new
            break
        rank = new
    return np.asarray(rank * size)


def measure(words: Words, found: list[Phrase], rank: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what is known of each phrase, a column each in the order of ``_WEIGHTS``."""
    log_rank = np.log(rank + 1e-6)
    sizes = np.array([len(phrase.words) for phrase in found])
    flat = np.array([word for phrase in found for word in phrase.words])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    first = np.array([phrase.first for phrase in found], float)
    return np.column_stack(
        [
            np.add.reduceat(log_rank[flat], starts) / sizes,
            np.log([phrase.count for phrase in found]),
            np.add.reduceat(words.pull[flat], starts) / sizes,
            np.add.reduceat(words.idf[flat], starts) / sizes,
            np.log(sizes),
            np.log1p(first / 50),
            first < 120,
            [phrase.quoted for phrase in found],
            np.log([phrase.paragraphs for phrase in found]),
            [phrase.tag in "GOP" for phrase in found],
            [phrase.tag == "v" for phrase in found],
        ]
    )


def _headline_bonus(phrase: Phrase, words: Words, headline: str) -> float:
    """Return what standing in the headline adds to a phrase's score."""
    if phrase.term in headline:
        return _IN_HEADLINE
    return _WORDS_IN_HEADLINE * float(words.in_headline[list(phrase.words)].mean())


def _choose(found: list[Phrase], scores: NDArray[np.float64], top: int) -> list[int]:
    """Return the best phrases' places: none part of another unless it often stands alone."""
    first = np.array([phrase.first for phrase in found])
    chosen: list[int] = []
    for i in np.lexsort((first, -scores)):
        phrase = found[i]
        if any(_same_thing(phrase, found[j]) for j in chosen):
            continue
        chosen.append(int(i))
        if len(chosen) == top:
            break
    return chosen


def _same_thing(new: Phrase, old: Phrase) -> bool:
    """Say whether a reader who has ``old`` learns nothing from ``new``."""
    if new.term in old.term or old.term in new.term:
        return True
    mine, yours = set(new.words), set(old.words)
    return len(mine & yours) >= 2 and len(mine & yours) * 2 > len(mine | yours)
