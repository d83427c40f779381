"""``models``: what models there are, what they are, and whether they are whole."""

from __future__ import annotations

from pathlib import Path

import click

from pdclassify.cli.options import takes_verbose
from pdclassify.errors import ModelFileError

_FOLDER = click.argument("folder", metavar="DIR|NAME")


def _place(folder: str) -> Path:
    """Return the folder of a model that comes along, if it is named as ``list`` names it."""
    from pdclassify.topics import bundle

    if Path(folder).exists():
        return Path(folder)
    return next((one for one in bundle.shipped() if one.name == folder), Path(folder))


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List, show and verify models."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@command.command("list")
@takes_verbose
def list_models() -> None:
    """List the models that come with pdclassify."""
    from pdclassify.topics import bundle

    for folder in bundle.shipped():
        model = bundle.load(folder)
        kind = "several topics or none" if model.multilabel else "exactly one label"
        size = sum(member.stat().st_size for member in folder.iterdir()) / 2**20
        click.echo(f"{model.name}  {folder}")
        click.echo(f"  {', '.join(model.topics)} ({kind}); {size:.1f} MiB; {model.digest}")


@command.command()
@_FOLDER
@takes_verbose
def show(folder: str) -> None:
    """Print a model's card: what it learned from, how good it is, its limits."""
    from pdclassify.topics import bundle

    model = bundle.load(_place(folder))
    card = _place(folder) / bundle.CARD
    if not card.is_file():
        raise ModelFileError(
            f"{card}: the model {model.name} ({', '.join(model.topics)}) has no card; "
            "'pdclassify train' writes one."
        )
    click.echo(card.read_text(encoding="utf-8"), nl=False)


@command.command()
@_FOLDER
@takes_verbose
def verify(folder: str) -> None:
    """Check every file of a model against its digest, and say what was checked."""
    from pdclassify.topics import bundle

    for line in bundle.verify(_place(folder)):
        click.echo(line)
