"""``analyze``: the main job, all that there is to tell of every article."""

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
from pdclassify.lines import Line, analysis_columns, analysis_line

if TYPE_CHECKING:
    from pdclassify.article import Article
    from pdclassify.topics.model import TopicModel


@click.command()
@takes_inputs
@takes_model
@click.option(
    "--chars",
    type=click.IntRange(1),
    default=180,
    show_default=True,
    help="Characters of a summary, at most.",
)
@click.option(
    "--top",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Keywords of an article, at most.",
)
@takes_output("table", "jsonl", "csv")
@takes_verbose
def command(inputs: Inputs, model: TopicModel, chars: int, top: int, output: Output) -> int:
    """Tell of every article its headline, topics, summary and keywords."""
    from pdclassify.analysis import analyze_articles

    def work(articles: Sequence[Article]) -> Iterator[Line]:
        for analysis in analyze_articles(articles, model=model, chars=chars, top=top):
            yield analysis_line(analysis, model)

    def view() -> View:
        from pdclassify.cli.views import (
            Cards,
            column_part,
            keywords_part,
            summary_part,
            topics_part,
        )

        return Cards(column_part, topics_part, summary_part, keywords_part)

    return run(inputs, output, work, view=view, columns=analysis_columns(model))
