"""Chinese on a terminal: characters two columns wide, lines that do not begin with a comma."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len, set_cell_size

from pdclassify.topics.names import CHINESE

__all__ = ["fit", "names_of", "percent", "right", "strongest", "wrap", "wrap_spans"]

#: May not begin a line, may not end one (the basic rules of GB/T 15834).
_CLOSING = frozenset("，。、；：？！…—”’」』）》〉】％%,.;:?!)]")
_OPENING = frozenset("“‘「『（《〈【([")

#: What stays together on a line: a Latin word, a number; else every character alone.
_UNIT = re.compile(r"[!-~]+|.", re.DOTALL)


def names_of(topics: Sequence[str]) -> list[str]:
    """Return the names of topics as tables show them; a user's own stay as they are."""
    return [CHINESE.get(topic, topic) for topic in topics]


def percent(probability: float) -> str:
    """Return a probability in four columns: `` .07``, `` .93``, ``1.00``."""
    return f"{probability:.2f}".removeprefix("0").rjust(4)


def right(text: str, width: int) -> str:
    """Return text with blanks before it, to end at column ``width``."""
    return " " * (width - cell_len(text)) + text


def strongest(probabilities: Mapping[str, float], most: int) -> list[str]:
    """Return the most probable topics, at most ``most`` of them."""
    return sorted(probabilities, key=lambda topic: -probabilities[topic])[:most]


def in_order(topics: Iterable[str]) -> list[str]:
    """Return topics as tables show them: 党建 治理 作风 first, then the others as they come."""
    known = list(CHINESE)
    return sorted(topics, key=lambda topic: known.index(topic) if topic in known else len(known))


def fit(text: str, width: int) -> str:
    """Return one line of text in at most ``width`` columns, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"


def wrap(text: str, width: int) -> list[str]:
    """Break text into lines of at most ``width`` columns by the rules for punctuation."""
    return [text[start:end].strip() for start, end in wrap_spans(text, width)]


def wrap_spans(text: str, width: int) -> list[tuple[int, int]]:
    """Return where the lines of `wrap` begin and end in the text; a newline always breaks."""
    lines: list[tuple[int, int]] = []
    for paragraph in re.finditer(r"[^\n]+", text):
        units = [(m.start() + paragraph.start(), m[0]) for m in _UNIT.finditer(paragraph[0])]
        units = [piece for start, unit in units for piece in _pieces(start, unit, width)]
        first = 0
        while first < len(units):
            if units[first][1].isspace():
                first += 1
                continue
            last = _line_end(units, first, width)
            lines.append((units[first][0], units[last - 1][0] + len(units[last - 1][1])))
            first = last
    return lines


def _pieces(start: int, unit: str, width: int) -> list[tuple[int, str]]:
    """Cut a Latin word that is wider than a line."""
    return [(start + at, unit[at : at + width]) for at in range(0, len(unit), width)]


def _line_end(units: Sequence[tuple[int, str]], first: int, width: int) -> int:
    """Return the unit after the last that fits on the line that begins with ``first``."""
    used, last = 0, first
    while last < len(units) and used + cell_len(units[last][1]) <= width:
        used += cell_len(units[last][1])
        last += 1
    if last == len(units):
        return last
    last = max(last, first + 1)
    broken = last
    while broken > first + 1 and (
        units[broken][1][0] in _CLOSING or units[broken - 1][1][-1] in _OPENING
    ):
        broken -= 1
    return broken if broken > first + 1 else last
