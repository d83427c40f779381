"""What a corpus of the party press knows of its words.

``lexicon.npz`` is made by ``benchmarks/lexicon.py`` from 37,743 articles: for each word that five
of them hold, its inverse document frequency, its pull (how much more often than the average word
it reaches the headline when it stands in the text), its part of speech (jieba's, corrected by how
the press uses the word), how often it was said, and which words so often stand side by side.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["BASE", "IDF_STEP", "LOG_STEP", "PULL_STEP", "Lexicon", "lexicon"]

#: One step of the stored numbers; rounding them to a byte costs no figure we measured.
IDF_STEP = 0.05
PULL_STEP = 0.03125
LOG_STEP = 0.0625
#: The pull stored as 0.
BASE = -5.0


class Lexicon(NamedTuple):
    """The words' statistics: rows of parallel arrays, found by word.

    Parameters
    ----------
    rows : dict of str to int
    idf : ndarray of shape (n_words + 1,)
        ``log(articles / articles with the word)``; the last row is that of unknown words.
    pull : ndarray of shape (n_words + 1,)
        Log of the word's share of headlines over the average word's.
    tags : str of length n_words + 1
        First letter of the part of speech; ``N`` for a verb used as a noun, ``V`` for a verb that
        needs no object, ``P G O`` for names of persons, places and organisations, ``x`` unknown.
    said : ndarray of shape (n_words + 1,)
        Log of how often it stands in all articles; 0 for unknown words.
    pairs : ndarray of int, shape (n_pairs,)
        ``row * n_words + other row`` of two words that stand side by side, ascending.
    joined : ndarray of shape (n_pairs,)
        Log of how often.
    """

    rows: dict[str, int]
    idf: NDArray[np.float64]
    pull: NDArray[np.float64]
    tags: str
    said: NDArray[np.float64]
    pairs: NDArray[np.int64]
    joined: NDArray[np.float64]

    @classmethod
    def from_arrays(cls, table: dict[str, NDArray[np.generic]]) -> Lexicon:
        """Open the stored arrays: bytes to numbers, and a row for unknown words at the end."""
        words = table["words"].tobytes().decode("utf-8").split("\n")
        idf = np.append(table["idf"], table["idf"].max()).astype(float) * IDF_STEP
        pull = np.append(table["pull"].astype(float) * PULL_STEP + BASE, 0.0)
        tags = table["tags"].tobytes().decode("ascii") + "x"
        said = np.append(table["said"], 0).astype(float) * LOG_STEP
        pairs = table["pairs"].astype(np.int64).cumsum()
        joined = table["joined"].astype(float) * LOG_STEP
        rows = dict(zip(words, range(len(words)), strict=True))
        return cls(rows, idf, pull, tags, said, pairs, joined)


@cache
def lexicon() -> Lexicon:
    """Return the shipped statistics, loaded when first asked for."""
    stored = resources.files("pdclassify.summary").joinpath("lexicon.npz")
    with stored.open("rb") as stream, np.load(stream, allow_pickle=False) as table:
        return Lexicon.from_arrays(dict(table))
