"""Inputs -> shards, the same ones every time.

A shard is a few megabytes of input. Where a worker can find its part by itself (a byte range of a
plain JSON Lines file, row groups of a Parquet file, small files whole), the shard only says where
it is. What can only be read from the beginning (a large .gz or CSV, a row group of a million rows)
is read once, here, and travels with the shard. Either way no more than a few shards exist at once.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from pdclassify.batch.sources import Reading, Source, missing_columns
from pdclassify.reading.fields import RecordError
from pdclassify.reading.parquet import open_table
from pdclassify.reading.places import open_file
from pdclassify.reading.records import Item, kind, line_encoding

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SHARD_BYTES", "Piece", "Shard", "plan"]

#: Of text in a shard: some 2,500 articles of 1,000 characters, a fraction of a second of work for
#: ``predict`` and a dozen for ``analyze``; what is lost, at most, of each worker's work by a kill.
SHARD_BYTES = 8 << 20

_ROWS = 512

_BROKEN = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one input.

    Parameters
    ----------
    source : str
    form : str
        ``file`` (all of it), ``lines`` (a byte range), ``groups`` (row groups of a Parquet file),
        or carried along: ``block`` (bytes of lines), ``rows`` (of a Parquet file, as an Arrow
        stream), ``items`` (articles and errors).
    start, end : int
        Bytes of the (decompressed) file, row groups, rows or items, end exclusive.
    index : int
        The first record's place in its source, from 0.
    number : int
        The first line's number, from 1.
    encoding : str
    payload : object, optional
    weight : int
        Bytes of text, about.
    cost : int
        Bytes of the input file, for the progress bar.
    """

    source: str
    form: str
    start: int = 0
    end: int = 0
    index: int = 0
    number: int = 1
    encoding: str = ""
    payload: Any = field(default=None, repr=False)
    weight: int = 0
    cost: int = 0

    def describe(self) -> dict[str, Any]:
        """Return where the piece is, for the manifest."""
        unit = {"lines": "bytes", "block": "bytes", "groups": "row_groups"}.get(self.form, "rows")
        place = {} if self.form == "file" else {unit: [self.start, self.end]}
        return {"path": self.source, **place}


@dataclass(frozen=True, slots=True)
class Shard:
    """What one worker turns into one output file."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def name(self) -> str:
        """The name of the output file, without its ending."""
        return f"part-{self.number:05d}"

    @property
    def cost(self) -> int:
        """Bytes of the input files, for the progress bar."""
        return sum(piece.cost for piece in self.pieces)

    def describe(self) -> list[dict[str, Any]]:
        """Return where the pieces are, for the manifest."""
        return [piece.describe() for piece in self.pieces]


def plan(
    sources: Sequence[Source], reading: Reading, *, shard_bytes: int = SHARD_BYTES
) -> Iterator[Shard]:
    """Cut the inputs into shards, each made when it is asked for.

    The cuts depend on the inputs and ``shard_bytes`` alone. Small files share a shard.
    """
    number = 0
    pending: list[Piece] = []
    weight = 0
    for source in sources:
        for piece in _pieces(source, reading, shard_bytes):
            if pending and weight + piece.weight > shard_bytes * 1.5:
                yield Shard(number, tuple(pending))
                number, pending, weight = number + 1, [], 0
            pending.append(piece)
            weight += piece.weight
            if weight >= shard_bytes:
                yield Shard(number, tuple(pending))
                number, pending, weight = number + 1, [], 0
    if pending:
        yield Shard(number, tuple(pending))


def _pieces(source: Source, reading: Reading, most: int) -> Iterator[Piece]:
    form = kind(source.path)
    packed = source.path.lower().endswith(".gz")
    if form == "parquet":
        yield from _table_pieces(source, reading, most, packed=packed)
    elif form == "page" or source.size * (5 if packed else 1) < most:
        weight = source.size * (5 if packed else 1)
        yield Piece(source.path, "file", weight=weight, cost=source.size)
    elif form == "lines":
        yield from _line_pieces(source, reading, most, packed=packed)
    else:
        yield from _item_pieces(source, reading, most)


def _line_pieces(source: Source, reading: Reading, most: int, *, packed: bool) -> Iterator[Piece]:
    """Cut lines at line ends; of a plain file only the places are kept."""
    start = index = first = spent = 0
    number, first_number = 1, 1
    block: list[bytes] = []
    encoding = ""

    def piece() -> Piece:
        return Piece(
            source.path,
            "block" if packed else "lines",
            start,
            start + weight,
            first,
            first_number,
            encoding,
            b"".join(block) if packed else None,
            weight,
            cost=(raw.tell() - spent) if packed else weight,
        )

    weight = 0
    # Every record says so itself if it has no text.
    absent = set(reading.fields.values()) - {reading.names["text"]}
    with ExitStack() as stack:
        raw: IO[bytes] = stack.enter_context(open_file(source.path))
        try:
            stream: Any = gzip.GzipFile(fileobj=raw) if packed else raw
            try:
                encoding, start = line_encoding(stream, reading.encoding)
            except UnicodeError:  # UTF-16: its line ends cannot be found in the bytes
                yield from _item_pieces(source, reading, most)
                return
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            stream.read(start)
            for line in stream:
                if absent:
                    absent = {name for name in absent if not _stands(name, line, encoding)}
                weight += len(line)
                number += 1
                index += not line.isspace()
                if packed:
                    block.append(line)
                if weight >= most:
                    yield piece()
                    start, first, first_number = start + weight, index, number
                    block, weight, spent = [], 0, raw.tell()
        except _BROKEN as error:
            if weight:
                yield piece()
            yield _broken(source, index, error)
            return
        if weight:
            yield piece()
        if absent:
            missing = ", ".join(map(repr, sorted(absent)))
            yield _broken(source, index, f"no record has {missing}; name another column")


def _stands(name: str, line: bytes, encoding: str) -> bool:
    """Tell whether a line of JSON has a key of that name, as text or in escapes."""
    return f'"{name}"'.encode(encoding) in line or json.dumps(name).encode() in line


def _item_pieces(source: Source, reading: Reading, most: int) -> Iterator[Piece]:
    """Read articles here and hand them over, where nobody can begin in the middle."""
    items: list[Item] = []
    weight = start = spent = 0

    def piece(cost: int) -> Piece:
        end = start + len(items)
        return Piece(source.path, "items", start, end, payload=items, weight=weight, cost=cost)

    for item in reading.read(source.path):
        items.append(item)
        weight += 200 + 3 * len(getattr(item, "text", ""))
        if weight >= most:
            cost = min(weight, source.size - spent)
            yield piece(cost)
            start, spent = start + len(items), spent + cost
            items, weight = [], 0
    if items:
        yield piece(source.size - spent)


def _table_pieces(source: Source, reading: Reading, most: int, *, packed: bool) -> Iterator[Piece]:
    """Row groups by number; one that is too large for a worker goes over in slices."""
    import pyarrow as pa

    row = 0
    with ExitStack() as stack:
        try:
            raw: Any = stack.enter_context(open_file(source.path))
            if packed:  # Parquet is read from its end
                plain = stack.enter_context(tempfile.TemporaryFile())
                with gzip.GzipFile(fileobj=raw) as stream:
                    shutil.copyfileobj(stream, plain, 1 << 20)
                raw = plain
            table = stack.enter_context(open_table(raw))
            missing = missing_columns(table.schema_arrow, reading)
            if missing:
                yield _broken(source, 0, missing)
                return
            whole = max(1, sum(size for _, size in _groups(table)))
            first, first_row, weight = 0, 0, 0

            def groups(end: int) -> Piece:
                cost = source.size * weight // whole
                return Piece(source.path, "groups", first, end, first_row, weight=weight, cost=cost)

            for group, (rows, size) in enumerate(_groups(table)):
                apart = packed or size > 4 * most
                if weight and (apart or weight + size > most * 1.5):
                    yield groups(group)
                    first, first_row, weight = group, row, 0
                if apart:
                    yield from _slices(table, source, group, row, rows, size, most, whole)
                    first, first_row = group + 1, row + rows
                else:
                    weight += size
                row += rows
            if weight:
                yield groups(table.num_row_groups)
        except (*_BROKEN, pa.ArrowException, ValueError, OverflowError) as error:
            yield _broken(source, row, error)


def _groups(table: Any) -> Iterator[tuple[int, int]]:
    """Yield the rows and the bytes of each row group."""
    for group in range(table.num_row_groups):
        told = table.metadata.row_group(group)
        yield told.num_rows, max(told.total_byte_size, 1)


def _slices(
    table: Any, source: Source, group: int, row: int, rows: int, size: int, most: int, whole: int
) -> Iterator[Piece]:
    step = max(1, rows * most // size)
    held: list[pa.RecordBatch] = []
    count = 0
    # Few rows at a time, since what the reader holds of them is several times their size.
    for batch in table.iter_batches(min(step, _ROWS), row_groups=[group], use_threads=False):
        held.append(batch)
        count += batch.num_rows
        if count >= step:
            yield _slice(source, held, row, count, size * count // rows, whole)
            row, held, count = row + count, [], 0
    if held:
        yield _slice(source, held, row, count, size * count // rows, whole)


def _slice(
    source: Source, held: Sequence[pa.RecordBatch], row: int, count: int, weight: int, whole: int
) -> Piece:
    """Return rows as an Arrow stream: these only, whatever they were cut from."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, held[0].schema) as writer:
        for batch in held:
            writer.write_batch(batch)
    return Piece(
        source.path,
        "rows",
        row,
        row + count,
        row,
        payload=sink.getvalue().to_pybytes(),
        weight=weight,
        cost=source.size * weight // whole,
    )


def _broken(source: Source, index: int, error: BaseException | str) -> Piece:
    """Return a piece that says that a file cannot be read, or not any further."""
    said = (getattr(error, "strerror", None) or str(error)) or type(error).__name__
    after = f" after {index} records" if index else ""
    what = f"{source.path}: cannot be read{after}: {said}"
    item = RecordError(source.path, source.path, index, what, whole_file=True)
    return Piece(source.path, "items", index, index, payload=[item])
