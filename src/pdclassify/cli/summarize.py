"""``summarize``: the sentences that an editor would print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from pdclassify.cli.options import (
    Inputs,
    Output,
    takes_inputs,
    takes_output,
    takes_verbose,
)
from pdclassify.cli.output import View, opened
from pdclassify.cli.stream import collect, many, refuse_input, run, say
from pdclassify.errors import UsageError
from pdclassify.lines import DIGEST_COLUMNS, SUMMARY_COLUMNS, Line, digest_line, summary_line

if TYPE_CHECKING:
    from pdclassify.article import Article
    from pdclassify.topics.model import TopicModel


@click.command()
@takes_inputs
@click.option("--sentences", type=click.IntRange(1), help="This many sentences.")
@click.option(
    "--chars",
    type=click.IntRange(1),
    help="At most this many characters; 180 if nothing is said, 500 for a digest.",
)
@click.option(
    "--ratio",
    type=click.FloatRange(0, 1, min_open=True),
    help="This share of the article's characters.",
)
@click.option(
    "--focus", metavar="TOPIC|WORDS", help="What the article says on a topic or on some words."
)
@click.option(
    "--model", "folder", metavar="DIR", help="Whose topic the focus is. Default: the shipped model."
)
@click.option(
    "--method",
    type=click.Choice(["textrank", "lead"]),
    default="textrank",
    show_default=True,
    help="How sentences are ranked; lead takes the first ones.",
)
@click.option("--digest", is_flag=True, help="One summary of all articles, nothing said twice.")
@takes_output("table", "jsonl", "csv")
@takes_verbose
def command(
    inputs: Inputs,
    sentences: int | None,
    chars: int | None,
    ratio: float | None,
    focus: str | None,
    folder: str | None,
    method: str,
    digest: bool,
    output: Output,
) -> int:
    """Summarize every article in its own sentences, or all of them in a digest.

    The length is one of --sentences, --chars (a hard limit) and --ratio.
    """
    from pdclassify.summary.textrank import summarize

    given = {"sentences": sentences, "chars": chars, "ratio": ratio}
    if digest:
        if method == "lead":
            raise UsageError("--method lead has no effect with --digest; leave one of them out.")
        return _digest(inputs, output, focus, folder, given)
    budget = one_budget(given, default={"chars": 180})
    if focus is not None and method == "lead":
        raise UsageError("--focus has no effect with --method lead, which takes the first ones.")
    about, model = _focus(focus, folder)

    done = unfocused = 0

    def work(articles: Sequence[Article]) -> Iterator[Line]:
        nonlocal done, unfocused
        for article in articles:
            found = summarize(article, focus=about, model=model, method=method, **budget)
            done += 1
            unfocused += found.unfocused
            yield summary_line(article, found)

    def view() -> View:
        from pdclassify.cli.views import Cards, summary_part

        return Cards(summary_part)

    code = run(inputs, output, work, view=view, columns=SUMMARY_COLUMNS)
    if unfocused:
        _warn(focus, f"{unfocused:,} of {many(done, 'article')}")
    return code


def _digest(
    inputs: Inputs,
    output: Output,
    focus: str | None,
    folder: str | None,
    given: dict[str, float | None],
) -> int:
    """Write one line for all articles together."""
    from pdclassify.summary.digest import digest

    budget = one_budget(given, default={})
    about, model = _focus(focus, folder)

    def view() -> View:
        from pdclassify.cli.views import digest_view

        return digest_view

    refuse_input(output, inputs.paths)
    articles, report = collect(inputs)
    found = digest(articles, focus=about, model=model, **budget)
    with opened(output, columns=DIGEST_COLUMNS, view=view) as writer:
        writer.write(digest_line(found, len(articles)))
    if found.unfocused:
        _warn(focus, many(len(articles), "article"))
    return report.finish()


def one_budget(given: Mapping[str, float | None], default: Mapping[str, Any]) -> dict[str, Any]:
    """Return the one budget that was given, or the default."""
    budget = {name: value for name, value in given.items() if value is not None}
    if len(budget) > 1:
        named = " and ".join(f"--{name}" for name in budget)
        raise UsageError(f"Give one of --sentences, --chars and --ratio. Got {named}.")
    return budget or dict(default)


def _warn(focus: str | None, where: str) -> None:
    """Say that a focus changed nothing."""
    say(f"--focus {focus}: not one sentence on it in {where}, summarized as without it.")


def _focus(focus: str | None, folder: str | None) -> tuple[str | None, TopicModel | None]:
    """Return what the summaries shall be about, and the model where that is a topic."""
    from pdclassify.summary.focus import topic_of
    from pdclassify.topics.bundle import load

    model = topic_of(focus, load(folder) if folder is not None else None) if focus else None
    if folder is not None and model is None:
        raise UsageError("--model has no effect: --focus does not name one of its topics.")
    return focus, model
