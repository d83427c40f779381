"""The lines of a page: where they stand and what kinds of characters they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["INVISIBLE", "KINDS", "CharacterSet", "Kind", "Lines", "among", "lines_of"]


class Kind:
    """The kinds of characters, as numbers for a table."""

    SPACE, BREAK, HAN, DIGIT, LATIN, END, COMMA, COLON = range(8)
    OPEN_QUOTE, CLOSE_QUOTE, OPEN, CLOSE, DASH, MARK, DOTS, INVISIBLE = range(8, 16)


KINDS = 16


def among(*kinds: int) -> NDArray[np.bool_]:
    """Return a table that tells of every kind whether it is one of these."""
    table = np.zeros(KINDS, dtype=bool)
    table[list(kinds)] = True
    return table


class CharacterSet:
    """A set of characters of the basic plane that is asked about many at once."""

    def __init__(self, characters: str) -> None:
        self._table = np.zeros(1 << 16, dtype=bool)
        self._table[[ord(c) for c in characters]] = True

    def has(self, codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Return which characters are in it."""
        return self._table.take(codes, mode="clip")  # beyond the plane: U+FFFF, which none has


_TAB = 2  # a tab at the start of a line says as much as two ideographic spaces

_CHARACTERS = {
    Kind.BREAK: "\n\r\x0b\x0c\x85\u2028\u2029",
    Kind.END: "。！？!?．.",
    Kind.COMMA: "，,、；;",
    Kind.COLON: "：:",
    Kind.OPEN_QUOTE: "“‘「『",
    Kind.CLOSE_QUOTE: "”’」』",
    Kind.OPEN: "（(《〈【〔[［{",
    Kind.CLOSE: "）)》〉】〕]］}",
    Kind.DASH: "—–―-－─~～",
    Kind.DOTS: "…",
    Kind.DIGIT: "0123456789０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩",
}


# What nobody sees, first and last: controls, joiners, marks of direction, selectors of variants.
_INVISIBLE = (
    *((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F)),
    *((0x61C, 0x61C), (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB)),
)

INVISIBLE = "".join(chr(c) for first, last in _INVISIBLE for c in range(first, last + 1))


@cache
def _kinds() -> NDArray[np.uint8]:
    """Return the kind of every character of the basic plane; the rest counts as Han."""
    table = np.full(0x10000 + 1, Kind.MARK, dtype=np.uint8)
    for first, last in ((0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0xD800, 0xDFFF)):
        table[first : last + 1] = Kind.HAN
    table[0x10000] = Kind.HAN
    table[ord("〇")] = Kind.HAN
    for low, high in ("AZ", "az", "ＡＺ", "ａｚ", "\xc0\u02af"):
        table[ord(low) : ord(high) + 1] = Kind.LATIN
    spaces = [*range(0x300), 0x1680, *range(0x2000, 0x2070), 0x3000]
    table[[c for c in spaces if chr(c).isspace()]] = Kind.SPACE
    for first, last in _INVISIBLE:
        table[first : last + 1] = Kind.INVISIBLE
    for kind, characters in _CHARACTERS.items():
        table[[ord(c) for c in characters]] = kind
    return table


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a page on which something can be seen.

    Parameters
    ----------
    text : str
        The page.
    codes : ndarray of uint32, (characters,)
        Its characters.
    kinds : ndarray of uint8, (characters,)
        Their kinds.
    starts, ends : ndarray of int64, (lines,)
        Where each line's characters begin and end, white space and what nobody sees at its ends
        aside.
    numbers : ndarray of int64, (lines,)
        The line's number on the page, blank lines counted.
    indents : ndarray of int64, (lines,)
        White space before the line's first character, in characters; a tab counts for two.
    unseen : ndarray of int64, (stretches, 2)
        Where stand characters that nobody sees, at the ends of lines or alone on one: zero-width
        spaces, a byte order mark that was pasted along.
    """

    text: str
    codes: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    numbers: NDArray[np.int64]
    indents: NDArray[np.int64]
    unseen: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)


def lines_of(text: str) -> Lines:
    """Cut ``text`` into lines at any line, page or paragraph separator; CR LF is one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _kinds()[np.minimum(codes, 0x10000)]
    breaks = np.flatnonzero(kinds == Kind.BREAK)
    visible = np.flatnonzero(kinds > Kind.BREAK)
    if not len(visible):
        none = np.zeros(0, dtype=np.int64)
        return Lines(text, codes, kinds, none, none, none, none, none.reshape(0, 2))
    if len(breaks) > 1:  # the line feed after a carriage return breaks no second line
        pair = (codes[breaks[1:]] == 10) & (codes[breaks[1:] - 1] == 13)
        paired = np.concatenate([[False], pair & (breaks[1:] - 1 == breaks[:-1])])
    else:
        paired = np.zeros(len(breaks), dtype=bool)
    line = np.searchsorted(breaks, visible)
    change = np.flatnonzero(np.diff(line))
    starts = visible[np.concatenate([[0], change + 1])]
    ends = visible[np.concatenate([change, [len(visible) - 1]])] + 1
    before = line[np.concatenate([[0], change + 1])]
    numbers = before - np.concatenate([[0], np.cumsum(paired)])[before]
    heads = np.concatenate([[0], breaks + 1])[before]
    indents = starts - heads
    tabs = np.cumsum(codes == ord("\t"))
    if len(tabs) and tabs[-1]:
        tabs = np.concatenate([[0], tabs])
        indents += (_TAB - 1) * (tabs[starts] - tabs[heads])
    hidden = kinds == Kind.INVISIBLE
    unseen = np.zeros((0, 2), dtype=np.int64)
    if hidden.any():
        places = np.flatnonzero((kinds > Kind.BREAK) & ~hidden)
        sums = np.concatenate([[0], np.cumsum((kinds > Kind.BREAK) & ~hidden)])
        seen = sums[ends] > sums[starts]
        numbers, indents = numbers[seen], indents[seen]
        first, last = places[sums[starts[seen]]], places[sums[ends[seen]] - 1] + 1
        spaces = np.concatenate([[0], np.cumsum(kinds == Kind.SPACE)])
        indents = indents + spaces[first] - spaces[starts[seen]]
        before, after = np.stack([starts[seen], first], 1), np.stack([last, ends[seen]], 1)
        unseen = np.concatenate([np.stack([starts, ends], 1)[~seen], before, after])
        unseen = np.sort(unseen[unseen[:, 1] > unseen[:, 0]], axis=0)
        starts, ends = first, last
    return Lines(text, codes, kinds, starts, ends, numbers, indents, unseen)
