"""How near a summary comes to a reference, by the characters they share."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["rouge"]


def rouge(found: str, reference: str) -> float:
    """Return the mean of character ROUGE-1, -2 and -L F1, in percent; punctuation left out.

    After Lin ("ROUGE: A Package for Automatic Evaluation of Summaries", 2004), with characters
    for words.
    """
    a, b = (re.sub(r"[\W_]", "", text) for text in (found, reference))
    if not a or not b:
        return 0.0
    scores = []
    for size in (1, 2):
        left = Counter(a[i : i + size] for i in range(len(a) - size + 1))
        right = Counter(b[i : i + size] for i in range(len(b) - size + 1))
        scores.append(2 * (left & right).total() / max(left.total() + right.total(), 1))
    before = [0] * (len(b) + 1)
    for one in a:
        row = [0]
        for place, other in enumerate(b):
            row.append(before[place] + 1 if one == other else max(row[-1], before[place + 1]))
        before = row
    scores.append(2 * before[-1] / (len(a) + len(b)))
    return 100 * sum(scores) / 3
