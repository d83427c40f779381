"""Characters that look alike made alike, with a map back to where they stood.

For matching only: what is printed and what offsets count is always the input. Letters, digits,
spaces and ideographs are folded by Unicode's NFKC, one by one; Chinese punctuation stays as it is,
because ，and （ mean something to a splitter that , and ( do not. The classifier folds inside its
table of codes instead (:mod:`pdclassify.text.characters`), by the same list of unseen characters.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from pdclassify.arguments import a_text
from pdclassify.article import Span
from pdclassify.errors import UsageError

__all__ = ["Normalized", "fold", "fold_in_place", "normalize", "to_simplified"]

_UNSEEN = "\xad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_SPACES = "\xa0\u2000-\u200a\u202f\u205f\u3000"
_COMPATIBLE = (
    "\xb2\xb3\xb9\u2150-\u218b\u2460-\u24ff\u2e80-\u2fdf\u3200-\u33ff\uf900-\ufaff"
    "\ufb00-\ufb06\uff04-\uff07\uff0b\uff0d-\uff19\uff1c-\uff1e\uff20-\uff3a\uff3c\uff3e-\uff5a"
    "\uff5c\uff66-\uff9f\U0002f800-\U0002fa1d"
)
_CHANGES = re.compile(f"[{_UNSEEN}{_SPACES}{_COMPATIBLE}]")
_GONE = re.compile(f"[{_UNSEEN}]")
#: Characters that only traditional text has, enough of the frequent ones to know any such text.
_TRADITIONAL = re.compile(
    "[這個們來說時國會為對學發過後裡還開關應該進經動點業產員長門問題機處實際從將當無與種書記導責"
    "黨幹組織務領義論議調風規則紀檢監踐習鄉鎮區縣團體條見現頭聯歷勞農總統讓給結構變華專]"
)


@dataclass(frozen=True, slots=True)
class Normalized:
    """A text for matching, and where its characters stood.

    Parameters
    ----------
    text : str
    offsets : array of int or None
        For each character of ``text`` its place in the input, and one more for the input's end;
        None where nothing changed.
    """

    text: str
    offsets: array[int] | None = None

    def to_input_span(self, start: int, end: int) -> Span:
        """Return where ``text[start:end]`` stood in the input."""
        if self.offsets is None:
            return Span(start, end)
        if end <= start:
            return Span(self.offsets[start], self.offsets[start])
        first, last = self.offsets[start], self.offsets[end - 1]
        return Span(first, last + 1)


def normalize(text: str) -> Normalized:
    """Fold what only looks different.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    Normalized
        Full-width letters, digits and signs made half-width, every kind of space made an ordinary
        one, ligatures, ① and compatibility ideographs made plain; zero-width characters and soft
        hyphens left out.
    """
    a_text("text", text)
    if not _CHANGES.search(text):
        return Normalized(text)
    parts: list[str] = []
    offsets = array("q")
    kept = 0
    for change in _CHANGES.finditer(text):
        place = change.start()
        plain = "" if _GONE.match(change[0]) else unicodedata.normalize("NFKC", change[0])
        parts += (text[kept:place], plain)
        offsets.extend(range(kept, place))
        offsets.extend([place] * len(plain))
        kept = place + 1
    parts.append(text[kept:])
    offsets.extend(range(kept, len(text) + 1))
    return Normalized("".join(parts), offsets)


def fold(text: str) -> Normalized:
    """Normalise, and simplify traditional characters.

    What keywords are looked for in, as a focus is in the like of `fold_in_place`. Where OpenCC is
    installed (``pip install 'pdclassify[traditional]'``) it looks at whole words; else characters
    are simplified one by one, which makes 乾坤 干坤.
    """
    plain = normalize(text)
    return Normalized(_simplified(plain.text), plain.offsets)


def fold_in_place(text: str) -> str:
    """Fold what has one character for one, so that offsets stay: all but unseen characters and ㎡."""
    return _simplified(_CHANGES.sub(_one_for_one, text))


def _one_for_one(change: re.Match[str]) -> str:
    """Return a character's plain form, or itself where that is not one character."""
    plain = unicodedata.normalize("NFKC", change[0])
    return plain if len(plain) == 1 else change[0]


def _simplified(text: str) -> str:
    """Simplify a text that is traditional: by words where OpenCC is installed, else by characters."""
    if not _TRADITIONAL.search(text):
        return text
    return text.translate(_singles()) if find_spec("opencc") is None else to_simplified(text)


@cache
def _singles() -> dict[int, str]:
    """Return the table from traditional to simplified characters, one for one."""
    from pdclassify.text.traditional import PAIRS

    return dict(zip(map(ord, PAIRS[::2]), PAIRS[1::2], strict=True))


@cache
def _converter() -> Any:
    """Load OpenCC's tables from traditional to simplified characters."""
    try:
        from opencc import OpenCC
    except ImportError:
        raise UsageError(
            "Traditional characters need OpenCC, which is not installed: "
            "pip install 'pdclassify[traditional]'."
        ) from None
    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Turn traditional characters into simplified ones, each in its place.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        As long as ``text``, so that offsets stay the same.

    Raises
    ------
    UsageError
        If OpenCC is not installed (``pip install 'pdclassify[traditional]'``).
    """
    a_text("text", text)
    converter = _converter()
    # OpenCC takes UTF-8 only, and stops at NUL.
    pieces = re.split("([\0\ud800-\udfff]+)", text)
    return "".join(
        piece if place % 2 else _same_length(piece, converter) for place, piece in enumerate(pieces)
    )


def _same_length(text: str, converter: Any) -> str:
    """Convert; where a phrase would change its length, convert its characters one by one."""
    whole: str = converter.convert(text)
    if len(whole) == len(text):
        return whole
    singles = (converter.convert(character) for character in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, singles, strict=True))
