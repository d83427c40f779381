"""``keywords``: the phrases that say what an article is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pdclassify.cli.options import Inputs, Output, takes_inputs, takes_output, takes_verbose
from pdclassify.cli.output import View
from pdclassify.cli.stream import run
from pdclassify.lines import KEYWORD_COLUMNS, Line, keyword_line

if TYPE_CHECKING:
    from pdclassify.article import Article


@click.command()
@takes_inputs
@click.option(
    "--top", type=click.IntRange(1), default=10, show_default=True, help="How many at most."
)
@takes_output("table", "jsonl", "csv")
@takes_verbose
def command(inputs: Inputs, top: int, output: Output) -> int:
    """Find the keywords of every article, the best first."""
    from pdclassify.summary.keywords import keywords

    def work(articles: Sequence[Article]) -> Iterator[Line]:
        for article in articles:
            yield keyword_line(article, keywords(article, top=top))

    def view() -> View:
        from pdclassify.cli.views import Cards, keywords_part

        return Cards(keywords_part)

    return run(inputs, output, work, view=view, columns=KEYWORD_COLUMNS)
