"""What the stations say of an article: topics, reasons, summaries, keywords; frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pdclassify.article import Article, Result, Span

__all__ = [
    "Analysis",
    "Digest",
    "DigestSentence",
    "Explanation",
    "Keyword",
    "Summary",
    "SummarySentence",
    "TermWeight",
    "TopicPrediction",
]


@dataclass(frozen=True, slots=True)
class TopicPrediction(Result):
    """The topics of one article.

    Parameters
    ----------
    topics : tuple of str
        Those that passed their thresholds, the most probable first.
    primary : str or None
        The one that the headline and most of the text serve.
    probabilities : mapping of str to float
        Every topic of the model, always; calibrated, 0 to 1. They do not sum to one where an
        article may have several topics.
    reason : str or None
        Why there is no topic: ``too_short``, ``no_known_terms`` or ``below_threshold``.
    """

    topics: tuple[str, ...]
    primary: str | None
    probabilities: Mapping[str, float]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TermWeight(Result):
    """What one term added to a topic's decision value, and where it stands in the input."""

    term: str
    weight: float
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Explanation(Result):
    """Why a topic was given or refused: ``intercept`` plus all weights is ``decision``."""

    probability: float
    decision: float
    intercept: float
    terms: tuple[TermWeight, ...]


@dataclass(frozen=True, slots=True)
class SummarySentence(Result):
    """One sentence of a summary.

    Parameters
    ----------
    text : str
        As printed; a dateline before it is left out.
    start, end : int
        In the input, in characters.
    index : int
        The sentence's number in the article, from 0.
    score : float
        Its rank; comparable within one article.
    cut : bool
        Whether it was cut at a clause mark to fit the budget.
    """

    text: str
    start: int
    end: int
    index: int
    score: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Summary(Result):
    """The chosen sentences in the order of the text, and the same joined.

    Nothing stands between two sentences, but a blank where both are written in Latin letters, say.
    ``unfocused`` tells that no sentence has anything of the words asked for as a focus, so that the
    summary is the same as without them.
    """

    sentences: tuple[SummarySentence, ...]
    text: str
    unfocused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSentence(Result):
    """One sentence of a digest, and whose it is.

    Parameters
    ----------
    article : int
        The article's place among those that were given, from 0.
    id, source : str
        Of that article.
    title : str or None
        Its headline.
    text : str
        As printed; a dateline before it is left out.
    start, end : int
        In the article's input, in characters.
    index : int
        The sentence's number in the article, from 0.
    score : float
        Its rank, comparable within one digest.
    cut : bool
        Whether it was cut at a clause mark to fit the budget.
    """

    article: int
    id: str
    source: str
    title: str | None
    text: str
    start: int
    end: int
    index: int
    score: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Digest(Result):
    """One summary of several articles: its sentences in order, and the same, an article a line.

    ``unfocused`` is as in `Summary`, of all articles together.
    """

    sentences: tuple[DigestSentence, ...]
    text: str
    unfocused: bool = False


@dataclass(frozen=True, slots=True)
class Keyword(Result):
    """A phrase that tells what an article is about.

    Parameters
    ----------
    term : str
        As printed where it stands first; full-width letters and digits made half-width, characters
        that nobody sees left out.
    score : float
        0 to 1; comparable within one article.
    spans : tuple of Span
        Everywhere it stands in the input, in characters.
    """

    term: str
    score: float
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis(Result):
    """Everything that is known of one article."""

    article: Article
    prediction: TopicPrediction
    summary: Summary
    keywords: tuple[Keyword, ...]
