"""Whom a summary speaks of must have been introduced: by name, and with who that is.

The press introduces a person once, by office and full name (镇党委书记韩梅), and calls him by the name or
a pronoun from then on. A sentence that was lifted from further down lacks that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pdclassify.summary.grammar import FOREIGN, SURNAMES

__all__ = ["find_stranger"]

#: The last characters of the words for a person that stand before the name.
_OFFICES = "员民记长任师授家人生者工志士表理手兵匠子友妈户官警监席"
_INTRODUCED = re.compile(rf"[{_OFFICES}][{''.join(sorted(SURNAMES))}][\u4e00-\u9fff]")
_PRONOUN = re.compile(r"[，；][他她](?!人|们|国|乡)")


def find_stranger(text: str, spans: Sequence[tuple[int, int]], headline: str) -> int | None:
    """Return the first sentence that speaks of somebody whom nothing before it introduces.

    Parameters
    ----------
    text : str
    spans : sequence of (int, int)
        Where the sentences of the summary stand in it, in order.
    headline : str

    Returns
    -------
    int or None
        Its place among ``spans``.
    """
    said, previous = headline, -1
    for place, (start, end) in enumerate(spans):
        name = text[start : start + 2]
        if name[0] in SURNAMES and name not in said:
            first = text.find(name)
            if 0 < first < start and text[first - 1] in _OFFICES:
                return place
        pronoun = _PRONOUN.search(text, start, end)
        if pronoun and previous < start - 2 and not _names(text, start, pronoun.start()):
            return place
        said += text[start:end]
        previous = end
    return None


def _names(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch names a person, by office or one who is named elsewhere."""
    if _INTRODUCED.search(text, start, end):
        return True
    return any(
        (one in SURNAMES and text.count(one + other) > 1) or (one in FOREIGN and other in FOREIGN)
        for one, other in pairwise(text[start:end])
    )
