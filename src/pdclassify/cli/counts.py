"""Shows what stands in an output of ``batch``: tables for the terminal, and a plot."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from rich.table import Table

from pdclassify.batch.describe import NONE, Counts, check_plot, count, draw
from pdclassify.cli.console import Console
from pdclassify.cli.stream import say
from pdclassify.errors import unwritable
from pdclassify.reading.places import is_remote
from pdclassify.topics.names import CHINESE

#: Rows of a table; of more publishers than these the rest are summed up.
MOST = 20


def show(out: str, plot: Path | None) -> None:
    """Print the counts of a finished output, and draw them."""
    if plot is not None:
        check_plot(plot)  # before an archive is counted
    counts = count(out)
    console = Console()
    topics = [topic for topic, _ in counts.topics.most_common()]
    table = Table(title=f"{counts.articles:,} articles, {counts.errors:,} errors")
    table.add_column("topic")
    table.add_column("articles", justify="right")
    table.add_column("share", justify="right")
    for topic in topics:
        number = counts.topics[topic]
        table.add_row(_called(topic), f"{number:,}", f"{number / counts.articles:.1%}")
    console.print(table)
    for name in counts.by:
        console.print(_division(counts, name, topics))
    if plot is None and is_remote(out):
        say("no plot: name a file on this machine for it by --plot")
        return
    if plot is None and find_spec("matplotlib") is None:
        say("no plot: it needs Matplotlib, pip install 'pdclassify[plot]'")
        return
    path = plot or Path(out, "describe.svg")
    try:
        draw(counts, path, _names(topics))
    except OSError as error:
        raise unwritable(path, error) from error
    console.print(f"plot: {path}")


def _division(counts: Counts, name: str, topics: list[str]) -> Table:
    """Return the table by year or by publisher."""
    table = Table(title=f"by {name}")
    numbered = name != "year"  # a plot without Chinese letters names the rows so
    if numbered:
        table.add_column("row", justify="right")
    table.add_column(name, overflow="fold")
    table.add_column("articles", justify="right")
    for topic in topics:
        table.add_column(CHINESE.get(topic, topic), justify="right")
    groups = counts.by[name]
    listed = list(groups) if name == "year" else list(groups)[:MOST]
    for number, value in enumerate(listed, 1):
        row = groups[value]
        cells = (value or "?", *(f"{row[key]:,}" for key in ("articles", *topics)))
        table.add_row(*([str(number)] if numbered else []), *cells)
    rest = [groups[value] for value in groups if value not in set(listed)]
    if rest:
        sums = (sum(row[key] for row in rest) for key in ("articles", *topics))
        cells = (f"{len(rest)} others", *(f"{number:,}" for number in sums))
        table.add_row(*([""] if numbered else []), *cells)
    return table


def _called(topic: str) -> str:
    chinese = CHINESE.get(topic)
    return f"{chinese} {topic}" if chinese else topic


def _names(topics: list[str]) -> dict[str, str]:
    return {topic: _called(topic) for topic in topics if topic != NONE}
