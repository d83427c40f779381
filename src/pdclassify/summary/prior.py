"""What readers would print: logistic priors over the cues, read from ``prior.json``.

There are five, each with its weights by name: for articles with a headline, for those without one,
for the one sentence that says what their headline would, for those that have lost their lead, and
for transcripts of speech. A sixth tells from the first sentence whether the lead is gone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import ModelFileError
from pdclassify.summary.cues import NAMES

__all__ = ["Prior", "shipped_prior"]

Floats = NDArray[np.float64]
Codes = NDArray[np.uint64]

_BITS = 16  # of the hash by which most bigrams are known to be no phrase
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth's multiplicative hashing


@dataclass(frozen=True, slots=True)
class Prior:
    """Weights by name: of the cues, and of the phrases (character bigrams).

    Parameters
    ----------
    intercept : float
    cues : mapping of str to float
        A cue without a weight counts nothing.
    phrases : mapping of str to float
        Two characters each; every digit is written 0.
    weights : ndarray of float, shape (len(NAMES),)
        Those of the cues, in order.
    codes, phrase_weights : ndarray, shape (len(phrases),)
        The phrases as numbers, ascending, and their weights.
    sieve : ndarray of bool
        Whether any phrase has a hash.

    Raises
    ------
    ModelFileError
        For a cue that does not exist, a phrase that is not two characters, or a weight that is
        not finite.
    """

    intercept: float
    cues: Mapping[str, float]
    phrases: Mapping[str, float]
    weights: Floats
    codes: Codes
    phrase_weights: Floats
    sieve: NDArray[np.bool_]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Prior:
        """Make a prior of ``intercept``, ``cues`` and ``phrases``, as in ``prior.json``."""
        cues, phrases = dict(values["cues"]), dict(values["phrases"])
        unknown = sorted(set(cues) - set(NAMES))
        if unknown:
            raise ModelFileError(f"summary prior: no such cue: {', '.join(unknown)}")
        odd = [phrase for phrase in phrases if len(phrase) != 2]
        if odd:
            raise ModelFileError(f"summary prior: phrases have two characters, got {odd[0]!r}")
        coded = sorted((ord(p[0]) << 21 | ord(p[1]), w) for p, w in phrases.items())
        codes = np.array([code for code, _ in coded], dtype=np.uint64)
        sieve = np.zeros(1 << _BITS, dtype=bool)
        sieve[_hash(codes)] = True
        prior = cls(
            float(values["intercept"]),
            cues,
            phrases,
            np.array([cues.get(name, 0.0) for name in NAMES]),
            codes,
            np.array([weight for _, weight in coded], dtype=float),
            sieve,
        )
        if not np.isfinite([prior.intercept, *prior.weights, *prior.phrase_weights]).all():
            raise ModelFileError("summary prior: every weight must be a finite number")
        return prior

    def phrase_sums(
        self, points: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> Floats:
        """Return each stretch's sum of the weights of its phrases, by the root of its length.

        Parameters
        ----------
        points : ndarray of uint32
            The characters of a text as numbers.
        starts, ends : ndarray of int, shape (n,)
            The stretches.

        Returns
        -------
        ndarray of float, shape (n,)
        """
        if not len(self.codes):
            return np.zeros(len(starts))
        folded = points.astype(np.uint64)
        folded[(points >= 48) & (points < 58)] = 48
        pairs = folded[:-1] << np.uint64(21) | folded[1:]
        at = np.flatnonzero(self.sieve[_hash(pairs)])
        found = np.minimum(np.searchsorted(self.codes, pairs[at]), len(self.codes) - 1)
        value = np.zeros(len(points) + 1)
        value[at + 1] = np.where(self.codes[found] == pairs[at], self.phrase_weights[found], 0)
        running = np.cumsum(value)
        sums = running[np.maximum(ends - 1, starts)] - running[starts]
        return np.asarray(sums / np.sqrt(np.maximum(ends - starts, 1)))


def _hash(codes: Codes) -> Codes:
    """Return numbers below ``1 << _BITS``."""
    return (codes * _MIX) >> np.uint64(64 - _BITS)


@cache
def shipped_prior(kind: str) -> Prior:
    """Return the prior of one kind of text, see `scoring.kind_of`; ``prior.json`` holds its card."""
    return Prior.from_dict(_shipped()[kind])


@cache
def _shipped() -> Mapping[str, Mapping[str, Any]]:
    path = files("pdclassify.summary").joinpath("prior.json")
    priors: Mapping[str, Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return priors
