"""What terms say together: a quadratic form over what an article is about as a whole.

A linear model gives a term the same weight in an article on villages and in one on warships. Here
the terms of a field place the article in a space of a few dozen dimensions, and the place, as a
vector of unit length, adds h' F h to each topic's decision value. As h is itself a sum over terms,
h = sum over t of x_t u_t / z with z the length of that sum, so is what it adds: each term's share is
x_t (u_t' F h) / z. The dimensions are found by `pdclassify.topics.corpus`.

Source: quadratic terms of low rank in S. Rendle, Factorization machines, ICDM 2010.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import UsageError
from pdclassify.topics.vocabulary import Rows

__all__ = ["Subject"]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The dimensions of one field, and each topic's form over them.

    Parameters
    ----------
    n_terms : int
        Terms of the field.
    terms : ndarray of int, shape (n_known,)
        Numbers of the field's terms that place an article, ascending.
    weights : ndarray of int8, int16, float32 or float64, shape (n_known, n_dimensions)
    scale : ndarray of float64, shape (n_dimensions,)
        What the weights of a dimension are to be multiplied by.
    forms : ndarray of float64, shape (n_topics, n_dimensions, n_dimensions)
        Symmetric.

    Raises
    ------
    UsageError
        If the parts do not fit each other.
    """

    n_terms: int
    terms: NDArray[Any]
    weights: NDArray[Any]
    scale: NDArray[np.float64]
    forms: NDArray[np.float64]
    _row: NDArray[np.int32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = len(self.scale)
        if self.weights.shape != (len(self.terms), size) or self.forms.shape[1:] != (size, size):
            raise UsageError(
                f"Weights of shape {self.weights.shape} and forms of shape {self.forms.shape} for"
                f" {len(self.terms)} terms and {size} dimensions."
            )
        increasing = (self.terms[1:] > self.terms[:-1]).all()
        if not (increasing and (self.terms >= 0).all() and (self.terms < self.n_terms).all()):
            raise UsageError(
                f"The subject's terms are not numbers of {self.n_terms} terms in order."
            )
        row = np.full(self.n_terms, -1, dtype=np.int32)
        row[self.terms] = np.arange(len(self.terms))
        object.__setattr__(self, "_row", row)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what cannot be derived."""
        return Subject, (self.n_terms, self.terms, self.weights, self.scale, self.forms)

    def scores(self, found: Rows, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each row of a batch adds to each topic, shape (n_rows, n_topics)."""
        rows = self._row.take(found.terms)
        known = (rows >= 0).nonzero()[0]
        rows, values = rows.take(known), values.take(known)
        starts = known.searchsorted(found.first).tolist()
        total = np.zeros((len(starts), len(self.forms)))
        for place, (start, end) in enumerate(zip(starts, [*starts[1:], len(rows)], strict=True)):
            direction = self._direction(rows[start:end], values[start:end])[0]
            total[place] = (self._pull(direction) * direction).sum(axis=1)
        return total

    def shares(self, terms: NDArray[Any], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much each term of one text adds to each topic, shape (n_entries, n_topics)."""
        rows = self._row.take(terms)
        known = (rows >= 0).nonzero()[0]
        direction, length = self._direction(rows.take(known), values.take(known))
        shares = np.zeros((len(terms), len(self.forms)))
        weights = self.weights.take(rows.take(known), axis=0) * self.scale
        shares[known] = values.take(known)[:, None] * (weights @ self._pull(direction).T) / length
        return shares

    def _direction(
        self, rows: NDArray[Any], values: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], float]:
        """Return one text's place as a vector of unit length (or 0), and what it was divided by."""
        weights = self.weights.take(rows, axis=0).astype(np.float64)
        place = (
            np.einsum("i,ij->j", values, weights) * self.scale
        )  # BLAS might add in another order
        length = float(np.sqrt((place * place).sum())) or 1.0
        return place / length, length

    def _pull(self, direction: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the forms times a direction, shape (n_topics, n_dimensions)."""
        return np.asarray(np.einsum("trs,s->tr", self.forms, direction))
