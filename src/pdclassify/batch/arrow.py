"""The same work on Arrow record batches, for Spark, Ray and whoever has batches already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pdclassify.arguments import a_mapping
from pdclassify.batch.chunks import table_chunk
from pdclassify.batch.rows import add_results, row_schema
from pdclassify.batch.tasks import Task, make_task
from pdclassify.batch.work import do, place_and_reason
from pdclassify.errors import BY_FIELDS, UsageError, wrong
from pdclassify.reading.fields import columns

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["predict_batches", "predict_schema"]

_SOURCE = "batch"


def predict_batches(
    batches: Iterable[pa.RecordBatch] | pa.Table,
    *,
    model: str | None = None,
    thresholds: Mapping[str, float] | None = None,
    fields: Mapping[str, str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Add topics to record batches, as they come.

    Spark takes it as it is: ``frame.mapInArrow(predict_batches, schema)``; so does Ray:
    ``data.map_batches(predict_batches, batch_format="pyarrow")``. See ``examples/``.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch, or pyarrow.Table
        Rows with a column ``text`` and, if there are any, ``title``, ``kicker``, ``subtitle``.
    model : str, optional
        A model's folder, the same on all machines; by default the shipped model. It is loaded
        once in each process.
    thresholds : mapping of str to float, optional
        Topic -> least probability, 0 to 1, in place of the model's own.
    fields : mapping of str to str, optional
        Our field -> the column that holds it, ``{"text": "body"}`` say.

    Yields
    ------
    pyarrow.RecordBatch, or pyarrow.Table if a table was given
        The rows as they came, in order, with the columns of `predict_schema` beside them. A row
        without a text has no topics, and says why under ``error``.

    Raises
    ------
    UsageError
        If there is no column of texts, or a parameter cannot be what it is.
    """
    import pyarrow as pa

    a_mapping("thresholds", thresholds, "a mapping of topics to probabilities")
    task = _task(model, tuple(sorted((thresholds or {}).items())))
    names = columns(fields)
    if isinstance(batches, pa.Table):
        # Ray hands over a table and takes tables; an empty one still has its columns.
        schema = _schema(batches.schema, task, names)
        done = [_predicted(batch, task, names) for batch in batches.to_batches()]
        yield pa.Table.from_batches(done, schema)
        return
    if not isinstance(batches, Iterable):
        raise wrong("batches", "record batches, or a table", batches)
    for batch in batches:
        if not isinstance(batch, pa.RecordBatch):
            raise wrong("batches", "record batches, or a table", batch)
        yield _predicted(batch, task, names)


def predict_schema(
    schema: pa.Schema, *, model: str | None = None, fields: Mapping[str, str] | None = None
) -> pa.Schema:
    """Return the columns that `predict_batches` makes of a batch's own.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the rows that go in.
    model, fields
        As for `predict_batches`.

    Returns
    -------
    pyarrow.Schema
        The same columns, then ``topics`` (list of string), ``primary``, ``probabilities`` (a
        struct of a double for each topic), ``reason``, ``model`` and ``error``. A column of the
        input that is called like one of these becomes ``input_…``.
    """
    return _schema(schema, _task(model, ()), columns(fields))


def _schema(schema: pa.Schema, task: Task, names: Mapping[str, str]) -> pa.Schema:
    if names["text"] not in schema.names:
        raise UsageError(
            f"There is no column {names['text']!r}; there are {', '.join(schema.names)}. Name "
            f"another by {BY_FIELDS}."
        )
    return row_schema(schema, task.fields(), identify=False)


def _predicted(batch: pa.RecordBatch, task: Task, names: Mapping[str, str]) -> pa.RecordBatch:
    schema = _schema(batch.schema, task, names)
    done = do(task, table_chunk(batch, source=_SOURCE, index=0, names=names))
    # A row's place in its batch is left out of its error: it is the engine's, and each time another.
    failed = {
        place: replace(item, error=place_and_reason(_SOURCE, item.error)[1])
        for place, item in done.failed.items()
    }
    return add_results(batch, replace(done, failed=failed), task.fields(), schema)


@lru_cache(maxsize=8)
def _task(model: str | None, thresholds: tuple[tuple[str, float], ...]) -> Task:
    options: dict[str, Any] = {"thresholds": dict(thresholds)} if thresholds else {}
    return make_task("predict", model=model, **options)
