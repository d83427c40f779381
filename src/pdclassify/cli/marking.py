"""The text of an article with the words marked that spoke for a topic or against it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from pdclassify.article import Span
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
#: The same where there are no colours: only the strongest, or hardly a word would be without.
FOR, AGAINST = "【】", "〔〕"
#: Characters to which a term is widened on either side, at most.
WIDEST_WORD = 6
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
            shown = Shown(article)
            self._text(console, shown.text, shown.marks(found["terms"]))
            self._terms(console, found, shown)
            self._decision(console, found, line["thresholds"].get(topic))

    def _text(self, console: Console, text: str, marks: NDArray[np.float64]) -> None:
        """Print the text with what is marked in colours, or in brackets where there are none."""
        strongest = float(np.abs(marks).max(initial=0.0))
        if console.color_system is None:
            text = bracketed(text, marks, strongest)
            for start, end in wrap_spans(text, _width(console) - 2):
                _print(console, Text(f"  {text[start:end].rstrip()}"))
            return
        for start, end in wrap_spans(text, _width(console) - 2):
            _print(console, _marked_row(text[start:end], marks[start:end], strongest))

    def _terms(self, console: Console, found: Line, shown: Shown) -> None:
        """Print the strongest terms for and against side by side, each in the words it stands in."""
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
                    cell.append(f"  {shown.quoted(terms[n]).translate(_SHOWN)}", style)
                    times = len(terms[n]["spans"])
                    cell.append(f" ×{times}" if times else " headline", "dim")
                cell.truncate(wide, pad=True)
                row.append_text(cell)
            row.rstrip()
            _print(console, row)

    def _decision(self, console: Console, found: Line, threshold: float | None) -> None:
        """Print what the terms add up to, how probable that makes the topic, and what it takes."""
        total = sum(term["weight"] for term in found["terms"])
        rest = len(found["terms"])
        told = f"{rest} terms {total:+.3f}, intercept {found['intercept']:+.3f}"
        told += f" = decision {found['decision']:+.3f}"
        _print(console, Text(f"  {told}", style="dim"))
        told = f"which makes the topic {percent(found['probability']).strip()} probable"
        if threshold is not None:
            told += f"; it is given from {percent(threshold).strip()} on"
        _print(console, Text(f"  {told}", style="dim"))


class Shown:
    """Headline and text of an article in one, and where what stands in the input stands in that."""

    def __init__(self, article: Article) -> None:
        title = article.title or ""
        self.text = f"{title}\n{article.text}" if title else article.text
        self._head = len(title)
        body = len(self.text) - len(article.text)
        segments = [tuple(s) for s in article.segments] or [(0, 0, len(article.text))]
        places = [(start + body, at, length) for start, at, length in segments]
        above = len(article.kicker) + 1 if article.kicker else 0
        places += [
            (place - above, at, length)
            for place, at, length in article.headline_segments
            if 0 <= place - above < len(title)
        ]
        self._starts = np.array(sorted((at, start, length) for start, at, length in places))

    def find(self, span: Line) -> Span | None:
        """Return where a stretch of the input is shown, as far as it is."""
        row = int(np.searchsorted(self._starts[:, 0], span["start"], side="right")) - 1
        at, start, length = self._starts[max(row, 0)].tolist()
        first = span["start"] - at
        if not 0 <= first < length:
            return None
        return Span(start + first, start + min(first + span["end"] - span["start"], length))

    def marks(self, terms: Sequence[Line]) -> NDArray[np.float64]:
        """Return for each character the weight of the terms it is in.

        A term has its whole weight in every place: were it shared out among them, a word that
        carries the article would look pale beside one that stands there once.
        """
        marks = np.zeros(len(self.text))
        for term in terms:
            for span in term["spans"]:
                place = self.find(span)
                if place is not None:
                    marks[place.start : place.end] += term["weight"]
        return marks

    def quoted(self, term: Line) -> str:
        """Return a term in the words that it stands in where it stands first, itself in brackets."""
        places = [place for span in term["spans"] if (place := self.find(span)) is not None]
        if places:
            start, end = min(places)
        else:  # of a record's headline, whose place nobody knows
            start = self.text.find(term["term"], 0, self._head)
            end = start + len(term["term"])
        if start < 0 or term["term"].split() != [term["term"]]:
            return str(term["term"])  # where no word is, or where blanks and line ends count
        first = self._bounds[bisect_right(self._bounds, start) - 1]
        last = self._bounds[bisect_left(self._bounds, end)]
        before = self.text[max(first, start - WIDEST_WORD) : start]
        after = self.text[end : min(last, end + WIDEST_WORD)]
        inside = self.text[start:end]
        return f"{before}{FOR[0]}{inside}{FOR[1]}{after}" if before or after else inside

    @cached_property
    def _bounds(self) -> list[int]:
        """Where words begin, and the end of the text."""
        from pdclassify.text.tokens import tokenizer

        return [0, *accumulate(map(len, tokenizer().cut(self.text)))]


def bracketed(text: str, marks: NDArray[np.float64], strongest: float) -> str:
    """Return a text with what is marked strongly in brackets."""
    least = MARKS[0][0] * strongest
    signs = np.where(np.abs(marks) >= least, np.sign(marks), 0) if least > 0 else 0 * marks
    parts = []
    for sign, run in groupby(zip(signs.tolist(), text, strict=True), key=itemgetter(0)):
        inside = "".join(one for _, one in run)
        around = {1.0: FOR, -1.0: AGAINST}.get(sign)
        parts.append(f"{around[0]}{inside}{around[1]}" if around else inside)
    return "".join(parts)


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
