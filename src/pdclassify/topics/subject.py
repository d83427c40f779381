"""What terms say together: a quadratic form over what an article is about as a whole.

A linear model gives a term the same weight in an article on villages and in one on warships. Here
the terms of a field place the article in a space of a few dozen dimensions, and the place, as a
vector of unit length, adds h' F h to each topic's decision value. As h is itself a sum over terms,
h = sum over t of x_t u_t / z with z the length of that sum, so is what it adds: each term's share is
x_t (u_t' F h) / z. The dimensions are found by `pdclassify.topics.pairs`.

Source: quadratic terms of low rank in S. Rendle, Factorization machines, ICDM 2010.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import UsageError
from pdclassify.topics.lookup import gather
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
        rows = gather(self._row, found.terms)
        known = (rows >= 0).nonzero()[0]
        weights, values = gather(self.weights, gather(rows, known)), gather(values, known)
        starts = known.searchsorted(found.first).tolist()
        places = np.zeros((len(starts), len(self.scale)))
        for place, start, end in zip(places, starts, [*starts[1:], len(known)], strict=True):
            self._sum(weights[start:end], values[start:end], out=place)
        directions, _ = self._directions(places)
        return np.asarray((self._pull(directions) * directions[:, None]).sum(axis=2))

    def shares(self, terms: NDArray[Any], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much each term of one text adds to each topic, shape (n_entries, n_topics)."""
        rows = self._row.take(terms)
        known = (rows >= 0).nonzero()[0]
        weights, values = self.weights.take(rows.take(known), axis=0), values.take(known)
        place = np.zeros((1, len(self.scale)))
        self._sum(weights, values, out=place[0])
        direction, length = self._directions(place)
        shares = np.zeros((len(terms), len(self.forms)))
        pull = self._pull(direction)[0]
        shares[known] = values[:, None] * ((weights * self.scale) @ pull.T) / length
        return shares

    def _sum(
        self, weights: NDArray[Any], values: NDArray[np.float64], out: NDArray[np.float64]
    ) -> None:
        """Add up value times weight of one text's terms; BLAS might add in another order."""
        np.einsum("i,ij->j", values, weights, out=out)

    def _directions(
        self, places: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return places as vectors of unit length (or 0), and what they were divided by."""
        places = places * self.scale
        lengths = np.sqrt((places * places).sum(axis=1, keepdims=True))
        lengths[lengths == 0] = 1.0
        return places / lengths, lengths

    def _pull(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the forms times directions, shape (n, n_topics, n_dimensions)."""
        return np.asarray(np.einsum("trs,ns->ntr", self.forms, directions))
