"""Learning what terms say together, with the help of many articles that nobody labelled.

Latent semantic analysis of a corpus places each article in some hundreds of dimensions. Ridge
regression with the kernel x'y + W (p'q)**2, of the rows x, y and the places p, q of two articles,
then learns for each topic weights of the terms and a quadratic form over the places. Of the places'
dimensions those few are kept in which the forms say most; see `pdclassify.topics.subject`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import TrainingError
from pdclassify.topics.features import Features
from pdclassify.topics.labels import Labelled
from pdclassify.topics.layers import quantize
from pdclassify.topics.learning import DOUBT, joined
from pdclassify.topics.subject import Subject
from pdclassify.topics.vocabulary import lengths_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Pairs", "Places"]

# All tuned by five folds on the labelled press articles; each neighbour tried was within .003.
_DIMENSIONS = 256  # of the analysis
_KEPT = 48
_SHARE_OF_TEXTS = 0.008  # of the corpus must hold a term
_WEIGHT = 0.5  # of the squares in the kernel
_RIDGE = 0.5
# The kernel is a matrix of all pairs of documents, 4 bytes each: 0.9 GB.
_MOST = 15_000


@dataclass(frozen=True, slots=True)
class Places:
    """Where the texts of a field stand among the dimensions of a corpus.

    Parameters
    ----------
    features : Features
        Of the field.
    terms : ndarray of int64, shape (n_known,)
        The features' terms that place a text.
    projection : ndarray of float32, shape (n_known, n_dimensions)
    """

    features: Features
    terms: NDArray[np.int64]
    projection: NDArray[np.float32]

    @classmethod
    def learn(cls, features: Features, texts: Sequence[str]) -> Places:
        """Find the dimensions in which the texts of a corpus differ most.

        Source: S. Deerwester and others, Indexing by latent semantic analysis, JASIS 1990. Each
        dimension is divided by the root of its singular value, so that the first do not drown the
        others; the very first, in which all texts are alike, is left out.

        Raises
        ------
        TrainingError
            If the corpus is too small.
        """
        from sklearn.decomposition import TruncatedSVD

        rows = features.matrix(texts)
        frequent = rows.getnnz(axis=0) >= max(10, _SHARE_OF_TEXTS * len(texts))
        terms = np.flatnonzero(frequent & (lengths_of(features.vocabulary.codes) == 2))
        if min(len(terms), len(texts)) <= 2 * _DIMENSIONS:
            raise TrainingError(
                f"The corpus has {len(texts)} texts, and {len(terms)} pairs of characters are"
                f" frequent there: more than {2 * _DIMENSIONS} of both are needed. Give a larger"
                " corpus, or none."
            )
        rows = _of_unit_length(rows[:, terms].astype(np.float32))
        analysis = TruncatedSVD(_DIMENSIONS, n_iter=2, n_oversamples=30, random_state=0).fit(rows)
        scale = np.sqrt(analysis.singular_values_[1:, None])
        return cls(features, terms, (analysis.components_[1:] / scale).T.astype(np.float32))

    def of(self, rows: csr_matrix) -> NDArray[np.float32]:
        """Return the places of rows of the field, as vectors of unit length."""
        return _unit(rows[:, self.terms].astype(np.float32) @ self.projection)


class Pairs:
    """Labelled documents, ready to be learned from again and again.

    Parameters
    ----------
    blocks : sequence of csr_matrix
        The fields' rows.
    places : Places
        Of the field of the first block.
    data : Labelled

    Raises
    ------
    TrainingError
        If there are too many documents.
    """

    def __init__(self, blocks: Sequence[csr_matrix], places: Places, data: Labelled) -> None:
        if len(data.documents) > _MOST:
            raise TrainingError(
                f"{len(data.documents)} labelled documents: with a corpus, {_MOST} at most can be"
                " learned from. Leave out the corpus, or some of the documents."
            )
        self.blocks = blocks
        self.rows = joined(blocks).astype(np.float32)
        self.places = places
        self.at = places.of(blocks[0])
        self.targets = np.where(data.targets, 1.0, -1.0).astype(np.float32)
        # As far from the other side as fit_linear's two copies of a doubtful document say.
        doubtful = data.doubtful & data.targets.any(axis=1)
        self.targets[doubtful] *= 1.0 - 2.0 * DOUBT
        self.kernel = _products(self.rows) + np.float32(1.0)  # 1: the intercept
        self.kernel += np.float32(_WEIGHT) * (self.at @ self.at.T) ** 2

    def fit(
        self, chosen: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], Subject]:
        """Learn from the chosen documents: weights (n_terms, n_topics), intercepts, the subject."""
        from scipy.linalg import cho_factor, cho_solve

        own = np.flatnonzero(chosen)
        matrix = self.kernel[np.ix_(own, own)]
        matrix[np.diag_indices(len(own))] += np.float32(_RIDGE)
        factor = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
        share = cho_solve(factor, self.targets[own])  # of each document in each topic
        at = self.at[own]
        whole = np.stack([_WEIGHT * (at * one[:, None]).T @ at for one in share.T])
        # Of the dimensions, stretched so that all vary alike, those in which the forms say most.
        sizes, turned = np.linalg.eigh(at.T @ at / np.float32(len(own)))
        root = np.sqrt(np.maximum(sizes, 1e-6))
        spread, gathered = (turned * root) @ turned.T, (turned / root) @ turned.T
        whole = spread @ whole @ spread
        _, axes = np.linalg.eigh((whole @ whole).sum(axis=0))
        axes = axes[:, : -_KEPT - 1 : -1]
        kept = gathered @ axes
        # What was thrown away is made up for by what is left having its mean square length.
        stretch = float(((at @ kept) ** 2).sum(axis=1).mean())
        weights, scale = quantize(self.places.projection @ kept, bits=8)
        subject = Subject(
            len(self.places.features),
            self.places.terms,
            weights,
            scale,
            (stretch * (axes.T @ whole @ axes)).astype(np.float64),
        )
        return (
            np.asarray(self.rows[own].T @ share, dtype=np.float64),
            share.sum(axis=0).astype(np.float64),
            subject,
        )

    def out_of_fold(self, folds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return each field's part of the decision values; see `learning.out_of_fold`.

        The intercept and the subject are in the first field's part.
        """
        result = np.zeros((len(self.blocks), *self.targets.shape))
        for fold in np.unique(folds):
            held = folds == fold
            coefficients, intercept, subject = self.fit(~held)
            start = 0
            for place, block in enumerate(self.blocks):
                result[place, held] = block[held] @ coefficients[start : start + block.shape[1]]
                start += block.shape[1]
            known = self.blocks[0][held][:, subject.terms]
            at = _unit((known @ subject.weights.astype(np.float64)) * subject.scale)
            pull = np.einsum("trs,ns->ntr", subject.forms, at)
            result[0, held] += intercept + np.einsum("ntr,nr->nt", pull, at)
        return result


def _unit(places: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return rows divided by their lengths; one of length 0 stays."""
    length = np.linalg.norm(places, axis=1, keepdims=True)
    return places / np.where(length == 0, 1, length)


def _of_unit_length(rows: csr_matrix) -> csr_matrix:
    """Return sparse rows divided by their lengths."""
    from scipy.sparse import diags

    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return diags(1.0 / np.where(length == 0, 1.0, length)) @ rows


def _products(rows: csr_matrix, step: int = 512) -> NDArray[np.float32]:
    """Return the inner products of all pairs of rows."""
    turned = rows.T.tocsc()
    result = np.empty((rows.shape[0],) * 2, dtype=np.float32)
    for start in range(0, len(result), step):
        result[start : start + step] = (rows[start : start + step] @ turned).toarray()
    return result
