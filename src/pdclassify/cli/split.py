"""``split``: a page into its articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pdclassify.cli.options import Inputs, Output, takes_inputs, takes_output, takes_verbose
from pdclassify.cli.output import View
from pdclassify.cli.stream import run
from pdclassify.lines import ARTICLE_COLUMNS, Line, article_line

if TYPE_CHECKING:
    from pdclassify.article import Article


@click.command()
@takes_inputs
@takes_output("table", "jsonl", "csv")
@takes_verbose
def command(inputs: Inputs, output: Output) -> int:
    """Split pages into their articles.

    All places count characters of the page. What belongs to no article follows the articles of its
    page as a line with 'leftover', its text beside its places.
    """

    def work(articles: Sequence[Article]) -> Iterator[Line]:
        return map(article_line, articles)

    def view() -> View:
        from pdclassify.cli.views import Cards, lines_part

        return Cards(lines_part)

    return run(
        inputs, output, work, view=view, columns=(*ARTICLE_COLUMNS, "leftover"), leftover=True
    )
