"""Sentences -> a similarity graph that is never built, and ranks on it.

TextRank (Mihalcea and Tarau, "TextRank: Bringing Order into Texts", EMNLP 2004) ranks sentences
by PageRank on the graph of their similarities; here similarity is the cosine of TF-IDF rows over
character bigrams, so that no segmenter is needed. A graph of n sentences has up to n² edges, but
the power iteration needs only its product with a vector, and that is two products with the rows:
``W r = X (X' r) - r`` (the rows have length one, and a sentence has no edge to itself). Time and
memory are linear in the length of the text.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import ConvergenceWarning

__all__ = ["SentenceGraph"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_BITS = 22  # more columns than a text of any length has different bigrams, and out of cache
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth's multiplicative hashing


@dataclass(frozen=True, slots=True)
class SentenceGraph:
    """TF-IDF rows of sentences, as sparse triples sorted by row.

    Parameters
    ----------
    size : int
        Number of sentences, n.
    rows, columns : ndarray of int, shape (entries,)
        Sentence and term of each entry.
    values : ndarray of float, shape (entries,)
        TF-IDF; the values of one row have length one together with those that were left out
        because no other sentence holds their term.
    terms : int
        Number of columns.
    squares : ndarray of float, shape (n,)
        Sum of each sentence's squared values: its similarity to itself.
    degrees : ndarray of float, shape (n,)
        Sum of each sentence's similarities to the others.
    """

    size: int
    rows: Ints
    columns: Ints
    values: Floats
    terms: int
    squares: Floats
    degrees: Floats

    @classmethod
    def from_terms(cls, rows: Ints, codes: NDArray[np.uint64], size: int) -> SentenceGraph:
        """Weigh terms and normalise sentences.

        Parameters
        ----------
        rows : ndarray of int, shape (occurrences,)
            The sentence each term stands in, from 0.
        codes : ndarray of uint64, shape (occurrences,)
            The terms, as numbers; they are hashed into four times as many columns as there are
            occurrences, so collisions are rare; four million columns at most.
        size : int
            Number of sentences.
        """
        bits = min(max(int(len(codes) * 4).bit_length(), 8), _MOST_BITS)
        columns = ((codes * _MIX) >> np.uint64(64 - bits)).astype(np.int64)
        keys = (rows.astype(np.int64) << bits) | columns
        keys.sort()
        first = np.ones(len(keys), dtype=bool)
        np.not_equal(keys[1:], keys[:-1], out=first[1:])
        starts = np.flatnonzero(first)
        counts = np.diff(starts, append=len(keys))
        keys = keys[starts]
        rows, columns = keys >> bits, keys & ((1 << bits) - 1)
        frequency = np.bincount(columns, minlength=1 << bits)
        values = (1 + np.log(counts)) * np.log1p(size / frequency[columns])
        lengths = np.sqrt(np.bincount(rows, weights=values * values, minlength=size))
        values /= lengths[rows]
        shared = frequency[columns] > 1
        rows, columns, values = rows[shared], columns[shared], values[shared]
        numbers = np.cumsum(frequency > 1)
        terms = int(numbers[-1])
        columns = numbers[columns] - 1  # only the columns that are left count
        squares = np.asarray(
            np.bincount(rows, weights=values * values, minlength=size), dtype=np.float64
        )
        mass = np.bincount(columns, weights=values, minlength=terms)
        total = np.bincount(rows, weights=values * mass[columns], minlength=size)
        degrees: Floats = np.asarray(total - squares, dtype=np.float64)
        degrees[degrees < 1e-12] = 0  # what is left of a difference of equals
        return cls(size, rows, columns, values, terms, squares, degrees)

    def multiply(self, vector: Floats) -> Floats:
        """Return the similarities times ``vector``, self-similarity left out; shape (n,)."""
        weighted = np.bincount(
            self.columns, weights=self.values * vector[self.rows], minlength=self.terms
        )
        through = self.values * weighted[self.columns]
        return np.bincount(self.rows, weights=through, minlength=self.size) - self.squares * vector

    def similarity(self, left: Ints, right: Ints) -> Floats:
        """Return the similarity of each sentence of ``left`` to its partner in ``right``.

        Parameters
        ----------
        left, right : ndarray of int, shape (pairs,)
            Sentences; each may stand in ``left`` once. A partner of -1 is like no sentence.

        Returns
        -------
        ndarray of float, shape (pairs,)
        """
        found = np.zeros(len(left))
        if not len(self.rows):
            return found
        partner = np.full(self.size, -1, dtype=np.int64)
        partner[left] = right
        wanted = partner[self.rows]
        keys = self.rows * self.terms + self.columns
        sought = np.where(wanted >= 0, wanted * self.terms + self.columns, -1)
        at = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
        hit = keys[at] == sought
        sums = np.bincount(
            self.rows[hit], weights=self.values[hit] * self.values[at[hit]], minlength=self.size
        )
        return np.asarray(sums[left], dtype=np.float64)

    def held(self, chosen: NDArray[np.bool_]) -> Floats:
        """Return the share, by weight, of the terms of some entries that each sentence holds.

        Parameters
        ----------
        chosen : ndarray of bool, shape (entries,)
            The entries of a headline, say.

        Returns
        -------
        ndarray of float, shape (n,)
            0 to 1; terms that no other sentence holds do not count.
        """
        weight = np.zeros(self.terms)
        np.maximum.at(weight, self.columns[chosen], self.values[chosen])
        sums = np.bincount(self.rows, weights=weight[self.columns], minlength=self.size)
        return np.asarray(sums / max(float(weight.sum()), 1e-9))

    def rank(
        self,
        teleport: Floats | None = None,
        *,
        damping: float = 0.85,
        tolerance: float = 1e-6,
        max_iter: int = 100,
    ) -> Floats:
        """Return the stationary probability of each sentence under a biased random walk.

        Parameters
        ----------
        teleport : ndarray of float, shape (n,), optional
            Where the walk restarts (Haveliwala, "Topic-Sensitive PageRank", WWW 2002; for
            sentences Kazemi et al., "Biased TextRank", COLING 2020); not negative. All zero or
            not given, it restarts anywhere.
        damping : float
            Probability of following an edge; from a sentence without edges it always restarts.
        tolerance : float
            The iteration ends when the ranks move by less, in sum.
        max_iter : int
            Cap; reaching it warns.

        Returns
        -------
        ndarray of float, shape (n,)
            Not negative, sum 1.

        Warns
        -----
        ConvergenceWarning
            When ``max_iter`` steps did not reach ``tolerance``.
        """
        if not self.size:
            return np.zeros(0)
        total = 0.0 if teleport is None else float(teleport.sum())
        restart = teleport / total if teleport is not None and total > 0 else None
        if restart is None:
            restart = np.full(self.size, 1 / self.size)
        linked = self.degrees > 0
        inverse = np.zeros(self.size)
        inverse[linked] = 1 / self.degrees[linked]
        # Without restarts the ranks would be as the degrees, so the walk begins between the two.
        ranks = restart
        if linked.any():
            ranks = damping * self.degrees / self.degrees.sum() + (1 - damping) * restart
        for _ in range(max_iter):
            following = damping * np.maximum(self.multiply(ranks * inverse), 0)
            following += (1 - following.sum()) * restart
            moved = float(np.abs(following - ranks).sum())
            ranks = following
            if moved < tolerance:
                break
        else:
            warnings.warn(
                f"TextRank over {self.size} sentences still moved by {moved:.2g} after {max_iter} "
                f"steps (tolerance {tolerance:g}); raise max_iter or the tolerance",
                ConvergenceWarning,
                stacklevel=2,
            )
        return ranks
