"""Printed lines -> lines of text: what a fixed width of print cut is put together again.

A column of print is told by its lines: many are as long as each other, those that are shorter end
a sentence, few are longer. Where a page shows such a column, a full line goes on in the next one,
if no space and no blank line says that a paragraph begins there. Everything is counted in a window
around each line, so a page may have columns of several widths, or none.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.lines import Kind, Lines, among

__all__ = ["legible", "unwrapped", "wrapped"]

_AROUND = 12  # lines on either side that tell the width of the column
_WINDOW = np.arange(2 * _AROUND + 2)  # of a line, those around it, and one more after them
_LEAST, _MOST = 16, 240  # of a column's width, in half ideographs
_FEW, _SOME, _MANY = (
    2,
    3,
    8,
)  # full lines of a column at least: if all agree, most, no sentence ends
_SPACED = 6  # of a column with blank lines between all of them
_ROOMS = ((3, 1), (1, 0))  # what full lines differ by, what is no room: half ideographs, characters
_FORMS = np.zeros(1 << 16, dtype=np.uint8)  # which of these sets a character is in
_STOP, _NUMERAL, _POINT, _MARK = range(1, 5)
for _form, _characters in (
    (_STOP, "。！？!?；;"),
    (_NUMERAL, "一二三四五六七八九十123456789"),
    (_POINT, "、．."),
    (_MARK, "▲△▼■□●○◆◇★☆【"),
):
    _FORMS[[ord(c) for c in _characters]] = _form
_WIDE = np.zeros(0x80, dtype=np.uint32)
_WIDE[[ord(c) for c in ",.:;()!?"]] = [ord(c) for c in "，。：；（）！？"]
_ENDS = among(Kind.END, Kind.CLOSE_QUOTE, Kind.CLOSE, Kind.COLON, Kind.DOTS)
_WORD = among(Kind.LATIN, Kind.DIGIT)
_BEFORE_WIDE = among(Kind.HAN, Kind.CLOSE_QUOTE, Kind.CLOSE)
_LONGEST = 24  # characters of a word that moves to the next line as a whole
_LONG = 40  # characters from which a line is a paragraph, if it is not part of one
_MIXED = 0.1  # share of paragraphs with or without indent from which indents say nothing
_ROWS = 1 << 14  # lines looked at together
_FAR = 1 << 30  # beyond the ends of the page

_Numbers = NDArray[np.int64]
_Flags = NDArray[np.bool_]


def wrapped(lines: Lines) -> tuple[_Flags, _Flags]:
    """Return which lines go on in the next one because the column of print was no wider.

    And which of them may just as well end a paragraph: a sentence ends with them, and neither
    indents nor blank lines say on this page where paragraphs begin.
    """
    joined, doubtful = np.zeros((2, len(lines)), dtype=bool)
    if len(lines) < _FEW:
        return joined, doubtful
    gaps = np.append(np.diff(lines.numbers) - 1, _FAR)
    indents = lines.indents - lines.indents.min()
    ended = _ENDS[lines.kinds[lines.ends - 1]]
    supported = _supported(gaps, indents, ended)
    if not supported.any():
        return joined, doubtful
    width = _widths(lines)
    likely = np.flatnonzero((width[:-1] >= _LEAST) & (width[:-1] <= _MOST))
    if len(likely) < _FEW:
        return joined, doubtful
    moved = np.zeros_like(width)
    moved[likely] = _words(lines, likely + 1)
    alike = np.sort(width[likely][~ended[likely] & (indents[likely + 1] == 0)])
    if not (np.diff(alike) <= _ROOMS[0][0] + moved.max()).any():  # no two that could be a column
        return joined, doubtful
    sizes = np.stack([width, lines.ends - lines.starts + lines.indents])
    lengths = _padded(sizes)
    open_ = np.append(indents[1:] == 0, False) & ~ended
    seen = _padded(np.stack([gaps, moved, open_]))
    rows = _chosen(likely[supported[likely]], _paired, lengths, seen)
    if not len(rows):
        return joined, doubtful
    prose = _prose(lines)
    indents[_items(lines)] += 1  # a new beginning, as if it were indented
    seen = _padded(np.stack([indents, gaps, moved, ended, prose]))
    rows = _chosen(rows, _goes_on, lengths, seen)
    joined[rows] = True
    doubtful[_chosen(rows[ended[rows]], _unmarked, lengths, seen)] = True
    return joined, doubtful


def _supported(gaps: _Numbers, indents: _Numbers, ended: _Flags) -> _Flags:
    """Return around which lines enough others go on, be they as long or not: on most pages few."""
    within = np.append(indents[1:] == 0, False)
    sums = np.pad(np.cumsum(within & ~ended), (_AROUND + 1, _AROUND), mode="edge")
    sums[: _AROUND + 1] = 0
    around: _Numbers = sums[2 * _AROUND + 1 :] - sums[: -2 * _AROUND - 1]
    found: _Flags = within & (around >= np.where(gaps == 0, _FEW, _SPACED))
    return found


def _padded(values: _Numbers) -> _Numbers:
    """Return values of lines with so many beyond the ends of the page that each has its window."""
    return np.pad(values, ((0, 0), (_AROUND, _AROUND + 1)), constant_values=_FAR)


def _chosen(
    rows: _Numbers, rule: Callable[[_Numbers, _Numbers], _Flags], *padded: _Numbers
) -> _Numbers:
    """Return the rows for which a rule holds, of what stands around each."""
    found = [rows[:0]]
    for first in range(0, len(rows), _ROWS):
        some = rows[first : first + _ROWS]
        lengths, seen = (values[:, some[:, None] + _WINDOW] for values in padded)
        found.append(some[rule(lengths, seen)])
    return np.concatenate(found)


def _alike(size: _Numbers, words: _Numbers, slack: int) -> tuple[_Numbers, _Numbers, _Flags]:
    """Return how long lines of the same column are at least and at most, and which ones are."""
    least = size[:, _AROUND] - slack
    most = size[:, _AROUND] + words[:, _AROUND] + slack  # the word that moved on did not fit
    return least, most, (size >= least[:, None]) & (size <= most[:, None])


def _paired(sizes: _Numbers, seen: _Numbers) -> _Flags:
    """Return around which lines enough others go on that are as long: nothing else is a column."""
    gaps, moved, open_ = seen
    enough = np.where(gaps[:, _AROUND] == 0, _FEW, _SPACED)
    found = np.zeros(len(gaps), dtype=bool)
    for size, words, (slack, _) in zip(sizes, (moved, moved * 0), _ROOMS, strict=True):
        same = _alike(size, words, slack)[2] & (open_ == 1)
        found |= same.sum(axis=1) >= enough
    return found


def _goes_on(sizes: _Numbers, seen: _Numbers) -> _Flags:
    """Return which lines go on in the next one, from what is (lines, lines around each)."""
    here, after = _AROUND, _AROUND + 1
    indents, gaps, moved, ended, prose = seen
    within = indents[:, 1:] == 0  # what no indent parts from the next
    open_ = within & (ended == 0)[:, :-1]
    gaps, moved, prose = gaps[:, :-1], moved[:, :-1], prose[:, :-1]
    close = gaps <= _median(gaps, open_)[:, None]
    open_ &= close
    goes_on = np.zeros(len(gaps), dtype=bool)
    for size, words, (slack, room) in zip(sizes, (moved, moved * 0), _ROOMS, strict=True):
        following, size = size[:, after], size[:, :-1]
        least, most, same = _alike(size, words, slack)
        same &= open_
        against = (size + words < least[:, None]) & open_
        longer = (size > most[:, None]) & (size < _FAR)
        run = same.copy()
        run[:, 1:] |= same[:, :-1]  # with the last line of each paragraph
        told = run & (size <= most[:, None]) & (prose + ended[:, :-1] > 0)  # no poem, no list
        full = np.zeros_like(goes_on)
        for side in (slice(None), slice(here, None), slice(here + 1)):  # columns end, others begin
            support, no, long = (rows[:, side].sum(axis=1) for rows in (same, against, longer))
            few = (support >= _FEW) & (no + long == 0)
            some = (support >= _SOME) & (support >= 3 * no) & (support >= long)
            some &= (gaps[:, here] == 0) | (support >= _SPACED)
            full |= ((few & (gaps[:, here] == 0)) | some) & told[:, side].any(axis=1)
        # A sentence that ends with the line goes on as text if there was no room for more.
        column = _median(size, same)
        text = (following >= column - slack) | (ended[:, after] == 1)
        tight = size[:, here] + words[:, here] + room >= column
        goes_on |= full & (open_[:, here] | (text & tight))
    found: _Flags = goes_on & within[:, here] & close[:, here]
    return found


def _unmarked(sizes: _Numbers, seen: _Numbers) -> _Flags:
    """Return around which lines paragraphs, told by their last lines, begin unmarked mostly."""
    indents, gaps, _, ended, _ = seen
    size, gaps = sizes[0, :, :-1], gaps[:, :-1]
    last = (ended[:, :-1] == 1) & (size < size[:, _AROUND, None] - _ROOMS[0][0])
    marked = (indents[:, 1:] > 0) | (gaps > gaps[:, _AROUND, None])
    found: _Flags = 2 * (last & marked).sum(axis=1) < last.sum(axis=1)
    return found


def _median(values: _Numbers, known: _Flags) -> NDArray[np.float32]:
    """Return the lower median of what is known in every row; -1 where nothing is."""
    ranked = np.sort(np.where(known, values, np.nan).astype(np.float32), axis=1)  # NaN last
    middle = np.maximum(known.sum(axis=1) - 1, 0) // 2
    found: NDArray[np.float32] = np.nan_to_num(ranked[np.arange(len(ranked)), middle], nan=-1)
    return found


def _widths(lines: Lines) -> _Numbers:
    """Return how wide lines are printed, their indents included, in half ideographs."""
    codes = lines.codes
    wide = np.where((codes >= 0x2E80) | ((codes >= 0x2010) & (codes <= 0x203F)), 2, 1)  # also “”—…
    wide[codes == ord("\t")] = 4
    sums = np.concatenate([[0], np.cumsum(wide)])
    breaks = np.flatnonzero(lines.kinds == Kind.BREAK) + 1
    heads = np.append(0, breaks)[np.searchsorted(breaks, lines.starts, side="right")]
    found: _Numbers = sums[lines.ends] - sums[heads]
    return found


def _prose(lines: Lines) -> _Flags:
    """Return in which lines a sentence ends before they do."""
    sums = np.concatenate([[0], np.cumsum(_forms(lines.codes) == _STOP)])
    found: _Flags = sums[lines.ends - 1] > sums[lines.starts]
    return found


def _items(lines: Lines) -> _Flags:
    """Return which lines begin with a number of their own: 一、 （二） 3. or a mark of lists."""
    last = len(lines.codes) - 1
    first, second, third = (lines.codes[np.minimum(lines.starts + n, last)] for n in range(3))
    opens, follows = _forms(first), _forms(second)
    decimal = (third >= ord("0")) & (third <= ord("9"))
    before = lines.kinds[lines.ends[:-1] - 1]
    split = np.append(False, _WORD[before] | (before == Kind.DASH))
    split &= first < ord("一")  # the rest of a number
    numbered = (opens == _NUMERAL) & (follows == _POINT) & ~decimal & ~split
    bracketed = (first == ord("（")) & (follows == _NUMERAL) & (third == ord("）"))
    found: _Flags = numbered | bracketed | (opens == _MARK)
    return found


def _forms(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return which of the sets of characters each is in."""
    found: NDArray[np.uint8] = _FORMS[np.minimum(codes, len(_FORMS) - 1)]
    return found


def _words(lines: Lines, at: _Numbers) -> _Numbers:
    """Return how long the word or number is with which lines begin, in characters."""
    places = np.minimum(lines.starts[at, None] + np.arange(_LONGEST), len(lines.kinds) - 1)
    inside = _WORD[lines.kinds[places]] & (places < lines.ends[at, None])
    found: _Numbers = np.minimum.accumulate(inside, axis=1).sum(axis=1)
    return found


def legible(lines: Lines, kept: NDArray[np.bool_]) -> Lines:
    """Return some of the lines, in a text of their own.

    Nothing is in it that nobody sees, and marks are of one width: pages that have all or some of
    them in half width are read as others are.
    """
    starts, ends, indents = lines.starts[kept], lines.ends[kept], lines.indents[kept]
    unseen = lines.kinds == Kind.INVISIBLE
    dropped = unseen if kept.all() else unseen | _outside(lines, starts, ends)
    numbers = (lines.numbers - np.cumsum(~kept))[kept]  # lines that are gone leave no gap
    codes = _widened(lines.codes, lines.kinds)
    return _without(lines, codes, dropped, starts, ends, numbers, indents)


def _outside(lines: Lines, starts: _Numbers, ends: _Numbers) -> _Flags:
    """Return which characters that are no space stand in none of the lines that begin and end so."""
    edges = np.zeros(len(lines.codes) + 1, dtype=np.int8)
    edges[starts] += 1
    edges[ends] -= 1
    inside = np.cumsum(edges[:-1], dtype=np.int8) > 0
    found: _Flags = (lines.kinds > Kind.BREAK) & ~inside
    return found


def _widened(codes: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return characters with the half-width marks beside ideographs as wide as these."""
    marks = np.flatnonzero(codes < len(_WIDE))
    marks = marks[_WIDE[codes[marks]] > 0]
    if not len(marks):
        return codes
    beside = np.pad(kinds, 1, constant_values=Kind.BREAK)
    before, after = beside[marks], beside[marks + 2]
    wide = _BEFORE_WIDE[before] | (after == Kind.HAN)
    wide &= (codes[marks] != ord(".")) | ~_WORD[after]
    marks = marks[wide]
    found = codes.copy()
    found[marks] = _WIDE[codes[marks]]
    return found


def unwrapped(lines: Lines, joined: NDArray[np.bool_]) -> tuple[Lines, NDArray[np.int64]]:
    """Return the lines with those put together that go on, and with which each begins."""
    goes_on = joined[:-1]
    firsts = np.flatnonzero(np.concatenate([[True], ~goes_on])[: len(lines)])
    lasts = np.append(firsts[1:] - 1, len(lines) - 1)[: len(firsts)]
    dropped = np.zeros(len(lines.codes), dtype=bool)
    for line in np.flatnonzero(goes_on).tolist():
        dropped[lines.ends[line] : lines.starts[line + 1]] = True
    steps = np.cumsum(np.where(goes_on, np.diff(lines.numbers), 0))
    numbers = lines.numbers[firsts] - np.concatenate([[0], steps])[firsts]
    starts, ends, indents = lines.starts[firsts], lines.ends[lasts], lines.indents[firsts]
    long = ends - starts >= _LONG
    share = (indents[long] > 0).mean() if long.any() else 0
    if min(share, 1 - share) > _MIXED:
        indents = np.zeros_like(indents)
    return _without(lines, lines.codes, dropped, starts, ends, numbers, indents), firsts


def _without(
    lines: Lines,
    codes: NDArray[np.uint32],
    dropped: _Flags,
    starts: _Numbers,
    ends: _Numbers,
    numbers: _Numbers,
    indents: _Numbers,
) -> Lines:
    """Return lines in a text of these characters without those that are ``dropped``."""
    text, kinds = lines.text, lines.kinds
    if dropped.any():
        place = np.concatenate([[0], np.cumsum(~dropped)])
        starts, ends = place[starts], place[ends]
        codes, kinds = codes[~dropped], kinds[~dropped]
    if codes is not lines.codes:
        text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    return Lines(text, codes, kinds, starts, ends, numbers, indents, lines.unseen[:0])
