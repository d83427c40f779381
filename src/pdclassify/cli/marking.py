"""The text of an article with the words marked that spoke for a topic or against it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from pdclassify.cli.layout import names_of, percent, right, wrap_spans
from pdclassify.cli.views import View, _print, _width
from pdclassify.lines import Line

if TYPE_CHECKING:
    from rich.console import Console

    from pdclassify.article import Article

#: Terms listed for and against a topic, each.
LISTED = 8

#: From which share of the strongest mark on a character is marked, and how.
MARKS = ((0.5, "bold green", "bold red"), (0.2, "green", "red"))
# Blanks in a term, where marks are kept, as one sees them in an editor.
_SHOWN = str.maketrans({" ": "␣", "\n": "⏎"})


class Marked(View):
    """A headline an article; for each topic the marked text and its strongest terms."""

    def show(self, console: Console, line: Line) -> None:
        """Print the explanations of one article."""
        article: Article = line["article"]
        for topic, found in line["explanation"].items():
            console.print()
            given = topic in line["topics"]
            head = Text(f"{names_of([topic])[0]} {percent(found['probability']).strip()}")
            head.stylize("bold green" if given else "bold")
            head.append("" if given else "  (not given)", "dim")
            _print(console, head)
            text, marks = marked(article, found["terms"])
            strongest = float(np.abs(marks).max(initial=0.0))
            for start, end in wrap_spans(text, _width(console) - 2):
                _print(console, _marked_row(text[start:end], marks[start:end], strongest))
            self._terms(console, found)

    def _terms(self, console: Console, found: Line) -> None:
        """Print the strongest terms for and against side by side, and what they add up to."""
        for_it = [term for term in found["terms"] if term["weight"] > 0]
        against = [term for term in found["terms"] if term["weight"] < 0]
        wide = max((_width(console) - 4) // 2, 24)
        console.print()
        for n in range(min(LISTED, max(len(for_it), len(against)))):
            row = Text()
            for terms, style in ((for_it, "green"), (against, "red")):
                cell = Text("  ")
                if n < len(terms):
                    cell.append(right(f"{terms[n]['weight']:+.3f}", 7), "dim")
                    cell.append(f"  {terms[n]['term'].translate(_SHOWN)}", style)
                    times = len(terms[n]["spans"])
                    cell.append(f" ×{times}" if times else " headline", "dim")
                cell.truncate(wide, pad=True)
                row.append_text(cell)
            row.rstrip()
            _print(console, row)
        total = sum(term["weight"] for term in found["terms"])
        rest = len(found["terms"])
        told = f"{rest} terms {total:+.3f}, intercept {found['intercept']:+.3f}"
        _print(console, Text(f"  {told} = decision {found['decision']:+.3f}", style="dim"))


def marked(article: Article, terms: Sequence[Line]) -> tuple[str, NDArray[np.float64]]:
    """Return headline and text in one, and for each character the weight of the terms it is in.

    A term has its whole weight in every place: were it shared out among them, a word that carries
    the article would look pale beside one that stands there once.
    """
    title = article.title or ""
    text = f"{title}\n{article.text}" if title else article.text
    marks = np.zeros(len(text) + 1)
    body = len(text) - len(article.text)
    segments = [tuple(s) for s in article.segments] or [(0, 0, len(article.text))]
    places = [(start + body, at, length) for start, at, length in segments]
    above = len(article.kicker) + 1 if article.kicker else 0
    places += [
        (place - above, at, length)
        for place, at, length in article.headline_segments
        if 0 <= place - above < len(title)
    ]
    starts = np.array(sorted((at, start, length) for start, at, length in places))
    for term in terms:
        for span in term["spans"]:
            row = int(np.searchsorted(starts[:, 0], span["start"], side="right")) - 1
            at, start, length = starts[max(row, 0)]
            first = span["start"] - at
            if 0 <= first < length:
                last = min(first + span["end"] - span["start"], length)
                marks[start + first : start + last] += term["weight"]
    return text, marks[:-1]


def _marked_row(text: str, marks: NDArray[np.float64], strongest: float) -> Text:
    """Return one row of text, its characters marked by what they are part of."""
    row = Text("  ")
    styled = ((_mark(value, strongest), one) for one, value in zip(text, marks, strict=True))
    for style, run in groupby(styled, key=itemgetter(0)):
        row.append("".join(one for _, one in run), style)
    row.rstrip()
    return row


def _mark(value: float, strongest: float) -> str:
    """Return the style of a character in terms of this weight."""
    for least, for_it, against in MARKS:
        if abs(value) >= least * strongest > 0:
            return for_it if value > 0 else against
    return ""
