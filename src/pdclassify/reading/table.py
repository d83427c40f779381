"""The rows of a CSV file, one by one, with the damaged ones among them told apart."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from pdclassify.errors import BY_ENCODING, BY_FIELDS
from pdclassify.reading.fields import RecordError, to_article

if TYPE_CHECKING:
    from pdclassify.article import Article
    from pdclassify.reading.streams import Lines

__all__ = ["is_header", "not_a_page", "read_csv"]

_DELIMITERS = (",", "\t", ";")
_LONGEST = 1 << 26  # characters in one field; what is longer is a quote that was never closed
_SHOWN = 5  # lines by which a table is told from a page
_MENDED = 64  # rows with a quote that never closes that are passed over, in one file
_ESCAPED = re.compile("[\udc80-\udcff]")  # how "surrogateescape" marks a byte it cannot decode


class _Source:
    """Lines for the csv module, which can be given back when a quote swallowed them."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._iterator = iter(lines)
        self._again: deque[tuple[int, str]] = deque()
        self.taken: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            pair = self._again.popleft()
        else:
            number, _, line = next(self._iterator)
            pair = number, line.decode(self._lines.encoding, "surrogateescape")
        self.taken.append(pair)
        return pair[1]

    def give_back(self) -> None:
        """Give back all lines of the row at hand but the first."""
        self._again.extendleft(reversed(self.taken[1:]))


def read_csv(
    lines: Lines, source: str, names: Mapping[str, str], fields: Mapping[str, str]
) -> Iterator[Article | RecordError]:
    """Yield an article or an error for every row below the header.

    Parameters
    ----------
    lines : Lines
    source : str
        The file as the user named it.
    names, fields : mapping of str to str
        Our fields' columns: all of them, and those that the user named.

    Notes
    -----
    Comma, tab or semicolon: whichever makes a column of the header that holds the text. A row
    whose quote never closes costs that row alone. Empty cells count as absent, except the text.
    """
    if csv.field_size_limit() < _LONGEST:
        csv.field_size_limit(_LONGEST)
    stream = _Source(lines)
    header: list[str] = []
    delimiter = ","
    for first in stream:
        if not first.strip():
            continue
        found = {candidate: _header(first, candidate) for candidate in _DELIMITERS}
        with_text = [candidate for candidate in found if names["text"] in found[candidate]]
        delimiter = with_text[0] if with_text else max(found, key=lambda one: len(found[one]))
        header = found[delimiter]
        break
    else:
        return  # an empty file has no records
    absent = ({names["text"]} | set(fields.values())) - set(header)
    if absent:
        shown = ", ".join(column[:40] for column in header[:30])
        if _ESCAPED.search(shown):
            shown = f"not {lines.encoding} (name the encoding by {BY_ENCODING})"
        yield RecordError(
            source,
            source,
            0,
            f"{source}: no column {', '.join(map(repr, sorted(absent)))}; its columns are {shown}; "
            f"name another by {BY_FIELDS}",
            whole_file=True,
        )
        return
    twice = sorted({name for name in header if name in names.values() and header.count(name) > 1})
    if twice:
        yield RecordError(
            source,
            source,
            0,
            f"{source}: more than one column is called {', '.join(map(repr, twice))}; rename all but "
            "the one that is meant",
            whole_file=True,
        )
        return
    header = _told_apart(header)
    rows = csv.reader(stream, delimiter=delimiter, strict=True)
    index = mended = 0
    while True:
        stream.taken.clear()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            number = stream.taken[0][0]
            yield RecordError(
                f"{source}#{index}", source, index, f"{source}: line {number}: not CSV: {error}"
            )
            index += 1
            mended += len(stream.taken) > 1
            if mended > _MENDED:
                yield RecordError(
                    source,
                    source,
                    index,
                    f"{source}: line {number}: more than {_MENDED} rows have a quote that never closes; "
                    "the rest is not read",
                    whole_file=True,
                )
                return
            stream.give_back()
            rows = csv.reader(stream, delimiter=delimiter, strict=True)
            continue
        if row:
            yield _item(row, header, source, index, names, stream.taken[0][0], lines.encoding)
            index += 1


def _header(line: str, delimiter: str) -> list[str]:
    """Return the columns' names; a line that is no CSV is taken for one name."""
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return [" ".join(line.split())]


def _told_apart(header: list[str]) -> list[str]:
    """Give columns numbers that are called the same, as pandas does: note, note.1."""
    told: list[str] = []
    for name in header:
        number, new = 0, name
        while new in told:
            number += 1
            new = f"{name}.{number}"
        told.append(new)
    return told


def is_header(line: str, names: Mapping[str, str]) -> bool:
    """Tell whether a line is the header of a table: one of several columns, or the text's, is ours."""
    rows = [_header(line, delimiter) for delimiter in _DELIMITERS]
    return any(
        names["text"] in row or (len(row) > 1 and not set(row).isdisjoint(names.values()))
        for row in rows
    )


def not_a_page(text: str) -> str | None:
    """Say that a text is data, which read as a page would give nonsense, or None if it is not."""
    if re.match(r"\s*\[\s*[\[{]", text):
        return "it is a JSON array; jq -c '.[]' makes a line of each of its records"
    for delimiter in _DELIMITERS:
        lines = islice(filter(str.strip, io.StringIO(text)), _SHOWN)
        try:
            rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        even = len(rows) > 1 and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1
        if even and not any(cell[:1].isspace() for row in rows for cell in row):
            return (
                f"it looks like a table with the columns {', '.join(rows[0])[:200]}; name that of the"
                f" texts by {BY_FIELDS}, or give it as a .txt file if it is a page"
            )
    return None


def _item(
    row: list[str],
    header: list[str],
    source: str,
    index: int,
    names: Mapping[str, str],
    number: int,
    encoding: str,
) -> Article | RecordError:
    """Make an article of a row, unless it has too few or too many cells or torn bytes."""
    where = f"line {number}"
    record: dict[str, Any] = dict(zip(header, row, strict=False))
    own = record.get(names["id"]) or f"{source}#{index}"
    own = own if not _ESCAPED.search(own) else f"{source}#{index}"
    if len(row) != len(header):
        what = f"{len(row)} cells, but the header has {len(header)} columns."
        return RecordError(own, source, index, f"{source}: {where}: {what}")
    for column, cell in record.items():
        torn = None if cell.isascii() else _ESCAPED.search(cell)
        if torn:
            what = f"'{column}' is not {encoding} after {torn.start()} characters."
            return RecordError(own, source, index, f"{source}: {where}: {what}")
    return to_article(record, source=source, index=index, names=names, where=where)
