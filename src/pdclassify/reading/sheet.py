"""A page as its lines are scored: furniture set aside, wrapped lines put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import Span
from pdclassify.reading.furniture import Furniture, furniture_of
from pdclassify.reading.imprint import imprints_of
from pdclassify.reading.lines import Lines, lines_of
from pdclassify.reading.wrapping import legible, unwrapped, wrapped

__all__ = ["Sheet", "sheet_of"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a page, as printed and as they are read.

    Parameters
    ----------
    printed : Lines
        The lines as they are printed, in the text of the page.
    aside : list of Span
        What of these lines is not read, though the rest is.
    furniture : ndarray of int8, (printed lines,)
        What each is to the page, as :class:`~pdclassify.reading.furniture.Furniture`.
    kept : ndarray of int64
        Which of them are no furniture.
    lines : Lines
        What is read, in a text of its own.
    firsts : ndarray of int64, (lines,)
        With which of the kept lines each line begins.
    doubtful : ndarray of int64
        The lines that may go on the paragraph before, for all that print shows.
    """

    printed: Lines
    aside: list[Span]
    furniture: NDArray[np.int8]
    kept: NDArray[np.int64]
    lines: Lines
    firsts: NDArray[np.int64]
    doubtful: NDArray[np.int64]


def sheet_of(text: str, *, whole: bool = False) -> Sheet:
    """Return the page as it is read; with ``whole``, nothing on it is furniture."""
    printed = lines_of(text)
    furniture = furniture_of(printed)
    aside: list[Span] = []
    if whole or len(printed) == 1:  # all of it is what there is to read
        furniture[:] = Furniture.NONE
    else:
        printed, aside = _without_imprints(printed, furniture)
    kept = np.flatnonzero(furniture == Furniture.NONE)
    lines = legible(printed, furniture == Furniture.NONE)
    parted = np.append(np.diff(kept) > 1, False)  # what furniture stands between is two lines
    joined, doubtful = wrapped(lines)
    lines, firsts = unwrapped(lines, joined & ~parted & ~doubtful)
    after = np.flatnonzero(doubtful & ~parted) + 1
    return Sheet(printed, aside, furniture, kept, lines, firsts, np.searchsorted(firsts, after))


def _without_imprints(printed: Lines, furniture: NDArray[np.int8]) -> tuple[Lines, list[Span]]:
    """Leave of imprints their authors; return what was around these. One without is furniture."""
    starts, ends, aside = printed.starts.copy(), printed.ends.copy(), []
    for at, author in imprints_of(printed):
        if furniture[at]:
            continue
        if author is None:
            furniture[at] = Furniture.ASIDE
            continue
        before = printed.text[starts[at] : author.start].rstrip()
        after = printed.text[author.end : ends[at]].lstrip()
        if before:
            aside.append(Span(int(starts[at]), int(starts[at]) + len(before)))
        if after:
            aside.append(Span(int(ends[at]) - len(after), int(ends[at])))
        starts[at], ends[at] = author
    return replace(printed, starts=starts, ends=ends), aside
