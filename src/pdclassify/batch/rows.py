"""Records and their results -> rows, as JSON Lines or Parquet: input columns first, then results.

An input column that is called like a result keeps its values under ``input_…``.
"""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from pdclassify.article import Article
from pdclassify.batch.chunks import Chunk
from pdclassify.batch.results import Results, Row, numbers, strings
from pdclassify.lines import article_line, error_line
from pdclassify.reading.fields import FIELDS, RecordError
from pdclassify.reading.records import kind

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Done", "JsonPart", "TablePart", "add_results", "record_schema", "row_schema"]

ERROR = "error"

#: Under which pandas keeps what it knows of a table.
_PANDAS = b"pandas"


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a chunk.

    Parameters
    ----------
    chunk : Chunk
    results : Results
        Of those records on which nothing failed.
    failed : mapping of int to RecordError
        What is wrong with the others, by their places in the chunk.
    """

    chunk: Chunk
    results: Results
    failed: Mapping[int, RecordError]

    def errors(self) -> list[str | None]:
        """Return what is wrong with each record, None for nothing."""
        wrong = {place: item.error for place, item in self.failed.items()}
        return [wrong.get(place) for place in range(len(self.chunk))]


class JsonPart:
    """One JSON object a record."""

    def __init__(self, stream: BinaryIO, columns: Sequence[str], names: Mapping[str, str]) -> None:
        self._stream = stream
        self._taken = {*columns, ERROR}
        self._names = names
        self._encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode

    def write(self, done: Done) -> None:
        """Write the lines of a chunk."""
        lines = []
        rows = iter(done.results.rows())
        for item, error in zip(done.chunk.items, done.errors(), strict=True):
            if isinstance(item, Article):
                result = next(rows) if error is None else {ERROR: error}
                line = {**_input_line(item, self._names, self._taken), **result}
            else:
                line = error_line(item.id, item.source, item.error)
            lines.append(self._encode(line) + "\n")
        self._stream.write("".join(lines).encode("utf-8"))

    def close(self) -> None:
        """There is nothing left to write."""

    def drop(self) -> None:
        """There is nothing to let go of."""


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
    names_now = [field.name for field in fields]
    if identify:
        names = {field.name for field in fields}
        added = (pa.field(name, pa.string()) for name in ("id", "source"))
        fields = [*(field for field in added if field.name not in names), *fields]
    metadata = dict(given.metadata or {})
    if _PANDAS in metadata:
        metadata[_PANDAS] = _renamed(
            metadata[_PANDAS], dict(zip(given.names, names_now, strict=True))
        )
    return pa.schema([*fields, *results], metadata=metadata or None)


def _renamed(told: bytes, names: Mapping[str, str]) -> bytes:
    """Return what pandas keeps of a table's columns and index, under the names they have now."""
    known = json.loads(told)
    for column in known.get("columns", ()):
        column["field_name"] = names.get(column.get("field_name"), column.get("field_name"))
        column["name"] = names.get(column.get("name"), column.get("name"))
    known["index_columns"] = [
        names.get(index, index) if isinstance(index, str) else index
        for index in known.get("index_columns", ())
    ]
    return json.dumps(known).encode()


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
        self._held = 0

    def write(self, done: Done) -> None:
        """Write the rows of a chunk, now or with the next ones."""
        if not len(done.chunk):
            return
        batch = done.chunk.batch
        if batch is None:
            batch = _record_batch(list(done.chunk.items))
        elif self._given is not None and batch.schema != self._given:
            batch = _cast(batch, self._given)
        rows = add_results(batch, done, self._results, self._schema)
        self._pending.append(rows)
        self._held += rows.nbytes
        if (
            sum(batch.num_rows for batch in self._pending) >= self._ROWS
            or self._held >= self._BYTES
        ):
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._pending:
            table = pa.Table.from_batches(self._pending, self._schema)
            self._writer.write_table(table, row_group_size=table.num_rows)
            self._pending, self._held = [], 0

    def close(self) -> None:
        """Write what was held back, and the file's end."""
        self._flush()
        self._writer.close()

    def drop(self) -> None:
        """Let go of a file that stays unfinished, while there is still a stream to write to."""
        with suppress(Exception):
            self._writer.close()


def add_results(
    batch: pa.RecordBatch, done: Done, fields: Sequence[pa.Field], schema: pa.Schema
) -> pa.RecordBatch:
    """Return the rows with the results beside them, in the columns that `row_schema` gave."""
    import pyarrow as pa

    chunk = done.chunk
    columns: list[pa.Array] = []
    own = list(batch.columns)
    for field in list(schema)[: len(schema) - len(fields) - 1 - len(own)]:
        columns.append(strings(chunk.ids if field.name == "id" else [chunk.source] * len(chunk)))
    for name, column in zip(batch.schema.names, own, strict=True):
        if name == "id" and column.null_count and pa.types.is_string(column.type):
            pairs = zip(column.to_pylist(), chunk.ids, strict=True)
            column = strings([value or id for value, id in pairs])
        columns.append(column)
    errors = done.errors()
    results = done.results.arrays(fields)
    if done.failed:
        left = np.cumsum([error is None for error in errors]) - 1
        places = pa.array(left, mask=np.array([error is not None for error in errors]))
        results = [column.take(places) for column in results]
    columns += [*results, strings(errors)]
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
            values: list[Any] = [_extra(item) for item in items]
        else:
            values = [getattr(item, field.name, None) for item in items]
        columns.append(strings(values) if pa.types.is_string(field.type) else numbers(values))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _extra(item: Article | RecordError) -> str | None:
    if not isinstance(item, Article) or not item.extra:
        return None
    return json.dumps(dict(item.extra), ensure_ascii=False, default=_plain)
