"""Characters as numbers: a table folds what is the same and says where words cannot go on.

A text becomes an array of 16-bit codes. A code is the folded character itself, so that up to four
of them make a 64-bit number that stands for exactly one n-gram. White space and marks become
``BREAK``, which no n-gram crosses; characters that nobody sees (zero-width space, soft hyphen) are
left out, and the positions of the others are kept. A second table keeps marks, spaces and line ends
as characters like others: short titles say much with them.

A table for a vocabulary (`renumber`) reads traditional characters as the simplified ones that the
vocabulary has, so that a text says the same in both scripts.

Only ranges that Unicode has frozen are folded, by rules written here: the table is the same under
every Python, and its digest is part of a model.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BREAK",
    "LINE_END",
    "TABLE_NAMES",
    "Codes",
    "decode",
    "encode",
    "renumber",
    "table",
    "table_digest",
]

BREAK = 0
LINE_END = 0x0A  # where marks are kept
#: What the tables are called in a manifest, by whether they keep marks.
TABLE_NAMES = {False: "characters", True: "characters and marks"}

_UNSEEN_CODE = 0xFFFF  # of what nobody sees, in every table; no character has it
_UNSEEN = "\xad\u034f\u061c\u180b\u180c\u180d\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"

# Letters, digits and ideographs, first and last; what is not here breaks.
_LETTERS = (
    (0x30, 0x39),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x1FFF),
    (0x2C00, 0x2DFF),
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x3100, 0x31BF),
    (0x3400, 0x4DBF),
    (0x4E00, 0xD7FF),
)
# White space and line ends: one character each where marks are kept.
_SPACES = (
    "\t \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f\u3000"
)
_LINE_ENDS = "\n\x0b\x0c\r\x85\u2028\u2029"
# Compatibility characters that stand for one ordinary one: ① Kangxi radicals, the ideographs that
# a PDF's fonts bring along, full-width letters and half-width kana.
_COMPATIBLE = ((0x2460, 0x24FF), (0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0xFF01, 0xFFEF))


class Codes(NamedTuple):
    """A text's characters as numbers.

    Parameters
    ----------
    codes : ndarray of uint16
        One a character that counts; ``BREAK`` where no n-gram goes on.
    positions : ndarray of int64 or None
        Where each stood in the text; None if nothing was left out.
    """

    codes: NDArray[np.uint16]
    positions: NDArray[np.int64] | None


@cache
def table(marks: bool = False) -> NDArray[np.uint16]:
    """Return the folded code of each of the 65,536 characters of the basic plane.

    Parameters
    ----------
    marks : bool
        Whether marks and spaces are characters too, or breaks.
    """
    folded = np.zeros(0x10000, dtype=np.uint16)
    if marks:
        for first, last in ((0x20, 0x7E), (0xA0, 0xD7FF), (0xF900, 0xFFFD)):
            folded[first : last + 1] = np.arange(first, last + 1)
        folded[list(map(ord, _SPACES))] = 0x20
        folded[list(map(ord, _LINE_ENDS))] = LINE_END
    for first, last in _LETTERS:
        folded[first : last + 1] = np.arange(first, last + 1)
    folded[0x41:0x5B] = np.arange(0x61, 0x7B)
    for first, last in _COMPATIBLE:
        for code in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and ord(plain) < 0x10000:
                folded[code] = folded[ord(plain)]
    for character in _UNSEEN:
        folded[ord(character)] = _UNSEEN_CODE
    folded[0xFE00:0xFE10] = _UNSEEN_CODE  # variation selectors
    folded.flags.writeable = False
    return folded


@cache
def table_digest(marks: bool = False) -> str:
    """Return the SHA-256 of a table, which a model names."""
    return hashlib.sha256(table(marks).astype("<u2").tobytes()).hexdigest()


def encode(text: str, numbers: NDArray[np.uint16] | None = None) -> Codes:
    """Turn ``text`` into codes.

    Parameters
    ----------
    text : str
        Anything, lone surrogates included.
    numbers : ndarray of uint16, shape (65536,), optional
        Other codes in place of the folded ones; see `renumber`.

    Returns
    -------
    Codes
        Characters outside the basic plane are breaks.
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = (table() if numbers is None else numbers).take(points, mode="clip")  # beyond: U+FFFF
    unseen = codes == _UNSEEN_CODE
    if not unseen.any():
        return Codes(codes, None)
    positions = np.flatnonzero(~unseen)
    return Codes(codes[positions], positions)


def renumber(
    characters: NDArray[np.uint16], marks: bool = False, *, as_written: bool = False
) -> NDArray[np.uint16]:
    """Return a table for `encode` that numbers ``characters`` from 0, the first of them ``BREAK``.

    Every other character becomes a break; what nobody sees is still left out. With ``marks``, the
    characters are those of the table that keeps them. Unless all is taken ``as_written``, a
    traditional character that is not among them has the number of its simplified one.
    """
    numbers = np.zeros(0x10000, dtype=np.uint16)
    numbers[characters] = np.arange(len(characters))
    if not as_written:
        traditional, simplified = _pairs()
        new = numbers.take(traditional) == BREAK
        numbers[traditional[new]] = numbers.take(simplified[new])
    numbers[_UNSEEN_CODE] = _UNSEEN_CODE
    return numbers.take(table(marks))


@cache
def _pairs() -> NDArray[np.uint16]:
    """Return traditional characters and their simplified ones, shape (2, n)."""
    from pdclassify.text.traditional import PAIRS

    return np.frombuffer(PAIRS.encode("utf-16-le"), dtype="<u2").reshape(-1, 2).T


def decode(codes: Iterable[int]) -> str:
    """Return the folded text that codes stand for."""
    return "".join(map(chr, codes))
