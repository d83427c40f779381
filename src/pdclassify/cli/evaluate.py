"""``evaluate``: a model against labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pdclassify.cli.options import (
    Inputs,
    Output,
    takes_file,
    takes_inputs,
    takes_model,
    takes_verbose,
)
from pdclassify.cli.output import opened
from pdclassify.cli.stream import collect_labelled, refuse_input
from pdclassify.errors import UsageError
from pdclassify.lines import wrong_line
from pdclassify.topics.names import topic_called

if TYPE_CHECKING:
    from pdclassify.topics.model import TopicModel


def _named(label: str | tuple[str, ...], topics: Sequence[str]) -> str | tuple[str, ...]:
    """Return a label under the names of the model, where it has the topics' Chinese ones."""
    if isinstance(label, str):
        return topic_called(label, topics) or label
    return tuple(topic_called(name, topics) or name for name in label)


@click.command()
@takes_inputs
@takes_model
@click.option(
    "--label-field",
    metavar="NAME",
    help="The column of the labels. Default: 'topics' (a list), else 'label' (one of many).",
)
@takes_file(
    "--errors", "wrong", help="Write the records that the model gets wrong here, as JSON Lines."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
)
@takes_verbose
def command(
    inputs: Inputs, model: TopicModel, label_field: str | None, wrong: Path | None, form: str
) -> int:
    """Compare a model's topics with the labels of records, with 95 % intervals."""
    from pdclassify.topics.evaluation import evaluate
    from pdclassify.topics.labels import arranged, digest_of, labels_of

    errors = None if wrong is None else Output.to(wrong, "jsonl", ())
    if errors is not None:
        refuse_input(errors, inputs.paths)
    articles, report = collect_labelled(inputs, label_field)
    labels = [_named(label, model.topics) for label in labels_of(articles, field=label_field)]
    told = {name for label in labels for name in ([label] if isinstance(label, str) else label)}
    if told and not told & set(model.topics):
        raise UsageError(
            f"Not one label ({', '.join(sorted(told)[:5])}) is a topic of the model {model.name}; it "
            f"knows {', '.join(model.topics)}."
        )
    found = evaluate(model, articles, labels)
    known = digest_of(arranged(articles, labels)) == model.info.get("data_sha256")
    if errors is not None:
        with opened(errors) as lines:
            for article, label, got in zip(articles, labels, model.predict(articles), strict=True):
                expected = (label,) if isinstance(label, str) else label
                if set(expected) != set(got.topics):
                    lines.write(wrong_line(article, expected, got, model))
    if form == "json":
        click.echo(json.dumps({**found.to_dict(), "trained_on": known}, ensure_ascii=False))
    else:
        from pdclassify.cli.scores import print_scores

        print_scores(found, model)
        if known:
            click.echo(
                f"\n{model.name} was trained on these very records: this is what it remembers. How good"
                " it is\non new ones stands in its card ('pdclassify models show DIR')."
            )
    return report.finish()
