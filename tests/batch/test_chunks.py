"""Rows of a Parquet file, as articles and as texts alone: the same records either way."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.batch.chunks import Chunk, table_chunk
from pdclassify.reading.fields import columns
from pdclassify.reading.parquet import parse_batch
from pdclassify.reading.records import Article
from pdclassify.topics.features import Texts

NAMES = columns(None)
STRINGS = st.none() | st.text(st.characters(codec="utf-8"), max_size=5)
ROWS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(("id", "text", "title", "kicker", "date"), STRINGS)),
    min_size=1,
    max_size=8,
)


def both(batch: pa.RecordBatch) -> tuple[Chunk, list[Any]]:
    """The chunk, and what reading row by row gives."""
    one_by_one = parse_batch(batch, source="a.parquet", index=3, names=NAMES)
    return table_chunk(batch, source="a.parquet", index=3, names=NAMES), list(one_by_one)


@given(rows=ROWS, large=st.booleans())
def test_columns_hold_the_same_records(rows: list[dict[str, Any]], large: bool) -> None:
    """Articles, texts, identifiers and errors are those of reading row by row."""
    kind = pa.large_string() if large else pa.string()
    batch = pa.RecordBatch.from_pylist(rows, pa.schema([(name, kind) for name in rows[0]]))
    chunk, items = both(batch)
    assert list(chunk.items) == items
    assert chunk.ids == [item.id for item in items]
    assert chunk.documents.texts == Texts.of([i for i in items if isinstance(i, Article)])
    assert len(chunk) == len(items) == len(chunk.documents) + len(chunk.failed)


@pytest.mark.parametrize(
    "rows",
    [
        [{"text": "一", "date": datetime.date(2020, 1, 2)}],
        [{"text": "一", "title": 5}, {"text": None, "title": None}],
        [{"text": 7}],
        [{"title": "一"}],
    ],
)
def test_what_is_no_string_is_read_row_by_row(rows: list[dict[str, Any]]) -> None:
    """Dates become strings; what cannot be a text is an error of its row."""
    chunk, items = both(pa.RecordBatch.from_pylist(rows))
    assert list(chunk.items) == items
