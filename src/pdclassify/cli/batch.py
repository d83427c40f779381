"""``batch``: an archive of any size, by all cores or a cluster, stopped and resumed at will."""

from __future__ import annotations

import json
import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pdclassify.cli.options import Inputs, takes_inputs, takes_verbose, thresholds
from pdclassify.cli.stream import many, say, some
from pdclassify.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pdclassify.batch import Progress, Report

#: Seconds between two lines of progress where there is no terminal.
EVERY = 60

logger = logging.getLogger("pdclassify")


@click.command()
@partial(takes_inputs, required=False)
@click.option(
    "-o", "--output", "out", metavar="OUT", help="The folder for the results; new, or empty."
)
@click.option(
    "--task",
    type=click.Choice(["predict", "summarize", "keywords", "analyze"]),
    help="What to do with every article; predict if nothing is said.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "jsonl"]),
    help="Default: parquet if all inputs are, else jsonl.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=-1),
    help="Processes. Default: all cores for large inputs, one for small ones.",
)
@click.option("--resume", is_flag=True, help="Go on with what a stopped run left in OUT.")
@click.option("--max-errors", type=click.IntRange(0), help="Stop when there are more than these.")
@click.option("--model", metavar="DIR", help="A model's folder. Default: the shipped model.")
@click.option(
    "--threshold",
    "least",
    multiple=True,
    metavar="TOPIC=P",
    help="Give the topic from this probability on; may be repeated.",
)
@click.option("--sentences", type=click.IntRange(1), help="Summaries of this many sentences.")
@click.option("--chars", type=click.IntRange(1), help="Summaries of at most this many characters.")
@click.option("--ratio", type=float, help="Summaries of this share of the text, 0 to 1.")
@click.option("--top", type=click.IntRange(1), help="At most this many keywords.")
@click.option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    help="Who works: processes on this machine, or a Dask cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of Dask's scheduler, tcp://host:8786 say.")
@click.option(
    "--describe", is_flag=True, help="INPUT is an OUT: count its topics, as tables and a plot."
)
@click.option(
    "--plot", metavar="FILE", help="Where --describe draws (.svg, .png). Default: OUT/describe.svg."
)
@takes_verbose
def command(
    inputs: Inputs,
    out: str | None,
    describe: bool,
    plot: str | None,
    resume: bool,
    task: str | None,
    form: str | None,
    engine: str | None,
    **options: Any,
) -> int:
    """Work through an archive of any size, shard by shard, into the folder OUT.

    Results stand beside the columns of the input, in files that appear when they are whole. A run
    that was stopped, by whatever means, goes on by --resume -o OUT.
    """
    given = {name: value for name, value in options.items() if value not in (None, ())}
    if describe:
        others = {"output": out, "resume": resume, "task": task, "format": form, "engine": engine}
        used = [*given, *(name for name, value in others.items() if value)]
        return _describe(inputs, plot, used)
    if plot is not None:
        raise UsageError("--plot has no effect without --describe.")
    if out is None:
        raise UsageError("The results need a folder: name one with -o OUT.")
    from pdclassify.batch import run

    if "least" in given:
        given["thresholds"] = _thresholds(given.pop("least"), given.get("model"))
    try:
        with _ended_by(signal.SIGTERM), _shown() as progress:
            report = run(
                inputs.paths,
                out,
                task=task,
                format=form,
                engine=engine or "local",
                resume=resume,
                whole=inputs.whole,
                encoding=inputs.encoding,
                fields=inputs.fields or None,
                progress=progress,
                **given,
            )
    except (KeyboardInterrupt, SystemExit) as stopped:
        say(
            f"stopped; what is finished stands in {out}: go on by: pdclassify batch --resume -o {out}"
        )
        return 128 + (signal.SIGTERM if isinstance(stopped, SystemExit) else signal.SIGINT)
    _tell(report, out, options["max_errors"])
    return report.exit_code


@contextmanager
def _ended_by(number: signal.Signals) -> Iterator[None]:
    """Let a signal that would end us on the spot end us as Control-C does, workers and all."""

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough
        raise SystemExit(128 + number)

    before = signal.signal(number, end)
    try:
        yield
    finally:
        signal.signal(number, before)


def _thresholds(least: tuple[str, ...], folder: str | None) -> dict[str, float] | None:
    """Read ``--threshold``, which needs the model's topics."""
    from pdclassify.topics.bundle import load

    return thresholds(least, load(folder))


def _describe(inputs: Inputs, plot: str | None, used: list[str]) -> int:
    if used:
        raise UsageError(f"--{used[0].replace('_', '-')} has no effect with --describe.")
    if len(inputs.paths) != 1 or inputs.fields or inputs.whole or inputs.encoding:
        raise UsageError("--describe takes one folder that batch has written, and nothing else.")
    from pdclassify.cli.counts import show

    show(inputs.paths[0], Path(plot) if plot else None)
    return 0


def _tell(report: Report, out: str, most: int | None) -> None:
    """Say what a user must know, and what came of it if anybody is looking."""
    if report.already:
        if sys.stderr.isatty():
            say(f"{out}: was finished before; nothing is left to do.")
        return
    if report.skipped:
        what = many(len(report.skipped), "file")
        say(f"skipped {what} of a kind that is not read: {some(report.skipped)}")
    if report.empty:
        say(f"not one article in {some(report.empty_files, report.empty)}")
    if report.duplicates:
        names = ", ".join(report.duplicate_ids)
        more = " …" if report.duplicates > len(report.duplicate_ids) else ""
        has = many(report.duplicates, "record has", "records have")
        say(f"{has} the id of an earlier one: {names}{more}")
    if report.errors:
        from pdclassify.batch.folder import ERRORS

        errors = f"{out.rstrip('/')}/{ERRORS}"
        say(_first_error(errors))
        say(f"{many(report.errors, 'error')}; each is told in {errors}")
    if not report.finished:
        say(
            f"stopped, since there were more than {most} errors; "
            f"{many(report.shards, 'shard is', 'shards are')} finished: go on by --resume with "
            "more --max-errors."
        )
    articles, shards = many(report.records, "article"), many(report.shards, "shard")
    done = f"{articles} in {shards}, {many(report.errors, 'error')}"
    logger.info(done)
    if report.leftover:
        logger.info("%d stretches on pages belong to no article", report.leftover)
    if sys.stderr.isatty() and not logger.isEnabledFor(logging.INFO):
        say(done)


def _first_error(errors: str) -> str:
    """Return the first error of a run: often the others are of its kind."""
    from pdclassify.reading.places import open_file

    with open_file(errors) as stream:
        error = json.loads(stream.readline())
    place = "" if error["position"] == "file" else f"{error['position']}: "
    return f"{error['file']}: {place}{error['reason']}"


@contextmanager
def _shown() -> Iterator[Callable[[Progress], None]]:
    """Yield what shows the progress: a bar on a terminal, else a line a minute with ``-v``."""
    if sys.stderr.isatty():
        with _bar() as bar:
            yield bar
        return
    began = last = time.monotonic()

    def update(now: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            logger.info(_in_words(now, last - began))

    yield update


def _in_words(now: Progress, seconds: float) -> str:
    """Return a line of progress."""
    rate = (now.records - now.earlier) / max(seconds, 1e-3)
    share = min(1.0, now.bytes_done / max(now.bytes_total, 1))
    left = seconds * (1 - share) / share if share else 0.0
    minutes = round(left / 60)
    rest = f"about {many(minutes, 'minute')}" if minutes else "less than a minute"
    return (
        f"{many(now.records, 'article')}, {rate:,.0f} a second, {share:.0%} done, {rest} left, "
        f"{many(now.errors, 'error')}"
    )


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    began = time.monotonic()
    columns = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[done]:,} articles"),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
        TextColumn("left, {task.fields[errors]:,} errors"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("batch", total=None, done=0, rate=0.0, errors=0)

        def update(now: Progress) -> None:
            rate = (now.records - now.earlier) / max(time.monotonic() - began, 1e-3)
            bar.update(
                task,
                total=now.bytes_total,
                completed=now.bytes_done,
                done=now.records,
                rate=rate,
                errors=now.errors,
            )

        yield update
