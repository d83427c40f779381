"""One field's share of the decision values: the sum over its terms of tf-idf value times weight.

A layer may have a subject besides, which adds what the terms say together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pdclassify.topics.features import Features
from pdclassify.topics.lookup import gather
from pdclassify.topics.subject import Subject
from pdclassify.topics.vocabulary import Rows, batches

__all__ = ["Layer", "quantize"]

# Up to so many topics, adding up topic by topic is faster than text by text.
_FEW = 12


def quantize(weights: ArrayLike, bits: int = 16) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return whole numbers and a scale for each topic: weights = numbers * scale, nearly.

    Parameters
    ----------
    weights : array-like of float, shape (n_terms, n_topics)
    bits : {8, 16}

    Returns
    -------
    numbers : ndarray of int8 or int16, shape (n_terms, n_topics)
    scale : ndarray of float64, shape (n_topics,)
    """
    values = np.asarray(weights, dtype=np.float64)
    scale = np.abs(values).max(axis=0, initial=0.0) / (2 ** (bits - 1) - 1)
    scale[scale == 0] = 1.0
    return np.rint(values / scale).astype({8: np.int8, 16: np.int16}[bits]), scale


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One field's features and what each of its terms says for each topic.

    Parameters
    ----------
    features : Features
    weights : ndarray of int8, int16, float32 or float64, shape (n_terms, n_topics)
    scale : ndarray of float64, shape (n_topics,)
        What the weights of a topic are to be multiplied by.
    subject : Subject, optional
        What the terms say together.

    Attributes
    ----------
    padded : ndarray, shape (n_terms, 2 ** k)
        The weights of few topics, and zeros: rows of 2, 4, 8, 16 or 32 bytes are gathered fastest.
    """

    features: Features
    weights: NDArray[Any]
    scale: NDArray[np.float64]
    subject: Subject | None = None
    padded: NDArray[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n_terms, n_topics = self.weights.shape
        padded = self.weights
        if n_topics <= _FEW and n_topics & (n_topics - 1):
            padded = np.zeros((n_terms, 1 << n_topics.bit_length()), self.weights.dtype)
            padded[:, :n_topics] = self.weights
        object.__setattr__(self, "padded", padded)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what cannot be derived."""
        return Layer, (self.features, self.weights, self.scale, self.subject)

    def scores(self, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return each text's sum for each topic, and whether any term of it is known."""
        total = np.zeros((len(texts), len(self.scale)))
        known = np.zeros(len(texts), dtype=bool)
        for start, end in batches(texts):
            found, values, norms = self.features.weighted(texts[start:end])
            if len(found.rows):
                rows = start + found.rows
                total[rows] = self._sums(found, values) / norms[:, None] * self.scale
                if self.subject is not None:
                    total[rows] += self.subject.scores(found, values)
                known[rows] = np.maximum.reduceat(values, found.first) > 0  # not beginnings alone
        return total, known

    def _sums(self, found: Rows, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up value times weight of each row's terms, always in the same order, without BLAS."""
        if len(self.scale) <= _FEW:
            rows = gather(self.padded, found.terms)
            columns = [
                np.add.reduceat(rows[:, topic] * values, found.first)
                for topic in range(len(self.scale))
            ]
            return np.stack(columns, axis=1)
        weights = gather(self.weights, found.terms)
        ends = found.first + found.sizes
        return np.stack(
            [
                np.einsum("i,ij->j", values[a:b], weights[a:b])
                for a, b in zip(found.first.tolist(), ends.tolist(), strict=True)
            ]
        )
