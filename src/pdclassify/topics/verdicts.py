"""Probabilities -> topics: thresholds, the primary topic, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import FrozenDict
from pdclassify.results import TopicPrediction

__all__ = ["REASONS", "Verdicts"]

#: Why a document has no topic; of two reasons the first is told.
REASONS = ("too_short", "no_known_terms", "below_threshold")


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What a model says of some documents, column by column; a row is a `TopicPrediction`.

    Parameters
    ----------
    topics : tuple of str
        The model's.
    probabilities : ndarray of float64, shape (n_documents, n_topics)
    given : ndarray of bool, shape (n_documents, n_topics)
        Which topics each document has.
    primary : ndarray of int64, shape (n_documents,)
        The place of its primary topic; -1 for none.
    reason : ndarray of int64, shape (n_documents,)
        The place in `REASONS`; -1 where there are topics.
    """

    topics: tuple[str, ...]
    probabilities: NDArray[np.float64]
    given: NDArray[np.bool_]
    primary: NDArray[np.int64]
    reason: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        topics: tuple[str, ...],
        probabilities: NDArray[np.float64],
        passed: NDArray[np.bool_],
        ranks: NDArray[np.float64],
        *,
        short: NDArray[np.bool_],
        known: NDArray[np.bool_],
    ) -> Verdicts:
        """Take those topics that passed from documents of which nothing can be said.

        Parameters
        ----------
        topics, probabilities
            As of the class.
        passed : ndarray of bool, shape (n_documents, n_topics)
        ranks : ndarray of float64, shape (n_documents, n_topics)
            The primary topic is the one that has most of these among those that passed.
        short, known : ndarray of bool, shape (n_documents,)
            Which documents are too short, and which hold known terms.
        """
        given = passed & (known & ~short)[:, None]
        some = given.any(axis=1)
        primary = np.where(given, ranks, -np.inf).argmax(axis=1)
        reason = np.where(short, 0, known + 1)
        primary[~some] = reason[some] = -1
        return cls(topics, probabilities, given, primary, reason)

    def __len__(self) -> int:
        return len(self.probabilities)

    def in_order(self) -> NDArray[np.int64]:
        """Return the places of all documents' topics in a row, the most probable of each first."""
        order = np.argsort(-self.probabilities, axis=1, kind="stable")
        return order[np.take_along_axis(self.given, order, axis=1)]

    def __iter__(self) -> Iterator[TopicPrediction]:
        for probabilities, given, primary, reason in zip(
            self.probabilities.tolist(),
            self.given.tolist(),
            self.primary.tolist(),
            self.reason.tolist(),
            strict=True,
        ):
            named = FrozenDict(zip(self.topics, probabilities, strict=True))
            if primary < 0:
                yield TopicPrediction((), None, named, REASONS[reason])
                continue
            topics = [topic for topic, has in zip(self.topics, given, strict=True) if has]
            if len(topics) > 1:
                topics.sort(key=named.__getitem__, reverse=True)
            yield TopicPrediction(tuple(topics), self.topics[primary], named)
