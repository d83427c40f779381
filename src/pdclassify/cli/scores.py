"""An evaluation as tables that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from pdclassify.cli.console import Console
from pdclassify.topics.names import CHINESE

if TYPE_CHECKING:
    from pdclassify.topics.evaluation import Evaluation
    from pdclassify.topics.model import TopicModel

_FIGURES = ("precision", "recall", "f1", "average_precision")


def print_scores(found: Evaluation, model: TopicModel) -> None:
    """Print the figures, most telling first."""
    console = Console()
    console.print(f"{model.name} on {found.n:,} records", style="bold")
    for name, value in (
        ("accuracy", found.accuracy),
        ("macro_f1", found.macro_f1),
        ("micro_f1", found.micro_f1),
        ("ece", found.ece),
    ):
        low, high = found.intervals.get(name, (None, None))
        interval = "" if low is None else f"  95 % interval {low:.3f} to {high:.3f}"
        console.print(f"  {name:<9} {value:.3f}{interval}")
    print_topics(found.per_topic)
    _reliability(console, found.reliability)
    if len(found.confusion) <= 12:
        _confusion(console, found.confusion)
    for title, groups in (("length", found.by_length), ("publisher", found.by_publisher)):
        if groups:
            _groups(console, title, groups)


def _name(topic: str) -> str:
    return CHINESE.get(topic, topic)


def _table(columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold dim")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    return table


def print_topics(per_topic: Mapping[str, Mapping[str, float]]) -> None:
    """Print the figures of each topic."""
    console = Console()
    table = _table(["topic", "precision", "recall", "F1", "average precision", "records"])
    for topic, row in per_topic.items():
        figures = (f"{row[name]:.3f}" for name in _FIGURES)
        table.add_row(_name(topic), *figures, f"{int(row['support']):,}")
    console.print()
    console.print(table)


def _reliability(
    console: Console, reliability: Mapping[str, Sequence[Mapping[str, float]]]
) -> None:
    table = _table(["said", *(f"true: {_name(topic)}" for topic in reliability)])
    bins = {
        topic: {min(int(row["probability"] * 10), 9): row for row in rows}
        for topic, rows in reliability.items()
    }
    for place in range(10):
        cells = (
            f"{found[place]['share']:.0%} of {int(found[place]['n']):,}" if place in found else "-"
            for found in bins.values()
        )
        table.add_row(f"{place * 10} to {place * 10 + 10} %", *cells)
    console.print()
    console.print(table)


def _confusion(console: Console, confusion: Mapping[str, Mapping[str, int]]) -> None:
    names = list(dict.fromkeys([*confusion, *(name for row in confusion.values() for name in row)]))
    names.sort(key="none".__eq__)  # at the end
    table = _table(["labelled \\ predicted", *map(_name, names)])
    for true, row in confusion.items():
        table.add_row(_name(true), *(f"{row.get(name, 0):,}" for name in names))
    console.print()
    console.print(table)


def _groups(console: Console, title: str, groups: Mapping[str, Mapping[str, float]]) -> None:
    table = _table([title, "macro-F1", "records"])
    for group, row in groups.items():
        table.add_row(group, f"{row['macro_f1']:.3f}", f"{int(row['n']):,}")
    console.print()
    console.print(table)
