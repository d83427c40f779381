"""``predict``: the topics of every article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pdclassify.cli.options import (
    Inputs,
    Output,
    takes_inputs,
    takes_model,
    takes_output,
    takes_verbose,
    thresholds,
)
from pdclassify.cli.output import View
from pdclassify.cli.stream import run
from pdclassify.lines import Line, topic_columns, topic_line

if TYPE_CHECKING:
    from pdclassify.article import Article
    from pdclassify.topics.model import TopicModel


@click.command()
@takes_inputs
@takes_model
@click.option(
    "--threshold",
    "least",
    multiple=True,
    metavar="TOPIC=P",
    help="Give the topic from this probability on; may be repeated.",
)
@takes_output("table", "jsonl", "csv")
@takes_verbose
def command(inputs: Inputs, model: TopicModel, least: tuple[str, ...], output: Output) -> int:
    """Tell the topics of every article, with probabilities.

    An article may have several topics or none; where it has none, 'reason' says why. In a table, a
    star stands after the probability of each topic that was given.
    """
    chosen = thresholds(least, model)

    def work(articles: Sequence[Article]) -> Iterator[Line]:
        predictions = model.predict(articles, thresholds=chosen)
        for article, prediction in zip(articles, predictions, strict=True):
            yield topic_line(article, prediction, model)

    def view() -> View:
        from pdclassify.cli.views import TopicTable

        return TopicTable(model.topics)

    return run(inputs, output, work, view=view, columns=topic_columns(model))
