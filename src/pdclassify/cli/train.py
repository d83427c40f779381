"""``train``: labelled articles into a model of one's own."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from pdclassify.cli.options import Inputs, takes_inputs, takes_verbose
from pdclassify.cli.stream import collect_labelled


@click.command()
@takes_inputs
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The model's folder; a model that is there already is replaced.",
)
@click.option(
    "--label-field",
    metavar="NAME",
    help="The column of the labels. Default: 'topics' (a list), else 'label' (one of many).",
)
@click.option("--name", help="What the model is called. Default: the folder's name.")
@click.option(
    "--operating-point",
    default="f1",
    show_default=True,
    metavar="f1|precision:P",
    help="What thresholds are chosen for: best F1, or at least this precision.",
)
@takes_verbose
@click.pass_context
def command(
    ctx: click.Context,
    inputs: Inputs,
    folder: Path,
    label_field: str | None,
    name: str | None,
    operating_point: str,
) -> int:
    """Learn a model from labelled records.

    With 'topics', a list of names, an article may have several topics or none; with 'label', it has
    exactly one. How good the model is out of fold is printed and written in its MODEL_CARD.md.
    """
    from pdclassify.cli.scores import print_topics
    from pdclassify.topics import bundle
    from pdclassify.topics.card import model_card
    from pdclassify.topics.training import train_articles

    articles, report = collect_labelled(inputs, label_field)
    made = train_articles(
        articles,
        field=label_field,
        name=name or folder.resolve().name,
        operating_point=operating_point,
    )
    model = bundle.save(made, folder, card=model_card(made, command=_command(ctx)))
    click.echo(_told(model.info))
    print_topics(model.info["out_of_fold"]["per_topic"])
    click.echo(f"\nThe model is in {folder}; its card is {folder / bundle.CARD}.")
    return report.finish()


def _command(ctx: click.Context) -> str:
    """Return the command that makes the model again, without options left at their defaults."""
    parts = ["python", "-m", "pdclassify", "train", *ctx.params["paths"]]
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        if isinstance(parameter, click.Option) and value not in (None, False, parameter.default):
            parts += [parameter.opts[-1]] + ([] if parameter.is_flag else [str(value)])
    return shlex.join(parts)


def _told(info: Any) -> str:
    """Return what was learned from and how good it is, in words."""
    found = info["out_of_fold"]
    low, high = found["intervals"]["macro_f1"]
    return "\n".join(
        [
            f"{info['documents']} documents: "
            + ", ".join(f"{topic} {n}" for topic, n in info["documents_by_topic"].items()),
            *info["notes"],
            f"Recipe {info['recipe']}: {info['why']}.",
            f"Out of fold: macro-F1 {found['macro_f1']:.3f} (95 % interval {low:.3f} to"
            f" {high:.3f}), accuracy {found['accuracy']:.3f}.",
        ]
    )
