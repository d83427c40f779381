"""Stretches of a page that are in no article: which these are, and which belong together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from pdclassify.article import Span

__all__ = ["merged", "outside"]


def outside(stretches: Sequence[Sequence[int]], taken: Sequence[Span]) -> list[Span]:
    """Return the stretches that stand in nothing that is taken; both are in order."""
    ends = [span.end for span in taken]
    found = []
    for start, end in stretches:
        following = bisect_right(ends, start)
        if following == len(ends) or taken[following].start > start:
            found.append(Span(start, end))
    return found


def merged(leftover: list[Span], spans: Sequence[Span]) -> list[Span]:
    """Put stretches in order, and those into one between which nothing stands."""
    following = {a.end: b.start for a, b in pairwise(spans)}
    merged: list[Span] = []
    for span in sorted(leftover):
        if merged and following.get(merged[-1].end) == span.start:
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged
