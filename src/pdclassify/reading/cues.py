"""What can be seen of a line without understanding it: numbers and hashed characters.

Everything is computed for a block of lines at once. What stands around a line is left to the
layers that read these cues (:mod:`pdclassify.reading.boundaries`), except for what they cannot
see: the width of the column of print, and a name in brackets that is printed as a line nearby.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.lines import KINDS, Kind, Lines

__all__ = ["BUCKETS", "CUES", "TERMS", "cues_of", "terms_of"]

#: Hashed characters are told apart by this many numbers; a power of two.
BUCKETS = 8192

#: Hashed terms of a line: 14 pairs at its start, 10 at its end, the 1 to 3 first and last.
TERMS = 30

_HEAD, _TAIL = 14, 10
_AROUND = 12  # lines on either side from which the width of the column is taken
_NEAR = 6  # lines between a column's name and the headline that carries it in brackets
_BINS = np.array([2, 4, 6, 9, 12, 15, 19, 24, 30, 40, 60, 90, 150])
_COUNTED = (
    Kind.END,
    Kind.COMMA,
    Kind.COLON,
    Kind.OPEN_QUOTE,
    Kind.OPEN,
    Kind.DASH,
    Kind.SPACE,
    Kind.DIGIT,
    Kind.LATIN,
    Kind.DOTS,
    Kind.MARK,
)
_FORMS = np.zeros(1 << 16, dtype=np.uint8)  # of marks that have two: which it is
_WIDE, _NARROW = 1, 2
for _form, _marks in ((_WIDE, "，：；（）！？"), (_NARROW, ",:;()!?")):
    _FORMS[[ord(c) for c in _marks]] = _form
_NAMED = re.compile(r"[（(]([^（）()]{2,28})[）)]$")

#: How many numbers describe a line.
CUES = 2 * len(_COUNTED) + len(_BINS) + 1 + 5 * KINDS + 29


def _windows(values: tuple[NDArray[np.generic], ...]) -> NDArray[np.float32]:
    """Return each of the values with its neighbours; beyond the ends the first has NaN, others 0.

    The shape is (values, lines, neighbours).
    """
    n = len(values[0])
    padded = np.zeros((len(values), n + 2 * _AROUND), dtype=np.float32)
    padded[0] = np.nan
    for row, value in zip(padded, values, strict=True):
        row[_AROUND : _AROUND + n] = value
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1, axis=1)


def _sums_of(flags: NDArray[np.bool_], lengths: NDArray[np.int64]) -> NDArray[np.float32]:
    """Count the flags of every line, whose lengths add up to the number of flags."""
    sums = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=sums[1:])
    ends = np.cumsum(lengths)
    counts: NDArray[np.float32] = (sums[ends] - sums[ends - lengths]).astype(np.float32)
    return counts


def cues_of(lines: Lines, first: int = 0, last: int | None = None) -> NDArray[np.float32]:
    """Return the cues of the lines ``first`` to ``last``, float32 of (lines, CUES)."""
    last = len(lines) if last is None else last
    starts, ends = lines.starts[first:last], lines.ends[first:last]
    n = len(starts)
    length = ends - starts
    kinds = lines.kinds
    begin, stop = int(starts[0]), int(ends[-1])
    nexts = np.append(starts[1:], stop)
    cell = np.repeat(np.arange(0, n * KINDS, KINDS), nexts - starts)
    cell += kinds[begin:stop]
    counts = np.bincount(cell, minlength=n * KINDS).reshape(n, KINDS).astype(np.float32)
    counts[:, Kind.SPACE] += counts[:, Kind.BREAK] - (nexts - ends)
    chosen = counts[:, _COUNTED]

    out = np.zeros((n, CUES), dtype=np.float32)
    rows = np.arange(n)
    k = len(_COUNTED)
    out[:, :k] = np.minimum(chosen, 4) * 0.5
    out[:, k : 2 * k] = chosen / length[:, None] * 4
    at = 2 * k
    out[rows, at + np.searchsorted(_BINS, length, side="right")] = 1
    at += len(_BINS) + 1
    for place in (0, 1, 2):
        out[rows, at + kinds[np.minimum(starts + place, ends - 1)]] = 1
        at += KINDS
    for place in (1, 2):
        out[rows, at + kinds[np.maximum(ends - place, starts)]] = 1
        at += KINDS

    edges = np.pad(lines.numbers, 1, constant_values=(-10, lines.numbers[-1] + 10))
    gaps = np.diff(edges[first : last + 2]) - 1
    before, after = gaps[:-1], gaps[1:]
    indent = lines.indents[first:last]
    full = (length + indent).astype(np.float32)
    forms = _FORMS.take(lines.codes[begin:stop], mode="clip")
    wide, narrow = (_sums_of(forms == form, nexts - starts) for form in (_WIDE, _NARROW))
    windows = _windows((full, indent > 0, before > 0, wide, narrow))
    around, sums = windows[0], windows[1:].sum(axis=2)
    ranked = np.sort(around, axis=1)  # NaN last
    seen = 2 * _AROUND + 1 - np.isnan(ranked).sum(axis=1)
    width = ranked[rows, seen * 4 // 5]
    even = (np.abs(around - width[:, None]) <= 1.5).sum(axis=1) / seen
    same = (np.abs(around - full[:, None]) <= 0.5).sum(axis=1) / seen
    indented, spaced = sums[0] / seen, sums[1] / seen
    middle = ranked[rows, seen // 2]
    wides, narrows = sums[2] - wide, sums[3] - narrow
    low, high = max(first - 1, 0), min(last + 1, len(lines))
    lengths = np.pad(
        lines.ends[low:high] - lines.starts[low:high], (int(first == 0), int(last == high))
    )
    steps = np.minimum(np.abs(np.diff(lengths)), 8) / 8  # halves of a headline are as long
    numbers = (
        np.log1p(length) * 0.5,
        steps[:-1],
        steps[1:],
        indent == 1,
        indent == 2,
        indent > 2,
        before == 1,
        before == 2,
        before > 2,
        after == 1,
        after == 2,
        after > 2,
        rows + first == 0,
        rows + first == len(lines) - 1,
        np.minimum(full / width, 3),
        np.abs(full - width) <= 1.5,
        even * 2,
        same * 2,
        indented * 2,
        spaced * 2,
        np.log1p(middle) * 0.5,
        np.clip(counts[:, Kind.OPEN_QUOTE] - counts[:, Kind.CLOSE_QUOTE], -1, 1),
        np.clip(counts[:, Kind.OPEN] - counts[:, Kind.CLOSE], -1, 1),
        np.minimum(wide, 2) * 0.5,
        np.minimum(narrow, 2) * 0.5,
        wides / (wides + narrows + 1),
    )
    for number in numbers:
        out[:, at] = number
        at += 1
    _mark_columns(lines, first, last, out[:, at : at + 3])
    return out


def _mark_columns(lines: Lines, first: int, last: int, out: NDArray[np.float32]) -> None:
    """Mark headlines that end with a column's name in brackets, and lines that are this name."""
    short = lines.ends[first:last] - lines.starts[first:last] <= 80
    closing = lines.kinds[lines.ends[first:last] - 1] == Kind.CLOSE
    page = lines.text
    for i in np.flatnonzero(short & closing).tolist():
        end = int(lines.ends[first + i])
        named = _NAMED.search(page[max(int(lines.starts[first + i]), end - 32) : end])
        if named is None:
            continue
        name = named[1]
        out[i, 2] = 1
        for j in range(max(i - _NEAR, 0), min(i + _NEAR + 1, len(out))):
            s, e = int(lines.starts[first + j]), int(lines.ends[first + j])
            if e - s == len(name) and page[s:e] == name:
                out[i, 0] = 1
                out[j, 1] = 1


def terms_of(lines: Lines, first: int = 0, last: int | None = None) -> NDArray[np.int16]:
    """Return hashed characters of the lines, int16 of (lines, TERMS); 0 where a line is short."""
    last = len(lines) if last is None else last
    starts, ends = lines.starts[first:last, None], lines.ends[first:last, None]
    codes = lines.codes
    top = len(codes) - 1
    head = starts + np.arange(_HEAD)
    tail = ends - 2 - np.arange(_TAIL)
    places = np.concatenate([head, tail], axis=1)
    pairs = codes[np.clip(places, 0, top)] * np.uint32(2654435761)
    pairs ^= codes[np.clip(places + 1, 0, top)] * np.uint32(40503 * 65537)
    known = (head + 1 < ends, (tail >= starts) & (tail > starts + _HEAD - 1))
    kept = np.concatenate(known, axis=1)
    edges = []
    for side, salt in ((starts, 11), (ends - 1, 23)):
        step = 1 if salt == 11 else -1
        value = np.full(starts.shape, salt, dtype=np.uint32)
        for place in range(3):
            at = side + step * place
            value = (value ^ codes[np.clip(at, 0, top)]) * np.uint32(16777619)
            edges.append(np.where((at >= starts) & (at < ends), value, 0))
    hashed = np.concatenate([np.where(kept, pairs, 0), *edges], axis=1).astype(np.uint32)
    mixed = (hashed ^ (hashed >> np.uint32(15))) * np.uint32(2246822519)
    bucket = (mixed >> np.uint32(32 - 13)).astype(np.int16)
    return np.where(hashed == 0, 0, np.maximum(bucket, 1)).astype(np.int16)
