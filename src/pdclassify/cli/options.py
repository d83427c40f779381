"""The options that commands share, each declared once.

A decorator adds its options to a command and hands them over as one object, so that a command's
signature reads ``(inputs, output, …)``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from pdclassify.errors import UsageError

if TYPE_CHECKING:
    from pdclassify.reading.records import Item
    from pdclassify.topics.model import TopicModel

Command = Callable[..., Any]

#: Which format a file's ending means; a pipe or device has none.
_ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", "": "jsonl", ".csv": "csv"}

#: What every command that reads says of it.
_ABOUT_INPUTS = """

    INPUT is a page (.txt, .md), a file of records (.jsonl, .ndjson, .csv, .tsv, .parquet), each
    also .gz, a folder of these, or (but for batch) - for standard input. A record has a column 'text' and perhaps
    'id', 'title', 'kicker', 'subtitle' and 'date'; the options --…-field name others.

    It leaves with 0 if all is done; 1 if some records failed, each of which is told; 2 for wrong
    usage, or if nothing could be read; 130 if it was interrupted.
"""

#: The columns of a record that ``--…-field`` can rename.
FIELDS = ("text", "id", "title", "kicker", "subtitle", "date")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to read, and how."""

    paths: tuple[str, ...]
    whole: bool
    encoding: str | None
    fields: Mapping[str, str]

    def read(self, stdin: BinaryIO | None = None) -> Iterator[Item]:
        """Yield the articles and what went wrong between them, in order."""
        from pdclassify.reading.records import read

        return read(
            self.paths,
            whole=self.whole,
            encoding=self.encoding,
            fields=self.fields,
            stdin=stdin,
        )


@dataclass(frozen=True, slots=True)
class Output:
    """Where the results go, and in which form: ``table``, ``jsonl`` or ``csv``."""

    format: str
    path: Path | None  # None for standard output

    @classmethod
    def to(cls, path: Path | None, form: str | None, formats: Sequence[str]) -> Output:
        """Return what ``-o`` and ``--format`` say; ``-`` is standard output."""
        place = None if path == Path("-") else path
        return cls(form or _form(place, formats), place)


def takes_inputs(function: Command, *, required: bool = True) -> Command:
    """Add INPUT... and the options on how to read it; the command receives ``inputs``."""
    metavar = "INPUT..." if required else "[INPUT...]"

    @click.argument("paths", nargs=-1, required=required, metavar=metavar)
    @click.option(
        "--whole", is_flag=True, help="A .txt, .md or standard input is one article, not a page."
    )
    @click.option("--encoding", metavar="NAME", help="The encoding of all inputs, if not found.")
    @_field_options
    @wraps(function)
    def command(
        *, paths: tuple[str, ...], whole: bool, encoding: str | None, **options: Any
    ) -> Any:
        named = {name: options.pop(f"{name}_field") for name in FIELDS}
        fields = {name: column for name, column in named.items() if column is not None}
        return function(inputs=Inputs(paths, whole, encoding, fields), **options)

    command.__doc__ = (function.__doc__ or "") + _ABOUT_INPUTS
    return command


def _field_options(function: Command) -> Command:
    for name in reversed(FIELDS):
        function = click.option(
            f"--{name}-field",
            metavar="NAME",
            help=f"The column of a record's {name}. Default: {name}.",
        )(function)
    return function


def takes_file(*names: str, help: str) -> Callable[[Command], Command]:
    """Add an option that names a file to write; ``-`` is standard output."""
    return click.option(
        *names,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False, readable=False),
        help=help,
    )


def takes_output(*formats: str) -> Callable[[Command], Command]:
    """Add ``--format`` and ``-o``; the command receives ``output``."""

    def decorate(function: Command) -> Command:
        @click.option(
            "--format",
            "form",
            type=click.Choice(formats),
            help="Default: a table on a terminal, else by the ending of the file, else JSON Lines.",
        )
        @takes_file("-o", "--output", "path", help="Write here; it appears when it is whole.")
        @wraps(function)
        def command(*, form: str | None, path: Path | None, **options: Any) -> Any:
            return function(output=Output.to(path, form, formats), **options)

        return command

    return decorate


def _form(path: Path | None, formats: Sequence[str]) -> str:
    """Return the format where none is named: by the file's ending, or by what will read it."""
    if path is None:
        return "table" if sys.stdout.isatty() else "jsonl"
    form = _ENDINGS.get(path.suffix.lower())
    if form not in formats:
        known = " or ".join(f".{name}" for name in ("jsonl", "csv") if name in formats)
        raise UsageError(
            f"-o {path}: no format of this command has that ending; name it {known}, or say "
            "--format. 'pdclassify batch' writes Parquet."
        )
    return str(form)


def takes_model(function: Command) -> Command:
    """Add ``--model``; the command receives the loaded ``model``."""

    @click.option(
        "--model", "folder", metavar="DIR", help="A model's folder. Default: the shipped model."
    )
    @wraps(function)
    def command(*, folder: str | None, **options: Any) -> Any:
        from pdclassify.topics.bundle import load

        return function(model=load(folder), **options)

    return command


def takes_verbose(function: Command) -> Command:
    """Add ``-v``: log to stderr, and show where an error came from."""
    return click.option(
        "-v",
        "--verbose",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_be_verbose,
        help="Say more on stderr; show tracebacks.",
    )(function)


def _be_verbose(ctx: click.Context, parameter: click.Parameter, verbose: bool) -> None:
    if verbose:
        import logging

        ctx.ensure_object(dict)["verbose"] = True
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("pdclassify: %(message)s"))
        logger = logging.getLogger("pdclassify")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        ctx.call_on_close(lambda: logger.removeHandler(handler))
        ctx.call_on_close(lambda: logger.setLevel(logging.NOTSET))


def thresholds(given: tuple[str, ...], model: TopicModel) -> dict[str, float] | None:
    """Read ``--threshold TOPIC=P``, or None if there is none."""
    found: dict[str, float] = {}
    for text in given:
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not name or not 0 <= value <= 1:
            raise UsageError(
                f"--threshold must be TOPIC=P with P from 0 to 1, style=.6 say. Got {text!r}."
            )
        found[model.topics[model.column(name)]] = value
    if found and not model.multilabel:
        raise UsageError(
            f"--threshold has no effect: the model {model.name} gives every article its most "
            "probable label."
        )
    return found or None
