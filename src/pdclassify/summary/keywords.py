"""Words -> ranked keyphrases: the terms an article would be looked up by.

Words are ranked by TextRank (Mihalcea and Tarau 2004: words that stand near each other vote for
each other), with a teleport vector that knows how telling each word is (Haveliwala 2002). The
neighbours among them are joined into phrases (``phrases.py``), and the phrases ranked by what
is known of each: the rank of its words, how often and where it stands, whether it is quoted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pdclassify.arguments import a_document, a_text, a_whole_number
from pdclassify.article import Article, Keyword, Span
from pdclassify.errors import UsageError
from pdclassify.summary.phrases import Phrases, Words, find_phrases
from pdclassify.text.normalize import fold, normalize

__all__ = ["keywords"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Words that stand at most this far apart vote for each other; function words do not count.
_WINDOW = 4
#: As in the paper; each word's own telling power keeps the rest.
_DAMPING = 0.85
#: In the sum of all ranks, which is 1. Each step is a contraction by the damping, so that 61 steps
#: reach it for any text.
_TOLERANCE = 1e-3
_MAX_ITERATIONS = 61
#: How much more a word of the headline is worth in the teleport.
_HEADLINE_TELEPORT = 4.0

#: What each feature of a phrase adds to its score, learned by ``benchmarks/keywords.py --fit``
#: from how much of a phrase of the text reaches the headline (which the features do not see).
_WEIGHTS = {
    "rank": 1.18,
    "frequency": -0.52,
    "pull": 0.57,
    "words": 0.59,
    "place": -0.59,
    "lead": 0.56,
    "quoted": 0.23,
    "spread": 0.6,
    "verb": -0.3,  # by judgement, learned 0.24: headlines are full of verbs, indexes are not
}
_INTERCEPT = -2.86
_COEFFICIENTS = np.array(list(_WEIGHTS.values()))
#: What standing in the headline adds: whole, or by the share of its words.
_IN_HEADLINE = 2.0
_PARTLY_IN_HEADLINE = 1.0
_LEAD = 120  # characters
_LONG_WORD = 4
_LEAST_RANK = 1e-3
#: So many keywords may share a word.
_SAID_ENOUGH = 2
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
        How many at most; a short text has fewer.
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
    scores = measure(words, phrases, rank_words(words)) @ _COEFFICIENTS + _INTERCEPT
    if headline:
        part = _mean_over(phrases, words, words.in_headline)
        scores += np.where(phrases.in_headline, _IN_HEADLINE, _PARTLY_IN_HEADLINE * part)
    _promote(phrases, words.line, scores)
    chances = 1.0 / (1.0 + np.exp(-scores))
    chosen = _choose(phrases, words.line, scores, top)
    keywords = []
    for i in chosen:
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

    telling = np.maximum(words.idf * np.exp(0.5 * words.pull), 1e-3)
    telling = np.where(words.in_headline, _HEADLINE_TELEPORT, 1.0) * telling * words.content
    teleport = telling / telling.sum()
    degree = receive(np.ones(size)).round()
    alone = (degree == 0) & words.content
    share = 1.0 / np.maximum(degree, 1.0)
    # Where the walk ends that never restarts is a good place to begin.
    rank = degree / degree.sum() if degree.any() else teleport
    for _ in range(_MAX_ITERATIONS):
        lost = 1 - _DAMPING + _DAMPING * rank[alone].sum()
        new = _DAMPING * receive(rank * share) + lost * teleport
        moved = np.abs(new - rank).sum()
        rank = new
        if moved < _TOLERANCE:
            break
    return np.asarray(rank * words.content.sum())


def measure(words: Words, phrases: Phrases, rank: Floats) -> Floats:
    """Return what is known of each phrase, a column each in the order of ``_WEIGHTS``."""
    log_rank = np.log(np.maximum(rank, _LEAST_RANK))
    return np.column_stack(
        [
            _mean_over(phrases, words, log_rank),
            np.log(phrases.counts),
            _mean_over(phrases, words, words.pull),
            np.log(_words_in(phrases, words)),
            np.log1p(phrases.first / 50),
            phrases.first < _LEAD,
            phrases.quoted,
            np.log(phrases.paragraphs),
            phrases.verb,
        ]
    )


def _number_of(phrases: Phrases, mask: Bools) -> Ints:
    """Return how many tokens of each phrase are in ``mask``."""
    total = np.concatenate(([0], mask.cumsum()))
    return np.asarray(total[phrases.begin + phrases.size] - total[phrases.begin])


def _words_in(phrases: Phrases, words: Words) -> Floats:
    """Return how many words a phrase has; what is quoted has words where the cutter finds none."""
    number = _number_of(phrases, words.content[words.line])
    lengths = np.array([len(term) for term in phrases.terms])
    return np.maximum(number, np.maximum(lengths / _LONG_WORD, 1.0))


def _mean_over(phrases: Phrases, words: Words, value: Floats | Bools) -> Floats:
    """Return the mean of ``value`` over each phrase's content words; 0 for names, which have none."""
    content = words.content[words.line]
    total = np.concatenate(([0.0], np.where(content, value[words.line], 0.0).cumsum()))
    number = _number_of(phrases, content)
    return np.asarray(
        (total[phrases.begin + phrases.size] - total[phrases.begin]) / np.maximum(number, 1)
    )


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


def _choose(phrases: Phrases, line: Ints, scores: Floats, top: int) -> list[int]:
    """Return the best phrases, none part of another, and none that only says again."""
    chosen: list[tuple[int, str, frozenset[int]]] = []
    said: Counter[int] = Counter()
    for i in np.lexsort((phrases.first, -scores)).tolist():
        term, begin = phrases.terms[i], phrases.begin[i]
        words = frozenset(line[begin : begin + phrases.size[i]].tolist())
        if max([said[word] for word in words]) >= _SAID_ENOUGH:
            continue
        for _, other, others in chosen:
            if term in other or other in term or _same_thing(words, others):
                break
        else:
            said.update(words)
            chosen.append((i, term, words))
            if len(chosen) == top:
                break
    return [i for i, _, _ in chosen]


def _same_thing(mine: frozenset[int], yours: frozenset[int]) -> bool:
    """Say whether two phrases share most of their words, and more than one."""
    both = len(mine & yours)
    return both >= 2 and both * 2 > len(mine | yours)
