"""Inputs -> a command's work -> outputs: one record in, one line out, in bounded memory."""

from __future__ import annotations

import io
import os
import re
import select
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from pdclassify.cli.output import View, Writer, opened
from pdclassify.errors import UsageError
from pdclassify.lines import Line, error_line, leftover_line

if TYPE_CHECKING:
    from pdclassify.article import Article
    from pdclassify.cli.options import Inputs, Output
    from pdclassify.reading.records import Item, RecordError, Skipped

Work = Callable[[Sequence["Article"]], Iterable[Line]]

#: Articles that are worked on together: enough for the classifier's speed, few for memory.
CHUNK = 64

#: How the library speaks of its parameters, and what they are called here.
_OPTIONS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b\w+=(?:…|\{'\w+': …\}) \((--[\w-]+)\)"), r"\1"),
    (re.compile(r"The 'fields' parameter has"), "--text-field and the like have"),
    (re.compile(r"The 'inputs\[\d+\]' parameter"), "INPUT"),
    (re.compile(r"The 'thresholds' parameter"), "--threshold"),
    (re.compile(r"The '(\w+)' parameter"), lambda found: f"--{found[1].replace('_', '-')}"),
)

#: How many failures and skipped files are named one by one; the rest are counted.
NAMED = 20


def run(
    inputs: Inputs,
    output: Output,
    work: Work,
    *,
    view: Callable[[], View],
    columns: Sequence[str] = (),
    leftover: bool = False,
) -> int:
    """Write one line for every article and every failure, in order; return the exit code.

    Parameters
    ----------
    inputs : Inputs
    output : Output
    work : callable
        Articles to as many lines, in the same order.
    view : callable
        Makes what prints a line in a table; called only for a table.
    columns : sequence of str
        Of a CSV file.
    leftover : bool
        Whether what belongs to no article gets a line too.
    """
    refuse_input(output, inputs.paths)
    shown = output.format == "table" and output.path is None and sys.stdout.isatty()
    with opened(output, columns=columns, view=view) as writer:
        report = Report(inputs.paths, shown=shown)
        return Run(writer, work, report, leftover=leftover).through(inputs)


def refuse_input(output: Output, inputs: Sequence[str]) -> None:
    """Raise ``UsageError`` if the output would replace one of the inputs."""
    for name in inputs:
        if output.path is not None and _is_file_of(output.path, name):
            raise UsageError(f"{output.path}: would replace the input; name another file.")


def _is_file_of(path: Path, name: str) -> bool:
    """Tell whether a path is the file that an input is read from."""
    try:
        read = os.fstat(sys.stdin.fileno()) if name == "-" else Path(name).stat()
        return path.is_file() and os.path.samestat(path.stat(), read)
    except (OSError, ValueError):  # there is none, or it has no number
        return False


def collect(inputs: Inputs) -> tuple[list[Article], Report]:
    """Read all articles at once; what failed is said, and counts in the report's exit code."""
    from pdclassify.article import Article
    from pdclassify.reading.records import RecordError, Skipped

    articles: list[Article] = []
    report = Report(inputs.paths)
    for item in inputs.read():
        if isinstance(item, Article):
            report.done += 1
            articles.append(item)
        elif isinstance(item, RecordError):
            report.failed(item)
        elif isinstance(item, Skipped):
            report.skipped(item)
    return articles, report


def collect_labelled(inputs: Inputs, field: str | None) -> tuple[list[Article], Report]:
    """Read all records that have labels; one without counts as one that failed."""
    from pdclassify.reading.records import RecordError
    from pdclassify.topics.labels import unlabelled

    articles, report = collect(inputs)
    if not articles:
        report.finish()
        raise click.exceptions.Exit(2)
    without = unlabelled(articles, field=field)
    for article, said in without:
        report.failed(RecordError(article.id, article.source, article.index, said))
    gone = {id(article) for article, _ in without}
    return [article for article in articles if id(article) not in gone], report


class Run:
    """One pass over the inputs; counts what failed and what was skipped."""

    def __init__(self, writer: Writer, work: Work, report: Report, *, leftover: bool) -> None:
        self._writer = writer
        self._work = work
        self._report = report
        self._leftover = leftover
        self._pending: list[Item] = []

    def through(self, inputs: Inputs) -> int:
        """Read all inputs and return the exit code."""
        from pdclassify.reading.records import Skipped

        stdin = waiting_stdin(self._work_off) if "-" in inputs.paths else None
        for item in inputs.read(stdin):
            if isinstance(item, Skipped):
                self._report.skipped(item)
                continue
            self._pending.append(item)
            if len(self._pending) >= CHUNK:
                self._work_off()
        self._work_off()
        return self._report.finish()

    def _work_off(self) -> None:
        """Write the lines of all that was read so far."""
        from pdclassify.article import Article
        from pdclassify.reading.records import Leftover, RecordError

        pending, self._pending = self._pending, []
        lines = iter(self._work([item for item in pending if isinstance(item, Article)]))
        for item in pending:
            if isinstance(item, RecordError):
                self._report.failed(item)
                self._writer.write(error_line(item.id, item.source, in_options(item.error)))
            elif isinstance(item, Leftover):
                if self._leftover:
                    self._writer.write(leftover_line(item.source, item.spans))
            else:
                self._report.done += 1
                self._writer.write(next(lines))
        if pending:
            self._writer.flush()


class Report:
    """What is said on stderr about inputs that failed, were passed over, or are read twice.

    Parameters
    ----------
    paths : sequence of str
    shown : bool
        Whether failures stand in the output where stderr would say them, too: on the terminal.
    """

    def __init__(self, paths: Sequence[str], *, shown: bool = False) -> None:
        self._named = 0 if shown and sys.stderr.isatty() else NAMED
        for path in islice(_read_twice(paths), NAMED):
            mention(f"{path}: is read twice, so that its ids are not unique; name it once.")
        self.done = 0
        self._failed = 0
        self._unreadable = 0
        self._skipped: list[str] = []
        self._empty: list[str] = []

    def failed(self, error: RecordError) -> None:
        """Count a failure, and name it unless too many were named."""
        self._failed += 1
        self._unreadable += error.whole_file
        if self._failed <= self._named:
            say(error.error)

    def skipped(self, item: Skipped) -> None:
        """Note a file that gave no article."""
        (self._empty if item.reason == "empty" else self._skipped).append(item.source)

    def finish(self) -> int:
        """Say what was not said yet and return the exit code; leave if nothing could be read."""
        if self._failed > self._named > 0:
            say(f"{many(self._failed - NAMED, 'more record')} failed.")
        if self._skipped:
            what = many(len(self._skipped), "file")
            say(f"skipped {what} of a kind that is not read: {some(self._skipped)}")
        if self._empty:
            say(f"not one article in {some(self._empty)}")
        if not self._failed:
            if not self.done and not self._empty:
                say("not one article in the input")
            return 0
        if not self.done and self._failed == self._unreadable:
            raise click.exceptions.Exit(2)  # past the output, which so gets no name
        return 1


def some(names: Sequence[str], number: int | None = None) -> str:
    """Return names in a row, those beyond `NAMED` as a number; ``names`` may be the first only."""
    rest = (number or len(names)) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _read_twice(paths: Sequence[str]) -> Iterator[str]:
    """Yield the inputs that stand among the others already, or in a folder that does."""
    places = {path: Path(path).absolute() for path in paths if path != "-" and "://" not in path}
    seen: set[Path] = set()
    for path in paths:
        if path in places and places[path] in seen:
            yield path
        elif path in places:
            seen.add(places[path])
    for path, place in places.items():
        if not seen.isdisjoint(place.parents):
            yield path


def mention(message: str) -> None:
    """Say what is no failure, if anybody is looking: on a terminal, or with ``-v``."""
    import logging

    logger = logging.getLogger("pdclassify")
    if sys.stderr.isatty() and not logger.isEnabledFor(logging.INFO):
        say(message)
    else:
        logger.info(message)


def say(message: str) -> None:
    """Print one line on stderr."""
    click.echo(f"pdclassify: {' '.join(in_options(message).split())}", err=True)


def in_options(message: str) -> str:
    """Return a message of the library with the options in the place of its parameters."""
    for pattern, option in _OPTIONS:
        message = pattern.sub(option, message)
    return message


def many(number: int, one: str, several: str | None = None) -> str:
    """Return a number of things, in the singular where there is one."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def waiting_stdin(before_waiting: Callable[[], None]) -> BinaryIO:
    """Return standard input; ``before_waiting`` is called whenever it has nothing to give yet.

    So a record that trickles in through a pipe is answered at once, and a flood is worked off in
    chunks.
    """
    raw = sys.stdin.buffer
    try:
        number = raw.fileno()
    except (OSError, AttributeError):
        return raw
    if os.name != "posix":
        return raw
    return io.BufferedReader(_WaitingInput(number, before_waiting), 1 << 16)


class _WaitingInput(io.RawIOBase):
    """A file descriptor that tells before it makes its reader wait."""

    def __init__(self, number: int, before_waiting: Callable[[], None]) -> None:
        self._number = number
        self._before_waiting = before_waiting

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # RawIOBase takes any buffer
        if not select.select([self._number], [], [], 0)[0]:
            self._before_waiting()
        data = os.read(self._number, len(buffer))
        buffer[: len(data)] = data
        return len(data)
