"""Record batches in, record batches out: for engines that read and write themselves."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest
from tiny import records

import pdclassify
from pdclassify import predict_batches
from pdclassify.batch import predict_schema, run
from pdclassify.errors import UsageError

ROWS = [*records(700), {"id": "bad", "text": None}, *records(3)]


def test_batches_come_back_with_topics() -> None:
    """Each batch keeps its rows and columns; beside them stand what `predict` tells."""
    table = pa.Table.from_pylist(ROWS)
    given = table.to_batches(300)
    made = list(predict_batches(given))
    assert [batch.num_rows for batch in made] == [batch.num_rows for batch in given]
    assert {batch.schema for batch in made} == {predict_schema(table.schema)}
    whole = pa.Table.from_batches(made)
    assert whole.select(table.column_names).equals(table)
    [bad] = [row for row in whole.to_pylist() if row["error"] is not None]
    assert bad["id"] == "bad"
    assert bad["topics"] is None
    articles = [
        pdclassify.Article(text=row["text"], title=row["title"])
        for row in ROWS
        if row["text"] is not None
    ]
    told = [row for row in whole.to_pylist() if row["error"] is None]
    for row, prediction in zip(told, pdclassify.load().predict(articles), strict=True):
        assert row["topics"] == list(prediction.topics)
        assert row["probabilities"] == pytest.approx(dict(prediction.probabilities), abs=1e-4)


def test_a_table_becomes_a_table() -> None:
    """The same rows, also where there are none: Ray asks with an empty table for the columns."""
    table = pa.Table.from_pylist(ROWS)
    [made] = predict_batches(table)
    assert made.equals(pa.Table.from_batches(predict_batches(table.to_batches(100))))
    [none] = predict_batches(table.slice(0, 0))
    assert none.num_rows == 0
    assert none.schema == made.schema
    [empty] = predict_batches([pa.RecordBatch.from_pylist([], schema=table.schema)])
    assert empty.schema == made.schema


def test_other_columns_and_thresholds() -> None:
    """The text may stand in another column; a threshold moves what is given."""
    table = pa.table({"body": [row["text"] for row in ROWS[:5]], "topics": [1, 2, 3, 4, 5]})
    [made] = predict_batches(table, fields={"text": "body"}, thresholds={"party_building": 0.0})
    assert all("party_building" in topics for topics in made["topics"].to_pylist())
    assert made["input_topics"].to_pylist() == [1, 2, 3, 4, 5]
    with pytest.raises(UsageError, match=r"no column 'text'; there are body, topics\. Name"):
        list(predict_batches(table))
    with pytest.raises(UsageError, match="no column 'text'"):
        predict_schema(table.schema)


@pytest.mark.parametrize("index", [None, "topics"])
def test_pandas_reads_what_comes_of_its_tables(tmp_path, index) -> None:
    """A column or index that gives its name to a result keeps its own type under its new name."""
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"text": ["党", "国"], "topics": ["甲;乙", "丙"], "reason": [1, 2]})
    frame["reason"] = frame["reason"].astype("Int64")
    if index:
        frame = frame.set_index(index)
    frame.to_parquet(tmp_path / "in.parquet")
    run([str(tmp_path / "in.parquet")], str(tmp_path / "out"))
    [made] = predict_batches(pa.Table.from_pandas(frame))
    for found in (pd.read_parquet(tmp_path / "out" / "part-00000.parquet"), made.to_pandas()):
        assert found.index.name == (f"input_{index}" if index else None)
        found = found.reset_index()
        assert list(found["input_topics"]) == ["甲;乙", "丙"]
        assert str(found["input_reason"].dtype) == "Int64"
        assert [list(topics) for topics in found["topics"]] == [[], []]


def test_engines_can_send_it() -> None:
    """It travels by its name alone: a machine that has pdclassify needs nothing else."""
    assert pickle.loads(pickle.dumps(predict_batches)) is predict_batches
