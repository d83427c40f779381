"""Lines as a person reads them: one view a command.

A view prints one line of the output on a console. Numbers stand in front and text behind them, so
that columns line up whatever width a terminal gives to “ and ….
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text

from pdclassify.cli.layout import fit, in_order, names_of, percent, right, strongest, wrap
from pdclassify.cli.stream import many
from pdclassify.lines import Line

if TYPE_CHECKING:
    from rich.console import Console

#: Wider lines than this are hard to read.
WIDEST = 96

#: A model with more topics than this shows the most probable ones, not a column each.
COLUMNS = 5

#: After the probability of a topic that was given: colours do not go through a pipe.
GIVEN = "*"

REASONS = {
    "too_short": "none: too short to tell",
    "no_known_terms": "none: no known terms",
    "below_threshold": "none",
}


class View:
    """Prints lines; the ones that failed and the name of each new source alike for all."""

    def __init__(self) -> None:
        self._source: str | None = None

    def __call__(self, console: Console, line: Line) -> None:
        """Print one line."""
        if line["source"] != self._source:
            self._new_source(console, line["source"])
        if "error" in line:
            _print(console, Text(f"  ✗ {line['error']}", style="red"))
        elif "leftover" in line:
            self._leftover(console, line)
        else:
            self.show(console, line)

    def show(self, console: Console, line: Line) -> None:
        """Print the line of one article."""
        raise NotImplementedError

    def _new_source(self, console: Console, source: str) -> None:
        if self._source is not None:
            console.print()
        self._source = source
        _print(console, Text(source if source != "-" else "standard input", style="dim"))

    def _leftover(self, console: Console, line: Line) -> None:
        console.print()
        _print(console, Text("  belongs to no article:", style="dim"))
        for passage in line["leftover"]:
            _passage(console, passage)


class TopicTable(View):
    """A row an article: what the topics' probabilities are, and its headline."""

    def __init__(self, topics: Sequence[str]) -> None:
        super().__init__()
        self._topics = tuple(in_order(topics))
        self._names = [fit(name, 12) for name in names_of(self._topics)]

    def _new_source(self, console: Console, source: str) -> None:
        super()._new_source(console, source)
        if len(self._topics) <= COLUMNS:
            heads = "".join(f"  {right(name, 4)}" for name in self._names)
            _print(console, Text(f"{heads}  article", style="bold dim"))

    def show(self, console: Console, line: Line) -> None:
        """Print a row."""
        row = Text()
        if len(self._topics) <= COLUMNS:
            row.append(" ")
            for topic, name in zip(self._topics, self._names, strict=True):
                given = topic in line["topics"]
                cell = right(percent(line["probabilities"][topic]), cell_len(name))
                row.append(f" {cell}{GIVEN if given else ' '}", _style(given))
            row.append(" ")
        else:
            chosen = line["primary"]
            p = max(line["probabilities"].values())
            row.append(f"  {percent(p)}  ").append(f"{chosen or '—'}  ", "bold green")
        row.append(fit(_name(line), max(_width(console) - row.cell_len, 20)))
        if not line["topics"] and line["reason"] != "below_threshold":
            row.append(f"  ({REASONS[line['reason']]})", "dim")
        _print(console, row)


class Cards(View):
    """A headline an article and under it what was found."""

    def __init__(self, *parts: Callable[[Console, Line], None]) -> None:
        super().__init__()
        self._parts = parts

    def show(self, console: Console, line: Line) -> None:
        """Print one article's card."""
        console.print()
        for row in wrap(line.get("kicker") or "", _width(console) - 2):
            _print(console, Text(row, style="dim"))
        for row in wrap(_name(line), _width(console) - 2):
            _print(console, Text(row, style="bold"))
        for part in self._parts:
            part(console, line)


def topics_part(console: Console, line: Line) -> None:
    """Print the topics, those that were given with a mark and in green, and why there is none."""
    row = Text("  ")
    shares = line["probabilities"]
    shown = in_order(shares) if len(shares) <= COLUMNS else strongest(shares, COLUMNS)
    for topic in shown:
        probability, given = shares[topic], topic in line["topics"]
        mark = GIVEN if given else " "
        row.append(f"{names_of([topic])[0]} {percent(probability).strip()}{mark}", _style(given))
        row.append("  ")
    if not line["topics"]:
        row.append(f"({REASONS[line['reason']]})", "dim")
    row.rstrip()
    _print(console, row)


def summary_part(console: Console, line: Line) -> None:
    """Print the summary as a paragraph."""
    cut = any(sentence["cut"] for sentence in line["sentences"])
    for row in wrap(line["summary"] + "…" * cut, _width(console) - 2):
        _print(console, Text(f"  {row}"))


def digest_view(console: Console, line: Line) -> None:
    """Print a digest: under each headline what its article gives."""
    last = None
    for sentence in line["sentences"]:
        if sentence["article"] != last:
            last = sentence["article"]
            if last != line["sentences"][0]["article"]:
                console.print()
            for row in wrap(_name(sentence), _width(console) - 2):
                _print(console, Text(row, style="bold"))
        for row in wrap(sentence["text"], _width(console) - 2):
            _print(console, Text(f"  {row}"))


def keywords_part(console: Console, line: Line) -> None:
    """Print the keywords in one paragraph, the best first."""
    terms = " · ".join(keyword["term"] for keyword in line["keywords"])
    for row in wrap_words(terms, _width(console) - 2):
        _print(console, Text(f"  {row}", style="cyan"))


def lines_part(console: Console, line: Line) -> None:
    """Print what stands around an article on its page."""
    around = [line["column"], line["subtitle"], line["byline"]]
    for text in filter(None, around):
        _print(console, Text(f"  {fit(text, _width(console) - 2)}"))
    told = [f"characters {line['start']}-{line['end']}"]
    if line["paragraphs"]:  # of a record they are not looked for
        told.append(many(len(line["paragraphs"]), "paragraph"))
    if line["title_displaced"]:
        told.append(f"headline printed at {line['title_start']}")
    if line["captions"]:
        told.append(f"{many(len(line['captions']), 'caption')}:")
    _print(console, Text(f"  {', '.join(told)}", style="dim"))
    for passage in line["captions"]:
        _passage(console, passage)


def _passage(console: Console, passage: Line) -> None:
    """Print where something stands, and what, as far as it fits on a row."""
    place = f"    {passage['start']}-{passage['end']}  "
    _print(console, Text(place + fit(passage["text"], _width(console) - len(place)), style="dim"))


def column_part(console: Console, line: Line) -> None:
    """Print the column and the byline below a headline."""
    around = [line["column"], line["byline"]]
    told = " · ".join(" ".join(text.split()) for text in around if text)
    if told:
        _print(console, Text(f"  {fit(told, _width(console) - 2)}", style="dim"))


def wrap_words(text: str, width: int) -> list[str]:
    """Break at the dots between keywords, never inside one."""
    rows: list[str] = []
    for word in text.split(" · "):
        if rows and cell_len(rows[-1]) + cell_len(word) + 3 <= width:
            rows[-1] += f" · {word}"
        else:
            rows.append(word)
    return rows


def _style(given: bool) -> str:
    return "bold green" if given else "dim"


def _name(line: Line) -> str:
    """Return what an article is called: its headline, else its id."""
    return line["title"] or f"({line['id']})"


def _width(console: Console) -> int:
    return min(console.width, WIDEST)


def _print(console: Console, text: Text | Any) -> None:
    """Print one row as it is; it was made to fit."""
    console.print(text, soft_wrap=True)
