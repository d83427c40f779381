"""Lines -> JSON Lines, CSV or a table, on standard output or in a file that appears when whole."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from pdclassify.errors import unwritable
from pdclassify.lines import CARRIED, Line

if TYPE_CHECKING:
    from rich.console import Console

    from pdclassify.cli.options import Output

#: The mark by which a spreadsheet knows UTF-8.
MARK = "\ufeff"


class Writer(Protocol):
    """Takes lines one by one and writes them."""

    def write(self, line: Line) -> None:
        """Write one line."""

    def flush(self) -> None:
        """Let go of everything that was written."""


class JsonLines:
    """One JSON object a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._encode = json.JSONEncoder(ensure_ascii=False).encode
        self.flush = stream.flush

    def write(self, line: Line) -> None:
        """Write one object."""
        self._stream.write(self._encode(line) + "\n")


class Csv:
    """Flat rows under fixed columns, for a spreadsheet."""

    def __init__(self, stream: TextIO, columns: Sequence[str]) -> None:
        import csv

        stream.write(MARK)
        if "id" in columns:  # a line is an article's, or says what is wrong with one
            columns = (*columns, *(name for name in CARRIED if name not in columns), "error")
        self._rows = csv.DictWriter(stream, columns, restval="", extrasaction="ignore")
        self._rows.writeheader()
        self.flush = stream.flush

    def write(self, line: Line) -> None:
        """Write one row."""
        self._rows.writerow(flat_row(line))


class Table:
    """Lines as a person reads them; ``view`` prints one."""

    def __init__(self, stream: TextIO, view: View) -> None:
        from pdclassify.cli.console import Console

        self._console = Console(stream)
        self._view = view
        self.flush = stream.flush

    def write(self, line: Line) -> None:
        """Print one line."""
        self._view(self._console, line)


View = Callable[["Console", Line], None]


def flat_row(line: Line) -> Line:
    """Return a line with every value a string or a number.

    Lists are joined by ``;``, places are ``start-end``, probabilities a column ``prob_…`` each.
    """
    row: Line = {}
    for name, value in line.items():
        if name == "probabilities":
            row.update({f"prob_{topic}": p for topic, p in value.items()})
        elif name == "model":
            row[name] = f"{value['name']} {value['digest']}"
        elif isinstance(value, list):
            row[name] = ";".join(map(_flat, value))
        else:
            row[name] = value
    return row


def _flat(item: Any) -> str:
    """Return one member of a list: a topic, a keyword, or where a sentence or paragraph stands.

    What is told nowhere else in the row, captions and what is left over, has its text beside it.
    """
    if isinstance(item, dict):
        if "term" in item:
            return str(item["term"])
        if item.keys() == {"start", "end", "text"}:
            return f"{item['start']}-{item['end']} {' '.join(item['text'].split())}"
        whose = f"{item['id']}:" if "id" in item else ""
        return f"{whose}{item['start']}-{item['end']}"
    return str(item)


@contextmanager
def opened(
    output: Output, *, columns: Sequence[str] = (), view: Callable[[], View] | None = None
) -> Iterator[Writer]:
    """Yield the writer that ``output`` asks for; a file gets its name when all is written."""
    if output.path is None or _is_standard_output(output.path):
        yield _writer(sys.stdout, output.format, columns, view)
        sys.stdout.flush()
        return
    with _written(output.path) as stream:
        yield _writer(stream, output.format, columns, view)


def _writer(
    stream: TextIO, form: str, columns: Sequence[str], view: Callable[[], View] | None
) -> Writer:
    if form == "table" and view is not None:
        return Table(stream, view())
    return Csv(stream, columns) if form == "csv" else JsonLines(stream)


def _is_standard_output(path: Path) -> bool:
    """Tell whether a path is another name of it, ``/dev/stdout`` say: what was there stays."""
    try:
        return os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):  # no such file yet, or a stream without a number
        return False


@contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    """Write text beside a file and give it its name at the end; on failure nothing is left.

    Of a link the file that it leads to is replaced; a pipe or device is written through.
    """
    try:
        mode = path.stat().st_mode if path.exists() else None
        through = mode is not None and not stat.S_ISREG(mode)
        target = path if through else path.resolve()
        beside = path if through else target.with_name(f".{target.name}.{os.getpid()}.part")
        stream = _text(beside, path)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        with stream:
            yield stream
        if not through:
            if mode is not None:
                beside.chmod(stat.S_IMODE(mode))
            beside.replace(target)
    except BaseException:
        if not through:
            with suppress(OSError):
                beside.unlink()
        raise


def _text(place: Path, path: Path) -> TextIO:
    """Open ``place`` for text; what goes wrong is told of ``path``, as the user knows it."""
    buffered = io.BufferedWriter(_Told(place, path))
    return io.TextIOWrapper(buffered, encoding="utf-8", errors="backslashreplace", newline="")


class _Told(io.FileIO):
    """A file that says how the user knows it when it cannot be written, on a full disk say."""

    def __init__(self, place: Path, path: Path) -> None:
        super().__init__(place, "w")
        self._path = path

    def write(self, data: Any) -> int:
        """Write some bytes."""
        try:
            return super().write(data)
        except BrokenPipeError:  # the reader has what it wanted
            raise
        except OSError as error:
            raise unwritable(self._path, error) from error
