from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pdclassify import predict_batches

EXAMPLES = Path(__file__).parents[1] / "examples"
TEXTS = [
    "社区党支部组织党员入户走访，了解居民的难处，把组织建在楼栋里，让党员在家门口亮身份。",
    "今天天气很好，孩子们在河边放风筝。",
    None,
    "街道把网格员和楼长编在一起，居民的小事不出楼栋就能商量，矛盾在院子里就化解了。",
]


@pytest.mark.parametrize(("engine", "package"), [("spark", "pyspark"), ("ray", "ray")])
def test_an_engine_gives_what_we_give(tmp_path: Path, engine: str, package: str) -> None:
    """Rows that went through the engine are those of `predict_batches`, errors included."""
    pytest.importorskip(package)
    rows = pa.table({"id": [str(n) for n in range(200)], "text": TEXTS * 50})
    (tmp_path / "in").mkdir()
    pq.write_table(rows, tmp_path / "in/a.parquet", row_group_size=50)
    subprocess.run(
        [sys.executable, EXAMPLES / f"{engine}.py", tmp_path / "in", tmp_path / "out"],
        env={**os.environ, "PYSPARK_PYTHON": sys.executable, "RAY_ADDRESS": "local"},
        cwd=tmp_path,
        check=True,
        timeout=240,
    )
    made = pq.read_table(tmp_path / "out").to_pylist()
    expected = pa.Table.from_batches(predict_batches(rows.to_batches())).to_pylist()
    assert sorted(made, key=by_id) == sorted(expected, key=by_id)


def by_id(row: dict[str, str]) -> str:
    """The identifier: an engine may give rows in another order."""
    return row["id"]
