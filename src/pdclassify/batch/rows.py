"""Records and their results -> rows, as JSON Lines or Parquet: input columns first, then results.

An input column that is called like a result keeps its values under ``input_…``.
"""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from pdclassify.article import Article
from pdclassify.batch.tasks import Row
from pdclassify.lines import article_line, error_line
from pdclassify.reading.fields import FIELDS, RecordError
from pdclassify.reading.records import kind

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Chunk", "Done", "JsonPart", "TablePart", "add_results", "record_schema", "row_schema"]

ERROR = "error"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records as they were read; of a Parquet file with the batch that they stand in."""

    items: Sequence[Article | RecordError]
    batch: pa.RecordBatch | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one record: its results, or what is wrong with it."""

    row: Row | None
    error: str | None = None


class JsonPart:
    """One JSON object a record."""

    def __init__(self, stream: BinaryIO, columns: Sequence[str], names: Mapping[str, str]) -> None:
        self._stream = stream
        self._taken = {*columns, ERROR}
        self._names = names
        self._encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode

    def write(self, chunk: Chunk, results: Sequence[Done]) -> None:
        """Write the lines of a chunk."""
        lines = []
        for item, done in zip(chunk.items, results, strict=True):
            if isinstance(item, Article) and done.row is not None:
                line = {**_input_line(item, self._names, self._taken), **done.row}
            elif isinstance(item, Article):
                line = {**_input_line(item, self._names, self._taken), ERROR: done.error}
            else:
                line = error_line(item.id, item.source, item.error)
            lines.append(self._encode(line) + "\n")
        self._stream.write("".join(lines).encode("utf-8"))

    def close(self) -> None:
        """There is nothing left to write."""


def _input_line(article: Article, names: Mapping[str, str], taken: Collection[str]) -> Row:
    """Return what a record or a page said of an article, under the input's own names."""
    if kind(article.source) == "page":
        return {_free(name, taken): value for name, value in article_line(article).items()}
    line: Row = {"id": article.id, "source": article.source}
    for name in FIELDS:
        value = getattr(article, name)
        if value is not None:
            line[_free(names[name], taken)] = value
    for name, value in article.extra.items():
        line[_free(name, {*taken, *line} - {"source", "id"})] = value
    return line


def _free(name: str, taken: Collection[str]) -> str:
    """Return a column's name, or another if a result has it."""
    while name in taken:
        name = f"input_{name}"
    return name


def _plain(value: Any) -> Any:
    """Turn what Parquet knows and JSON does not into a string."""
    if isinstance(value, datetime.date | datetime.datetime | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value)


def record_schema() -> pa.Schema:
    """Return the columns of pages, JSON Lines and CSV in a Parquet file.

    Their own other fields stand in ``extra``, as JSON: a stream tells too late which there are.
    """
    import pyarrow as pa

    text, number = pa.string(), pa.int64()
    return pa.schema(
        [
            ("id", text), ("source", text), ("index", number), ("column", text), ("kicker", text),
            ("title", text), ("subtitle", text), ("byline", text), ("date", text),
            ("section", text), ("publisher", text), ("text", text), ("start", number),
            ("end", number), ("extra", text),
        ]
    )  # fmt: skip


def row_schema(
    given: pa.Schema, results: Iterable[pa.Field], *, identify: bool = True
) -> pa.Schema:
    """Return the columns of the output.

    Parameters
    ----------
    given : pyarrow.Schema
        Of the input.
    results : iterable of pyarrow.Field
    identify : bool
        Whether rows get ``id`` and ``source`` if they have no such columns.
    """
    import pyarrow as pa

    results = [*results, pa.field(ERROR, pa.string())]
    taken = {field.name for field in results}
    fields: list[pa.Field] = []
    for field in given:
        name = field.name
        while name in taken or (name != field.name and name in given.names):
            name = f"input_{name}"
        fields.append(field.with_name(name))
    if identify:
        names = {field.name for field in fields}
        added = (pa.field(name, pa.string()) for name in ("id", "source"))
        fields = [*(field for field in added if field.name not in names), *fields]
    return pa.schema([*fields, *results], metadata=given.metadata)


class TablePart:
    """A Parquet file."""

    #: Rows and bytes held back until they are written as one row group.
    _ROWS = 1 << 15
    _BYTES = 32 << 20

    def __init__(
        self,
        stream: BinaryIO,
        schema: pa.Schema,
        results: Sequence[pa.Field],
        given: pa.Schema | None,
    ) -> None:
        import pyarrow.parquet as pq

        self._writer = pq.ParquetWriter(stream, schema, compression="zstd", compression_level=1)
        self._schema = schema
        self._results = results
        self._given = given
        self._pending: list[pa.RecordBatch] = []

    def write(self, chunk: Chunk, results: Sequence[Done]) -> None:
        """Write the rows of a chunk, now or with the next ones."""
        if not chunk.items:
            return
        batch = chunk.batch
        if batch is None:
            batch = _record_batch(chunk.items)
        elif self._given is not None and batch.schema != self._given:
            batch = _cast(batch, self._given)
        rows = add_results(batch, chunk.items, results, self._results, self._schema)
        self._pending.append(rows)
        if (
            sum(batch.num_rows for batch in self._pending) >= self._ROWS
            or sum(batch.nbytes for batch in self._pending) >= self._BYTES
        ):
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._pending:
            table = pa.Table.from_batches(self._pending, self._schema)
            self._writer.write_table(table, row_group_size=table.num_rows)
            self._pending = []

    def close(self) -> None:
        """Write what was held back, and the file's end."""
        self._flush()
        self._writer.close()


def add_results(
    batch: pa.RecordBatch,
    items: Sequence[Article | RecordError],
    results: Sequence[Done],
    fields: Sequence[pa.Field],
    schema: pa.Schema,
) -> pa.RecordBatch:
    """Return the rows with the results beside them, in the columns that `row_schema` gave."""
    import pyarrow as pa

    columns: list[pa.Array] = []
    own = list(batch.columns)
    for field in list(schema)[: len(schema) - len(fields) - 1 - len(own)]:
        columns.append(pa.array([getattr(item, field.name) for item in items], field.type))
    for name, column in zip(batch.schema.names, own, strict=True):
        if name == "id" and column.null_count and pa.types.is_string(column.type):
            own_ids = zip(column.to_pylist(), items, strict=True)
            column = pa.array([value or item.id for value, item in own_ids], column.type)
        columns.append(column)
    for field in fields:
        values = [None if done.row is None else done.row[field.name] for done in results]
        columns.append(pa.array(values, field.type))
    columns.append(pa.array([done.error for done in results], pa.string()))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Give a file's rows the columns that all files have together."""
    import pyarrow as pa

    columns = [
        batch.column(field.name).cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _record_batch(items: Sequence[Article | RecordError]) -> pa.RecordBatch:
    """Return records that came as articles as rows."""
    import pyarrow as pa

    schema = record_schema()
    columns = []
    for field in schema:
        if field.name == "extra":
            values = [_extra(item) for item in items]
        else:
            values = [getattr(item, field.name, None) for item in items]
        columns.append(pa.array(values, field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _extra(item: Article | RecordError) -> str | None:
    if not isinstance(item, Article) or not item.extra:
        return None
    return json.dumps(dict(item.extra), ensure_ascii=False, default=_plain)
