"""Inputs and outputs at addresses of fsspec: the same as on this machine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny import Tiny, contents, records, write_lines, write_table

from pdclassify import read
from pdclassify.batch import run
from pdclassify.batch.describe import count
from pdclassify.errors import InputError, UsageError

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory() -> Iterator[Any]:
    """A file system that is no part of this machine's."""
    system = fsspec.filesystem("memory")
    system.rm("/", recursive=True)
    yield system
    system.rm("/", recursive=True)


def archive(folder: Path) -> None:
    """Files of every kind of cutting."""
    (folder / "b").mkdir()
    write_lines(folder / "a.jsonl", [*records(60), {"id": "bad", "text": None}])
    (folder / "b/c.jsonl.gz").write_bytes(gzip.compress((folder / "a.jsonl").read_bytes(), 1))
    write_table(folder / "b/d.parquet", records(60, 60), group=20)
    write_table(folder / "b/e.parquet", records(60, 120), group=60)
    (folder / "f.pdf").write_bytes(b"")


def go(source: str, out: str, **options: Any) -> Any:
    """Run the tiny task in small shards."""
    settings: dict[str, Any] = {"task": Tiny(), "shard_bytes": 4000, "format": "jsonl", "jobs": 1}
    return run([source], out, **{**settings, **options})


def test_elsewhere_is_as_here(tmp_path: Path, memory: Any) -> None:
    """The same rows, errors and counts, whether inputs, outputs or both are elsewhere."""
    (tmp_path / "in").mkdir()
    archive(tmp_path / "in")
    memory.put(str(tmp_path / "in"), "/", recursive=True)
    here = go(str(tmp_path / "in"), str(tmp_path / "here"))
    there = go("memory://in", "memory://out")
    assert (there.records, there.errors) == (here.records, here.errors) == (242, 2)
    assert [Path(name).name for name in there.skipped] == ["f.pdf"]
    made = {Path(name).name: memory.cat(name) for name in memory.find("/out")}
    expected = contents(tmp_path / "here")
    assert made.keys() == expected.keys()
    for name in made:
        if name != "manifest.json":
            elsewhere = made[name].replace(b"memory:///in", str(tmp_path / "in").encode())
            assert elsewhere == expected[name]
    assert count("memory://out").topics == count(str(tmp_path / "here")).topics
    assert go("memory://in", "memory://out", resume=True).already


def test_a_stopped_run_goes_on_elsewhere(tmp_path: Path, memory: Any) -> None:
    """What is finished is kept, unfinished files are swept, and the end is the same."""
    write_lines(tmp_path / "a.jsonl", [{"text": None}, *records(100)])
    source = str(tmp_path / "a.jsonl")
    go(source, "memory://calm")
    go(source, "memory://out", max_errors=0)
    memory.pipe("/out/.state/part-00001.jsonl.abc.tmp", b"half")
    with pytest.raises(UsageError, match="is not empty"):
        go(source, "memory://out")
    go(source, "memory://out", resume=True)
    calm, out = ({Path(n).name: memory.cat(n) for n in memory.find(p)} for p in ("/calm", "/out"))
    assert calm == out


def test_workers_open_addresses_themselves(tmp_path: Path) -> None:
    """An address travels to the workers, who open it on their own."""
    (tmp_path / "in").mkdir()
    write_table(tmp_path / "in/a.parquet", records(100), group=20)
    report = go(f"file://{tmp_path}/in", f"file://{tmp_path}/out", jobs=2)
    assert report.records == 100
    assert report.shards > 2
    assert (tmp_path / "out/manifest.json").exists()
    assert not (tmp_path / "out/.state").exists()


def test_an_input_that_changes_elsewhere_is_told(memory: Any) -> None:
    """As on this machine, whatever mark of change the system there keeps."""
    memory.pipe("/a.jsonl", b'{"text": null}\n{"text": "x"}\n')
    go("memory://a.jsonl", "memory://out", max_errors=0)
    memory.pipe("/a.jsonl", b'{"text": null}\n{"text": "y"}\n')
    with pytest.raises(UsageError, match=r"a\.jsonl \(written again since"):
        go("memory://a.jsonl", "memory://out", resume=True)


def test_reading_takes_addresses(memory: Any) -> None:
    """Every command reads them, files as well as folders."""
    memory.pipe("/in/a.jsonl", json.dumps({"text": "会议"}).encode())
    assert [item.text for item in read(["memory://in"])] == ["会议"]  # type: ignore[union-attr]
    assert [item.text for item in read(["memory://in/a.jsonl"])] == ["会议"]  # type: ignore[union-attr]
    [error] = read(["memory://in/gone.jsonl"])
    assert "memory://in/gone.jsonl: cannot be read" in error.error  # type: ignore[union-attr]


def test_addresses_that_lead_nowhere(memory: Any) -> None:
    """A kind that nobody knows, a package that is missing, a file that is not there."""
    with pytest.raises(UsageError, match="cannot be an address"):
        go("nokind://x/a.jsonl", "memory://out")
    with pytest.raises(InputError, match=r"memory://gone\.jsonl: cannot be read: no such file"):
        go("memory://gone.jsonl", "memory://out")
