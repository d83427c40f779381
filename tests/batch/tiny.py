"""A task that needs no model, and a command that runs it: for tests that kill and resume."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pdclassify.batch import run
from pdclassify.batch.chunks import Documents
from pdclassify.batch.results import Rows
from pdclassify.errors import PdclassifyError

WORDS = ["支部", "社区", "会议", "学习", "监督", "群众", "网格", "服务", "制度", "基层"]
HOPELESS = 60  # seconds until a test gives up waiting


@dataclass(frozen=True)
class Tiny:
    """Counts characters; slowly if told to; fails on texts that say so."""

    pause: float = 0.0
    columns = ("topics", "length")

    def identity(self) -> dict[str, Any]:
        """It is always the same."""
        return {"task": "tiny"}

    def fields(self) -> list[pa.Field]:
        """A list and a number."""
        return [pa.field("topics", pa.list_(pa.string())), pa.field("length", pa.int64())]

    def __call__(self, documents: Documents) -> Rows:
        """Work on some articles."""
        articles = documents.articles
        if any(article.text == "make me fail" for article in articles):
            raise RuntimeError("as asked")
        time.sleep(self.pause * len(articles))
        return Rows(
            [{"topics": [a.text[:2]] if a.text else [], "length": len(a.text)} for a in articles]
        )


def records(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Records of different lengths, with fields that we know nothing of."""
    return [
        {
            "id": f"r{number:05d}",
            "title": f"第{number}次会议",
            "text": "".join(WORDS[(number * 7 + k) % 10] for k in range(20 + number % 60)) + "。",
            "date": f"{2015 + number % 9}-0{1 + number % 9}-01",
            "publisher": ["甲报", "乙报", "丙报"][number % 3],
            "page": number % 16,
            "nested": {"a": [number, None]},
        }
        for number in range(start, start + count)
    ]


def write_lines(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write JSON Lines."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def write_table(path: Path, rows: Sequence[dict[str, Any]], group: int = 50) -> Path:
    """Write Parquet in small row groups."""
    pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=group)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a finished output."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def lines(folder: Path) -> list[dict[str, Any]]:
    """All rows of a JSON Lines output, in order."""
    parts = sorted(folder.glob("part-*.jsonl"))
    return [json.loads(line) for part in parts for line in part.read_bytes().splitlines()]


def table(folder: Path) -> pa.Table:
    """All rows of a Parquet output, in order."""
    return pa.concat_tables([pq.read_table(part) for part in sorted(folder.glob("part-*.parquet"))])


def start(inputs: list[Path], out: Path, **settings: Any) -> subprocess.Popen[bytes]:
    """Start a run, or go on with one, in a process of its own."""
    given = {
        "inputs": [str(path) for path in inputs],
        "out": str(out),
        "resume": True,
        "shard_bytes": 4000,
        "format": "jsonl",
        **settings,
    }
    # What is said goes to a file: a pipe would stay open as long as any worker lives.
    with out.with_name("said").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, __file__, json.dumps(given)], stderr=said, start_new_session=True
        )


def wait(until: Callable[[], Any]) -> None:
    """Wait for something that is to come."""
    end = time.monotonic() + HOPELESS
    while not until():
        assert time.monotonic() < end
        time.sleep(0.005)


def parts(out: Path) -> int:
    """How many parts are finished."""
    return len(list(out.glob("part-*")))


def main(settings: str) -> None:
    """Run the task in a process of its own, which a test can kill."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore it
    given = json.loads(settings)
    pause = given.pop("pause", 0.0)
    try:
        report = run(task=Tiny(pause), **given)
    except PdclassifyError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(report.exit_code)


if __name__ == "__main__":
    main(sys.argv[1])
