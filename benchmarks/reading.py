"""Read bytes, records and sentences: how fast, and is anything lost? Damaged ones too.

    python benchmarks/reading.py                 # throughput beside the floor of each format
    python benchmarks/reading.py --fuzz 100000   # damaged records: N in, N out, in order

A floor is the least that any reader of the format must do: Python's own decoder, its JSON and CSV
readers, pyarrow's rows as dictionaries, one regular expression that cuts at end marks.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from broken_records import fuzz
from common import HERE, machine, records, write_result
from pdclassify import Article, read
from pdclassify.reading.decode import decode
from pdclassify.text.sentences import split_sentences

ARTICLES = 4000
ROUNDS = 9
_SENTENCE = re.compile(r"[^。！？\n]*[。！？]?")


def main() -> None:
    """Measure, and write what was found beside what was known."""
    path = HERE / "reading.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if "--fuzz" in sys.argv:
        number = int(sys.argv[sys.argv.index("--fuzz") + 1])
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            seen = fuzz(number, Path(folder))
        result["fuzz"] = dict(seen) | {"seconds": round(time.perf_counter() - began)}
        print(", ".join(f"{n:,} {what}" for what, n in result["fuzz"].items()))
        print("N in, N out, in order, sound records untouched, no exception")
    else:
        with tempfile.TemporaryDirectory() as folder:
            result["megabytes a second"] = throughput(Path(folder))
        result |= machine("pyarrow")
    write_result(__file__, result)


def throughput(folder: Path) -> dict[str, Any]:
    """Time each way of reading and its floor on the same articles; return MB/s of raw input."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    keys = ("id", "title", "date", "text")
    rows = [{k: r.get(k) for k in keys} for r in islice(records("press/corpus"), ARTICLES)]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    text = "\n".join(row["text"] for row in rows)
    utf8, gbk, utf16 = (text.encode(name) for name in ("utf-8", "gb18030", "utf-16"))
    files = {
        "a.jsonl": lines.encode(),
        "gb.jsonl": lines.encode("gb18030"),
        "a.jsonl.gz": gzip.compress(lines.encode(), 6),
    }
    stream = io.StringIO()
    table = csv.DictWriter(stream, keys)
    table.writeheader()
    table.writerows(rows)
    files["a.csv"] = stream.getvalue().encode()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    pq.write_table(pa.Table.from_pylist(rows), folder / "a.parquet")

    def ours(name: str) -> Callable[[], Any]:
        def go() -> None:
            found = sum(isinstance(item, Article) for item in read([folder / name]))
            if found != ARTICLES:
                raise ValueError(f"{name}: {found} articles of {ARTICLES}")

        return go

    def parse(opened: Iterable[str]) -> None:
        for line in opened:
            json.loads(line)

    def floor_lines(name: str, encoding: str = "utf-8") -> None:
        opener = gzip.open if name.endswith(".gz") else open
        with opener(folder / name, "rt", encoding=encoding) as opened:
            parse(opened)

    def floor_csv() -> None:
        with (folder / "a.csv").open(encoding="utf-8", newline="") as opened:
            for _ in csv.DictReader(opened):
                pass

    def floor_parquet() -> None:
        for batch in pq.ParquetFile(folder / "a.parquet").iter_batches(256):
            batch.to_pylist()

    size = {name: len(data) for name, data in files.items()}
    ways: dict[str, tuple[int, Callable[[], Any], Callable[[], Any]]] = {
        "decode UTF-8": (len(utf8), lambda: decode(utf8, source=""), lambda: utf8.decode()),
        "decode GB18030": (
            len(gbk),
            lambda: decode(gbk, source=""),
            lambda: gbk.decode("gb18030"),
        ),
        "decode UTF-16": (
            len(utf16),
            lambda: decode(utf16, source=""),
            lambda: utf16.decode("utf-16"),
        ),
        "JSON Lines": (size["a.jsonl"], ours("a.jsonl"), lambda: floor_lines("a.jsonl")),
        "JSON Lines, GB18030": (
            size["gb.jsonl"],
            ours("gb.jsonl"),
            lambda: floor_lines("gb.jsonl", "gb18030"),
        ),
        "JSON Lines, gzip": (
            size["a.jsonl"],
            ours("a.jsonl.gz"),
            lambda: floor_lines("a.jsonl.gz"),
        ),
        "CSV": (size["a.csv"], ours("a.csv"), floor_csv),
        "Parquet": (len(utf8), ours("a.parquet"), floor_parquet),
        "sentences": (
            len(utf8),
            lambda: split_sentences(text),
            lambda: [m.span() for m in _SENTENCE.finditer(text)],
        ),
    }
    found: dict[str, Any] = {}
    print(f"{'MB of raw input a second':26}{'ours':>8}{'floor':>8}")
    for name, (count, mine, floor) in ways.items():
        speeds = {who: count / 1e6 / best(go) for who, go in (("ours", mine), ("floor", floor))}
        found[name] = {who: round(speed, 1) for who, speed in speeds.items()}
        print(f"{name:26}{speeds['ours']:8.1f}{speeds['floor']:8.1f}", flush=True)
    return found


def best(go: Callable[[], Any]) -> float:
    """Return the seconds of the fastest of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        go()
        spent.append(time.perf_counter() - began)
    return min(spent)


if __name__ == "__main__":
    main()
