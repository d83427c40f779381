"""Words -> ranked keyphrases: the terms an article would be looked up by.

Words are ranked by TextRank (``wordrank.py``), the neighbours among them joined into phrases
(``phrases.py``), and the phrases ranked by what is known of each: the rank of its words, how often
and where it stands, how well its words do in headlines, whether it is quoted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pdclassify.arguments import a_document, a_text, a_whole_number
from pdclassify.article import Article, Span
from pdclassify.errors import UsageError
from pdclassify.results import Keyword
from pdclassify.summary.phrases import Phrases, Words, find_phrases
from pdclassify.summary.wordrank import rank_words
from pdclassify.text.normalize import fold, normalize

__all__ = ["keywords"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: What each feature of a phrase adds to its score, learned by ``benchmarks/keywords.py --fit``
#: from how much of a phrase of the text reaches the headline (which the features do not see).
_WEIGHTS = {
    "rank": 0.2,  # by judgement, learned 0: place and pull say the same
    "pull": 0.55,
    "place": -0.99,
    "frequency": 0.35,
    "share": -0.34,
    "spread": 0.4,
    "words": 0.33,
    "name": 1.0,  # by judgement, learned -.2: what is quoted twice is what readers look for
}
_INTERCEPT = -2.44
_COEFFICIENTS = np.array(list(_WEIGHTS.values()))
#: What standing in the headline adds: whole, or by the share of its words.
_IN_HEADLINE = 2.0
_PARTLY_IN_HEADLINE = 1.0
_LONG_WORD = 4
_LEAST_RANK = 1e-3
#: What has less of a chance is left out, and a phrase said again and again: but for the best so many.
_LEAST_CHANCE = 0.07
_LEAST_CHANCE_AGAIN = 0.03
_AT_LEAST = 3
#: So many keywords may share a word.
_SAID_ENOUGH = 2
#: Fewer characters are found in many a longer term.
_LEAST_SHORT = 4
_FAIR_SHARE = 0.25
_SPOKEN_FOR = 1.0


def keywords(
    text: str | Article, *, top: int = 10, title: str | None = None
) -> tuple[Keyword, ...]:
    """Find the phrases that tell what ``text`` is about.

    Parameters
    ----------
    text : str or Article
        One paragraph a line. An article brings its own headline.
    top : int, default=10
        How many at most; a short text has fewer, and what has little chance is left out.
    title : str, optional
        The headline of a text given as ``str``. Phrases of the text that stand in it count more.

    Returns
    -------
    tuple of Keyword
        The best first, none part of another, each with every place where it stands.

    Raises
    ------
    UsageError
        If a parameter cannot be what it is, or a title comes with an article that has one.

    Notes
    -----
    A text whose headline was not given is ranked by the text alone. Full-width letters, unseen
    characters, traditional ones and the like change nothing but what is printed.
    """
    a_document("text", text)
    a_whole_number("top", top)
    a_text("title", title, needed=False)
    headline = title or ""
    to_input_span: Callable[[int, int], Span] | None = None
    if isinstance(text, Article):
        if title is not None and text.headline:
            raise UsageError(
                "the article has a headline of its own: leave title out, or give its text alone"
            )
        headline = headline or text.headline
        to_input_span = text.to_input_span if text.segments else None
        text = text.text
    folded = fold(text)
    headline = fold(headline).text
    found = find_phrases(folded.text, headline)
    if found is None:
        return ()
    words, phrases = found
    features, part = measure(words, phrases, rank_words(words))
    scores = features @ _COEFFICIENTS + _INTERCEPT
    if headline:
        scores += np.where(phrases.in_headline, _IN_HEADLINE, _PARTLY_IN_HEADLINE * part)
    _promote(phrases, words.line, scores)
    chances = 1.0 / (1.0 + np.exp(-scores))
    again = (phrases.size > 1) & (phrases.counts > 1)
    strong = chances >= np.where(again, _LEAST_CHANCE_AGAIN, _LEAST_CHANCE)
    order = np.lexsort((phrases.first, -scores))
    chosen = _choose(phrases, words.line, order[strong[order]], max(top, _AT_LEAST))
    if len(chosen) < _AT_LEAST:
        chosen = _choose(phrases, words.line, order, _AT_LEAST)
    keywords = []
    for i in chosen[:top]:
        spans = _find(phrases.terms[i], folded.text)
        if folded.offsets is not None:
            spans = [folded.to_input_span(*span) for span in spans]
        term = normalize(text[spans[0].start : spans[0].end]).text
        if to_input_span is not None:
            spans = [to_input_span(*span) for span in spans]
        keywords.append(Keyword(term, float(chances[i]), tuple(spans)))
    return tuple(keywords)


def _find(term: str, text: str) -> list[Span]:
    """Return every place of ``term``."""
    spans: list[Span] = []
    start = text.find(term)
    while start >= 0:
        end = start + len(term)
        spans.append(Span(start, end))
        start = text.find(term, end)
    return spans


def measure(words: Words, phrases: Phrases, rank: Floats) -> tuple[Floats, Floats]:
    """Return what is known of phrases.

    Parameters
    ----------
    words : Words
    phrases : Phrases
    rank : ndarray of float, shape (n_words,)

    Returns
    -------
    features : ndarray of float, shape (n_phrases, len(_WEIGHTS))
    part : ndarray of float, shape (n_phrases,)
        The share of each phrase's words that stand in the headline.
    """
    ends = phrases.begin + phrases.size
    number = np.zeros(len(words.line) + 1, np.int64)
    words.content[words.line].cumsum(out=number[1:])
    number = number[ends] - number[phrases.begin]  # of words that say something; names have none
    of_words = np.stack(
        [
            np.log(np.maximum(rank, _LEAST_RANK)),
            words.pull,
            np.log1p(words.first / 50),
            np.bincount(words.line),
            words.in_headline,
        ]
    )
    total = np.zeros((len(of_words), len(words.line) + 1))
    np.where(words.content, of_words, 0.0)[:, words.line].cumsum(axis=1, out=total[:, 1:])
    means = (total[:, ends] - total[:, phrases.begin]) / np.maximum(number, 1)
    ranks, pulls, places, times, part = means
    # What is quoted has words where the cutter finds none.
    lengths = np.fromiter(map(len, phrases.terms), np.int64, len(phrases.terms))
    size = np.maximum(number, np.maximum(lengths / _LONG_WORD, 1.0))
    features = np.column_stack(
        [
            ranks,
            pulls,
            places,
            np.log(phrases.counts),
            np.log(phrases.counts / np.maximum(times, 1.0)),
            np.log(phrases.paragraphs),
            np.log(size),
            phrases.quoted & (phrases.counts > 1),
        ]
    )
    return features, part


def _promote(phrases: Phrases, line: Ints, scores: Floats) -> None:
    """Let a phrase speak for its word where it makes up a fair share of the word's places."""
    single = (phrases.size == 1).nonzero()[0]
    alone = dict(zip(line[phrases.begin[single]].tolist(), single.tolist(), strict=True))
    count = phrases.counts.tolist()
    spoken: dict[int, int] = {}  # a word's phrase -> the best that may speak for it
    for i in ((phrases.size > 1) & (phrases.counts > 1)).nonzero()[0].tolist():
        begin = phrases.begin[i]
        for word in line[begin : begin + phrases.size[i]].tolist():
            own = alone.get(word)
            if own is None or count[i] < _FAIR_SHARE * count[own]:
                continue
            if own not in spoken or scores[i] > scores[spoken[own]]:
                spoken[own] = i
    for own, i in spoken.items():
        low, high = sorted((scores[own], scores[i]))
        scores[i], scores[own] = high, low - _SPOKEN_FOR


def _choose(phrases: Phrases, line: Ints, order: Ints, top: int) -> list[int]:
    """Return the best phrases, none part of another, and none that only says again."""
    chosen: list[tuple[int, str, frozenset[int]]] = []
    said: Counter[int] = Counter()
    for i in order.tolist():
        term, begin = phrases.terms[i], phrases.begin[i]
        words = frozenset(line[begin : begin + phrases.size[i]].tolist())
        if max([said[word] for word in words]) >= _SAID_ENOUGH:
            continue
        for _, other, others in chosen:
            if _within(term, other) or _within(other, term) or _same_thing(words, others):
                break
        else:
            said.update(words)
            chosen.append((i, term, words))
            if len(chosen) == top:
                break
    return [i for i, _, _ in chosen]


def _within(short: str, long: str) -> bool:
    """Say whether a term is part of another, or another cut short (世卫大会, 世界卫生大会)."""
    if short in long:
        return True
    if not _LEAST_SHORT <= len(short) < len(long):
        return False
    rest = iter(long)
    return all(char in rest for char in short)


def _same_thing(mine: frozenset[int], yours: frozenset[int]) -> bool:
    """Say whether two phrases share most of their words, and more than one."""
    both = len(mine & yours)
    return both >= 2 and both * 2 > len(mine | yours)
