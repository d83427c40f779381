"""Which documents are held back together, so that nothing is tested on what it was learned from."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pdclassify.topics.features import part
from pdclassify.topics.labels import Labelled

__all__ = ["assign_folds"]

_ENDS = re.compile("[。！？!?；;\\n]")
_LETTERS = re.compile(r"\w+")
_SENTENCE = 10  # letters of the shortest sentence by which a reprint is known
_FORMULA = 20  # texts beyond which a sentence is one that everybody prints


def assign_folds(data: Labelled, n_folds: int = 5) -> NDArray[np.int64]:
    """Return each document's fold; reprints of a text share one with it, whatever their labels."""
    texts = [part(document, "text") for document in data.documents]
    digests = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    keys = np.array([int.from_bytes(digest[:8]) for digest in digests], dtype=np.uint64)
    story = _stories(texts)
    smallest = np.full(len(texts), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(smallest, story, keys)
    keys = smallest[story]
    folds = (keys % np.uint64(n_folds)).astype(np.int64)
    if len(set(folds.tolist())) == 1:  # a few texts, said again and again
        folds = np.unique(keys, return_inverse=True)[1] % n_folds
    return folds


def _stories(texts: Sequence[str]) -> NDArray[np.int64]:
    """Give texts numbers, reprints one: half of the shorter text's sentences stand in the other.

    Of marks and spaces nothing is seen.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sizes = np.zeros(len(texts), dtype=np.int64)
    holders: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        for sentence in {"".join(_LETTERS.findall(one)) for one in _ENDS.split(text)}:
            if len(sentence) >= _SENTENCE:
                sizes[place] += len(sentence)
                holders.setdefault(sentence, []).append(place)
    shared: Counter[tuple[int, int]] = Counter()
    for sentence, places in holders.items():
        if 1 < len(places) <= _FORMULA:
            shared.update(dict.fromkeys(combinations(places, 2), len(sentence)))
    alike = [pair for pair, size in shared.items() if 2 * size >= min(sizes[list(pair)])]
    rows, columns = np.array(alike, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(alike)), (rows, columns)), shape=(len(texts),) * 2)
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
