"""The rows of a Parquet file, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from pdclassify.reading.fields import RecordError, to_article

if TYPE_CHECKING:
    import pyarrow as pa

    from pdclassify.article import Article

__all__ = ["open_table", "parse_batch"]


def open_table(file: str | BinaryIO) -> Any:
    """Open a Parquet file so that no column of a row group is ever in memory as a whole."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)


def parse_batch(
    batch: pa.RecordBatch, *, source: str, index: int, names: Mapping[str, str]
) -> Iterator[Article | RecordError]:
    """Make an article of each row of a record batch.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
    source : str
        The file as the user named it.
    index : int
        The first row's place in its source, from 0.
    names : mapping of str to str
        What :func:`columns` returns.

    Yields
    ------
    Article or RecordError
        One a row, in order.
    """
    rows: Iterable[dict[str, Any]]
    try:
        rows = batch.to_pylist()
    except UnicodeDecodeError:  # in some of them
        rows = (_plain_row(batch.slice(place, 1)) for place in range(batch.num_rows))
    for number, row in enumerate(rows, index):
        yield to_article(row, source=source, index=number, names=names, where=f"row {number + 1}")


def _plain_row(row: pa.RecordBatch) -> dict[str, Any]:
    """Return the values of one row; a string that is not UTF-8 as its bytes."""
    import pyarrow as pa

    found: dict[str, Any] = {}
    for name, column in zip(row.schema.names, row.columns, strict=True):
        try:
            found[name] = column[0].as_py()
        except UnicodeDecodeError:
            large = pa.types.is_large_string(column.type)
            found[name] = column.view(pa.large_binary() if large else pa.binary())[0].as_py()
    return found
