"""Learning what terms say together.

Latent semantic analysis places each article in some hundreds of dimensions. Ridge regression with the
kernel x'y + W (p'q)**2, of the rows x, y and the places p, q of two articles, then learns for each topic
weights of the terms and a quadratic form over the places. Of the places' dimensions those few are kept
in which the forms say most; see `pdclassify.topics.subject`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdclassify.topics.features import Features
from pdclassify.topics.labels import Labelled
from pdclassify.topics.layers import quantize
from pdclassify.topics.learning import DOUBT, joined
from pdclassify.topics.subject import Subject
from pdclassify.topics.vocabulary import lengths_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["FEWEST", "MOST", "Pairs"]

#: With fewer documents there are not enough dimensions in which they differ.
FEWEST = 2_000
#: The kernel is a matrix of all pairs of documents, 4 bytes each, three times: 1.7 GB.
MOST = 12_000
# All tuned by five folds on the labelled press articles; each neighbour tried was within .003.
_DIMENSIONS = 320  # of the analysis
_KEPT = 48
_SHARE = 0.006  # of the documents must hold a term that places them
_WEIGHT = 0.5  # of the squares in the kernel
_RIDGE = 0.5


class Pairs:
    """Labelled documents, ready to be learned from again and again.

    Parameters
    ----------
    features : Features
        Of the first field, which places the documents.
    blocks : sequence of csr_matrix
        The fields' rows.
    data : Labelled
    """

    def __init__(self, features: Features, blocks: Sequence[csr_matrix], data: Labelled) -> None:
        self.n_terms = len(features)
        self.blocks = blocks
        self.rows = joined(blocks).astype(np.float32)
        frequent = blocks[0].getnnz(axis=0) >= _SHARE * len(data.documents)
        self.terms = np.flatnonzero(frequent & (lengths_of(features.vocabulary.codes) == 2))
        self.frequent = _of_unit_length(blocks[0][:, self.terms].astype(np.float32))
        self.targets = np.where(data.targets, 1.0, -1.0).astype(np.float32)
        # As far from the other side as fit_linear's two copies of a doubtful document say.
        doubtful = data.doubtful & data.targets.any(axis=1)
        self.targets[doubtful] *= 1.0 - 2.0 * DOUBT
        self.kernel = _products(self.rows) + np.float32(1.0)  # 1: the intercept

    def _places(self, own: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return documents' places as unit vectors, and what projects terms there.

        The dimensions are those in which these documents differ most; the very first, in which all
        are alike, is left out. Source: S. Deerwester and others, Indexing by latent semantic
        analysis, JASIS 1990.
        """
        from sklearn.decomposition import TruncatedSVD

        size = min(_DIMENSIONS, len(own) - 1, len(self.terms) - 1)
        analysis = TruncatedSVD(size, n_iter=2, n_oversamples=30, random_state=0)
        rows = self.frequent[own]
        projection = analysis.fit(rows).components_[1:].T.astype(np.float32)
        return _unit(rows @ projection), projection

    def fit(
        self, chosen: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], Subject]:
        """Learn from the chosen documents: weights (n_terms, n_topics), intercepts, the subject."""
        from scipy.linalg import cho_factor, cho_solve

        own = np.flatnonzero(chosen)
        at, projection = self._places(own)
        matrix = at @ at.T
        matrix *= matrix
        matrix *= np.float32(_WEIGHT)
        matrix += self.kernel[np.ix_(own, own)]
        matrix[np.diag_indices(len(own))] += np.float32(_RIDGE)
        factor = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
        share = cho_solve(factor, self.targets[own])  # of each document in each topic
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
        weights, scale = quantize(projection @ kept, bits=8)
        subject = Subject(
            self.n_terms,
            self.terms,
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
