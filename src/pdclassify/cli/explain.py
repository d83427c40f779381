"""``explain``: why topics were given or refused."""

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
)
from pdclassify.cli.output import View
from pdclassify.cli.stream import run
from pdclassify.lines import Line, explanation_line

if TYPE_CHECKING:
    from pdclassify.article import Article
    from pdclassify.results import TopicPrediction
    from pdclassify.topics.model import TopicModel


@click.command()
@takes_inputs
@takes_model
@click.option("--topic", "named", multiple=True, metavar="TOPIC", help="Only this; repeatable.")
@takes_output("table", "jsonl")
@takes_verbose
def command(inputs: Inputs, model: TopicModel, named: tuple[str, ...], output: Output) -> int:
    """Show the terms that spoke for and against each topic, and where they stand.

    A table marks them in the text, and shows the topics that were given, or the most probable one
    where none was; JSON Lines hold every topic.
    """
    wanted = [model.topics[model.column(name)] for name in named]
    table = output.format == "table"

    def chosen(prediction: TopicPrediction) -> Sequence[str]:
        if wanted or not table:
            return wanted or model.topics
        shares = prediction.probabilities
        return prediction.topics or [max(shares, key=shares.__getitem__)]

    def work(articles: Sequence[Article]) -> Iterator[Line]:
        for article, prediction in zip(articles, model.predict(articles), strict=True):
            found = {topic: model.explain(article, topic) for topic in chosen(prediction)}
            line = explanation_line(article, prediction, found)
            if table:
                line |= {"article": article, "thresholds": model.thresholds}
            yield line

    def view() -> View:
        from pdclassify.cli.marking import Marked

        return Marked()

    return run(inputs, output, work, view=view)
