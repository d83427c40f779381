"""Files, folders and standard input -> a stream of articles, in order, in bounded memory.

Every record becomes one item: an :class:`Article`, or a :class:`RecordError` that says what is
wrong with it. A page becomes its articles and, where there is any, what was left over.
"""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from pdclassify.arguments import a_path, in_a_row
from pdclassify.article import Article
from pdclassify.errors import BY_ENCODING, BY_FIELDS, DecodeError, UsageError, wrong
from pdclassify.reading.decode import decode, text_encoding
from pdclassify.reading.fields import (
    Leftover,
    RecordError,
    Skipped,
    columns,
    parse_line,
)
from pdclassify.reading.places import is_folder, is_remote, open_file, walk
from pdclassify.reading.streams import (
    Chained,
    Lines,
    first_bytes,
    first_line,
    line_encoding,
    through_line,
)

__all__ = [
    "Item",
    "Leftover",
    "RecordError",
    "Skipped",
    "columns",
    "kind",
    "line_encoding",
    "parse_line",
    "read",
]

Item = Article | RecordError | Leftover | Skipped

_KINDS = {
    ".txt": "page",
    ".md": "page",
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
KNOWN = "give .txt, .md, .jsonl, .ndjson, .csv, .tsv or .parquet, each also .gz"
_GZIP = b"\x1f\x8b"
_BROKEN = (OSError, EOFError, zlib.error)
_ROWS = 256  # of a Parquet file at a time: some megabytes


def kind(path: str | Path) -> str | None:
    """Return what a file's ending promises: page, lines, csv or parquet; None if none of these."""
    name = Path(path).name.lower().removesuffix(".gz")
    return _KINDS.get(Path(name).suffix)


def read(
    inputs: Sequence[str | Path],
    *,
    whole: bool = False,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Item]:
    """Read articles from files, folders and standard input.

    Parameters
    ----------
    inputs : sequence of str or Path
        Files; folders, which are walked in the order of their names; both also as addresses that
        fsspec knows (``s3://…``); ``"-"`` for standard input, which is JSON Lines if it begins
        with ``{``, CSV if its first line names a column of ours, else a page.
    whole : bool, default=False
        Take a page for one article.
    encoding : str, optional
        The encoding of all inputs but Parquet. By default each file's own: see
        :func:`~pdclassify.reading.decode.decode`.
    fields : mapping of str to str, optional
        Our field -> the column of the input that holds it, ``{"text": "body"}`` say.
    stdin : binary file, optional
        What ``"-"`` reads; by default the process's own.

    Yields
    ------
    Article, RecordError, Leftover or Skipped
        In the order of the inputs. N records give N articles or errors; what is given twice is read
        twice, under the same ids. A file that breaks off
        gives one error more, with ``whole_file`` set, after what could be read of it.

    Raises
    ------
    UsageError
        Before anything is read: if a parameter cannot be what it is or has no effect.
    """
    given = in_a_row("inputs", inputs, "a sequence of paths")
    paths = [
        path if isinstance(path, str) else str(a_path(f"inputs[{place}]", path))
        for place, path in enumerate(given)
    ]
    if "" in paths:
        raise wrong(f"inputs[{paths.index('')}]", "a path", "", "; an unset variable, perhaps")
    names = columns(fields)
    forced = text_encoding(encoding) if encoding is not None else None
    if isinstance(stdin, io.TextIOBase):
        raise wrong("stdin", "a binary file", stdin, "; sys.stdin.buffer is one")
    _check(paths, whole=whole, fields=fields, encoding=encoding)
    reader = _Reader(names, dict(fields or {}), whole, forced)
    return _read(paths, reader, stdin)


def _check(
    paths: Sequence[str], *, whole: bool, fields: Mapping[str, str] | None, encoding: str | None
) -> None:
    """Refuse options without an effect, as far as the names of the inputs tell."""
    if paths.count("-") > 1:
        raise UsageError("Standard input can be read only once. Got '-' twice.")
    kinds = {kind(path) if path != "-" and not is_folder(path) else "any" for path in paths} - {
        None
    }
    if not kinds or "any" in kinds:
        return
    if whole and "page" not in kinds:
        raise UsageError(
            "The 'whole' parameter has no effect: none of the inputs is a page (.txt, .md)."
        )
    if fields and kinds == {"page"}:
        raise UsageError("The 'fields' parameter has no effect: all inputs are pages (.txt, .md).")
    if encoding is not None and kinds == {"parquet"}:
        raise UsageError("The 'encoding' parameter has no effect: a Parquet file knows its own.")


def _read(paths: Sequence[str], reader: _Reader, stdin: BinaryIO | None) -> Iterator[Item]:
    for path in paths:
        if path == "-":
            yield from reader.stream(stdin if stdin is not None else sys.stdin.buffer)
        elif is_folder(path):
            yield from _walk(path, reader)
        else:
            yield from reader.file(path)


def _walk(folder: str, reader: _Reader) -> Iterator[Item]:
    """Read a folder's files in the order of their names, and name those that are not read."""
    for path in walk(folder):
        if isinstance(path, OSError):
            yield _broken(str(path.filename or folder), 0, path)
        elif kind(path) is None:
            yield Skipped(path, "kind")
        else:
            yield from reader.file(path)


def _broken(source: str, index: int, error: BaseException | str) -> RecordError:
    """Say that a file cannot be read, or not any further."""
    if isinstance(error, DecodeError):
        said = str(error)
    else:
        after = f" after {index} records" if index else ""
        said = f"{source}: cannot be read{after}: {_reason(error)}"
    return RecordError(source, source, index, said, whole_file=True)


def _reason(error: BaseException | str) -> str:
    """Say what is wrong with a file, and what to do where we know it."""
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    if said.startswith("Not a gzipped file"):
        return "not gzip, whatever its name says; rename it without .gz"
    if isinstance(error, EOFError):
        return "it is cut short; fetch or export it again"
    if isinstance(error, zlib.error) or said.startswith("CRC check failed"):
        return f"its compression is damaged ({said}); fetch or export it again"
    return " ".join(said.split()) or type(error).__name__  # Arrow writes several lines


class _Reader:
    """How to read: what ``read`` was told, resolved once."""

    def __init__(
        self,
        names: Mapping[str, str],
        fields: Mapping[str, str],
        whole: bool,
        encoding: str | None,
    ) -> None:
        self._names = names
        self._fields = fields
        self._whole = whole
        self._encoding = encoding

    def file(self, path: str) -> Iterator[Item]:
        """Read one file by its ending."""
        form = kind(path)
        if form is None:
            ending = Path(path).suffix or "without an ending"
            missing = not is_remote(path) and not Path(path).exists()
            why = "no such file or folder" if missing else f"a file {ending} is not read; {KNOWN}"
            yield _broken(path, 0, why)
            return
        with ExitStack() as stack:
            try:
                stream: BinaryIO = stack.enter_context(open_file(path))
                if path.lower().endswith(".gz"):
                    stream = stack.enter_context(_unzipped(stream))
            except OSError as error:
                yield _broken(path, 0, error)
                return
            yield from {
                "page": self._page,
                "lines": self._lines,
                "csv": self._csv,
                "parquet": self._parquet,
            }[form](path, stream)

    def stream(self, stream: BinaryIO) -> Iterator[Item]:
        """Read standard input by what it begins with: records, a table or a page; gzip, too."""
        try:
            head = first_bytes(stream)
            if head.startswith(_GZIP):
                stream = _unzipped(io.BufferedReader(Chained(head, stream)))
                head = first_bytes(stream)
            form = "lines" if first_line(head, self._encoding).startswith("{") else "page"
            if form == "page" and not self._whole:
                from pdclassify.reading.table import is_header

                head = through_line(head, stream)
                if is_header(first_line(head, self._encoding), self._names):
                    form = "csv"
        except _BROKEN as error:
            yield _broken("-", 0, error)
            return
        if form == "page" and self._fields:
            columns = ", ".join(map(repr, self._fields.values()))
            why = f"it begins neither with {{ nor with a header that has {columns}, so it is a page"
            yield _broken("-", 0, f"{why}, and a page has no columns")
            return
        source: BinaryIO = io.BufferedReader(Chained(head, stream))
        yield from {"lines": self._lines, "csv": self._csv, "page": self._page}[form]("-", source)

    def _page(self, source: str, stream: BinaryIO) -> Iterator[Item]:
        from pdclassify.reading.page import split_page

        try:
            text = decode(stream.read(), source=source, encoding=self._encoding)
        except (*_BROKEN, DecodeError) as error:
            yield _broken(source, 0, error)
            return
        if source == "-" and not self._whole:
            from pdclassify.reading.table import not_a_page

            if why := not_a_page(text):
                yield _broken(source, 0, why)
                return
        page = split_page(text, source=source, whole=self._whole)
        yield from page.articles
        if page.leftover:
            yield Leftover(source, page.leftover)
        if not page.articles:
            yield Skipped(source, "empty")

    def _lines(self, source: str, stream: BinaryIO) -> Iterator[Item]:
        index = 0
        missing = set(self._fields.values())
        lines = Lines(stream, self._encoding)
        try:
            for number, offset, line in lines:
                if line.isspace():
                    continue
                item = parse_line(
                    line,
                    source=source,
                    index=index,
                    number=number,
                    offset=offset,
                    names=self._names,
                    encoding=lines.encoding,
                )
                index += 1
                if missing and isinstance(item, Article):
                    missing -= {name for name in missing if _holds(item, name, self._fields)}
                yield item
        except _BROKEN as error:
            yield _broken(source, index, error)
            return
        except UnicodeError as error:
            yield _broken(source, index, _torn(error, self._encoding))
            return
        if not index:
            yield Skipped(source, "empty")
        missing.discard(self._names["text"])  # every record said so itself
        if index and missing:
            said = f"{source}: no record has {', '.join(map(repr, sorted(missing)))}; name another field"
            yield RecordError(source, source, index, said, whole_file=True)

    def _csv(self, source: str, stream: BinaryIO) -> Iterator[Item]:
        from pdclassify.reading.table import read_csv

        lines = Lines(stream, self._encoding)
        index = 0  # of the next record
        try:
            for item in read_csv(lines, source, self._names, self._fields):
                index = item.index + 1
                yield item
        except _BROKEN as error:
            yield _broken(source, index, error)
        except UnicodeError as error:
            yield _broken(source, index, _torn(error, self._encoding))
        else:
            if not index:
                yield Skipped(source, "empty")

    def _parquet(self, source: str, stream: BinaryIO) -> Iterator[Item]:
        import pyarrow as pa

        from pdclassify.reading.parquet import open_table, parse_batch

        index = 0
        with ExitStack() as stack:
            try:
                if source.lower().endswith(".gz"):  # Parquet is read from its end
                    import tempfile

                    plain = stack.enter_context(tempfile.TemporaryFile())
                    while block := stream.read(1 << 20):
                        plain.write(block)
                    stream = plain
                table = stack.enter_context(open_table(stream))
                absent = set(self._fields.values()) - set(table.schema_arrow.names)
                if absent or self._names["text"] not in table.schema_arrow.names:
                    absent.add(self._names["text"])
                    absent -= set(table.schema_arrow.names)
                    yield _broken(source, 0, _no_column(absent, table.schema_arrow.names))
                    return
                for batch in table.iter_batches(batch_size=_ROWS):
                    yield from parse_batch(batch, source=source, index=index, names=self._names)
                    index += batch.num_rows
                if not index:
                    yield Skipped(source, "empty")
            except (*_BROKEN, pa.ArrowException, ValueError, OverflowError) as error:
                yield _broken(source, index, error)


def _unzipped(stream: BinaryIO) -> BinaryIO:
    """Return what is in a gzip stream."""
    import gzip

    return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]  # is one in all but name


def _holds(item: Article, name: str, fields: Mapping[str, str]) -> bool:
    """Tell whether a record had the column ``name``, which stands for one of our fields."""
    return any(
        (item.id != f"{item.source}#{item.index}")
        if ours == "id"
        else getattr(item, ours) is not None
        for ours, theirs in fields.items()
        if theirs == name
    )


def _torn(error: UnicodeError, asked: str | None) -> str:
    """Say that a file whose lines cannot be told apart before decoding is damaged."""
    if asked:
        return f"not {asked}, which was asked for, from here on; try another {BY_ENCODING} or none"
    if not isinstance(error, UnicodeDecodeError):
        return str(error)
    return f"not {error.encoding} from here on, though its first bytes say so; it is damaged"


def _no_column(absent: Iterable[str], present: Iterable[str] = ()) -> str:
    there = f"; its columns are {', '.join(present)}" if present else ""
    return f"no column {', '.join(map(repr, sorted(absent)))}{there}; name another by {BY_FIELDS}"
