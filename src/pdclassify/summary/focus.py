"""What a summary shall be about: a topic of a model, or words.

The focus is where the random walk restarts (Haveliwala, "Topic-Sensitive PageRank", WWW 2002; for
summaries Kazemi and others, "Biased TextRank", COLING 2020), so that a sentence next in meaning to
those on the focus gains as well. The editor's prior then chooses among the sentences so found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.graph import SentenceGraph
from pdclassify.text.normalize import fold
from pdclassify.topics.names import CHINESE, topic_called

if TYPE_CHECKING:
    from pdclassify.topics.model import TopicModel

__all__ = ["focused", "is_named", "topic_of"]

Floats = NDArray[np.float64]

_WEIGHT = 6.0  # log-odds between a sentence all on the focus and one that has nothing of it
_PRIOR = 3.0  # log-odds that the prior may count beside it: it chooses, it doesn't overrule
_DAMPING = 0.3  # most of the rank stays where the focus is named
_SEPARATORS = re.compile(r"[\s，、,；;]+")


def topic_of(focus: str, model: TopicModel | None) -> TopicModel | None:
    """Return the model of which ``focus`` names a topic; None if it is words.

    Other words in Chinese than its topics' names are no topic of the shipped model, so it need not
    be loaded for them.
    """
    if model is None and not focus.isascii() and focus not in CHINESE.values():
        return None
    if model is None:
        from pdclassify.topics.bundle import load

        model = load()
    return model if topic_called(focus, model.topics) else None


def focused(
    graph: SentenceGraph,
    pieces: Sequence[str],
    scores: Floats,
    focus: str,
    model: TopicModel | None,
) -> Floats:
    """Return the probability, for each sentence, that a reader with this focus would choose it.

    Parameters
    ----------
    graph : SentenceGraph
        Its first n rows are the sentences, the last one is the focus if that is words.
    pieces : sequence of str
        The n sentences.
    scores : ndarray of float, shape (n,)
        The same without a focus.
    focus : str
    model : TopicModel or None
        The model of which ``focus`` is a topic.

    Returns
    -------
    ndarray of float, shape (n,)
        ``scores`` as they are where not one sentence has anything of the focus.
    """
    about = _on_topic(pieces, focus, model) if model else _on_words(graph, pieces, focus)
    if not about.any():
        return scores
    n = len(pieces)
    teleport = np.zeros(graph.size)
    teleport[:n] = about
    ranks = graph.rank(teleport, damping=_DAMPING, tolerance=1e-5)[:n]
    logit = np.log(scores / (1 - scores))
    logit = np.maximum(logit - logit.max(), -_PRIOR) + _WEIGHT * (ranks / ranks.max() - 0.5)
    return np.asarray(1 / (1 + np.exp(-logit)))


def is_named(focus: str, text: str) -> bool:
    """Return whether any two neighbouring characters of the words of a focus stand in a text."""
    plain = fold(text).text
    return any(pair in plain for pair in _pairs(_words(focus)))


def _words(focus: str) -> list[str]:
    """Return the words of a focus."""
    return [word for word in _SEPARATORS.split(fold(focus).text) if word]


def _pairs(words: Sequence[str]) -> set[str]:
    """Return what the words consist of, two characters each."""
    return {word[at : at + 2] for word in words for at in range(max(len(word) - 1, 1))}


def _on_words(graph: SentenceGraph, pieces: Sequence[str], focus: str) -> Floats:
    """Return how much of the focus each sentence holds, 0 to 1, by the weight of its terms."""
    shares = graph.held(graph.rows == graph.size - 1)
    words = _words(focus)
    plain = [fold(piece).text for piece in pieces]
    literal = [sum(word in piece for word in words) / max(len(words), 1) for piece in plain]
    # The graph's terms are hashed, so that a share may be another term's.
    pairs = _pairs(words)
    real = [any(pair in piece for pair in pairs) for piece in plain]
    # Squared: half of a phrase is less than half of what it says.
    return np.where(real, np.maximum(shares[: len(pieces)], literal) ** 2, 0.0)


def _on_topic(pieces: Sequence[str], topic: str, model: TopicModel) -> Floats:
    """Return how much the model sees a topic in each sentence, 0 to 1 among all."""
    decisions = model.decision_function(pieces)[:, model.column(topic)]
    spread = float(np.ptp(decisions))
    if spread <= 0:
        return np.zeros(len(pieces))
    return np.asarray(((decisions - decisions.min()) / spread) ** 2)
