"""Runs: the output, errors, resuming, and what must stop a run."""

from __future__ import annotations

import errno
import gzip
import itertools
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tiny import Tiny, contents, lines, records, table, write_lines, write_table

from pdclassify.batch import Progress, run
from pdclassify.batch.folder import Folder
from pdclassify.batch.plan import Piece, Shard
from pdclassify.batch.sources import Reading
from pdclassify.batch.work import Job, work
from pdclassify.errors import InputError, OutputError, UsageError, WorkerError
from pdclassify.reading.fields import columns

SMALL = 4000


def go(inputs: list[Path], out: Path, **options: Any) -> Any:
    """Run the tiny task in small shards."""
    return run(inputs, out, **{"task": Tiny(), "shard_bytes": SMALL, **options})


def test_json_lines_keep_what_we_do_not_know(tmp_path: Path) -> None:
    """One line a record, in order, with all of its own fields and the results beside them."""
    rows = records(200)
    path = write_lines(tmp_path / "a.jsonl", rows)
    report = go([path], tmp_path / "out")
    assert (report.records, report.errors, report.exit_code) == (200, 0, 0)
    assert report.shards > 5
    for row, line in zip(rows, lines(tmp_path / "out"), strict=True):
        assert line.items() >= row.items()
        assert line["source"] == str(path)
        assert line["length"] == len(row["text"])


def test_parquet_keeps_other_columns_untouched(tmp_path: Path) -> None:
    """Columns of any type come out as they went in, beside topics as a list of strings."""
    given = pa.Table.from_pylist(records(100))
    days = pa.array(range(100), pa.int32()).cast(pa.date32())
    given = given.append_column("day", days).append_column(
        "kind", pa.array(["x", "y"] * 50).dictionary_encode()
    )
    pq.write_table(given, tmp_path / "a.parquet", row_group_size=10)
    go([tmp_path / "a.parquet"], tmp_path / "out")
    made = table(tmp_path / "out")
    assert made.select(given.column_names).equals(given)
    assert made.schema.field("topics").type == pa.list_(pa.string())
    assert made["length"].to_pylist() == [len(text) for text in given["text"].to_pylist()]
    assert set(made["source"].to_pylist()) == {str(tmp_path / "a.parquet")}


def test_columns_called_like_results_are_kept_under_another_name(tmp_path: Path) -> None:
    """A labelled archive has topics of its own: they become input_topics in both formats."""
    rows = [{"text": "社区开会。", "topics": ["old"], "error": 7, "id": "x"}]
    write_lines(tmp_path / "a.jsonl", rows)
    write_table(tmp_path / "a.parquet", rows)
    go([tmp_path / "a.jsonl"], tmp_path / "out")
    go([tmp_path / "a.parquet"], tmp_path / "out2")
    for line in (*lines(tmp_path / "out"), *table(tmp_path / "out2").to_pylist()):
        assert line["topics"] == ["社区"]
        assert line["input_topics"] == ["old"]
        assert line["input_error"] == 7
        assert line.get("error") is None


def test_json_lines_become_parquet(tmp_path: Path) -> None:
    """Known fields are columns of their own; the others stand in one column as JSON."""
    rows = records(50)
    write_lines(tmp_path / "a.jsonl", rows)
    report = go([tmp_path / "a.jsonl"], tmp_path / "out", format="parquet")
    made = table(tmp_path / "out").to_pylist()
    assert report.records == len(made) == 50
    for row, line in zip(rows, made, strict=True):
        assert line["title"] == row["title"]
        assert line["publisher"] == row["publisher"]
        assert json.loads(line["extra"]) == {"page": row["page"], "nested": row["nested"]}


def test_parquet_becomes_json_lines(tmp_path: Path) -> None:
    """What JSON does not know becomes a string."""
    given = pa.table({"text": ["会议"], "day": pa.array([1], pa.date32()), "raw": [b"\x00\xff"]})
    pq.write_table(given, tmp_path / "a.parquet")
    go([tmp_path / "a.parquet"], tmp_path / "out", format="jsonl")
    [line] = lines(tmp_path / "out")
    assert (line["day"], line["raw"]) == ("1970-01-02", "AP8=")


def test_files_with_different_columns_have_one_schema(tmp_path: Path) -> None:
    """A column that one file lacks is null there; types that fit are widened; others are told."""
    pq.write_table(
        pa.table({"text": ["一"], "n": pa.array([1], pa.int32())}), tmp_path / "a.parquet"
    )
    pq.write_table(
        pa.table({"text": ["二"], "n": pa.array([2], pa.int64()), "m": ["z"]}),
        tmp_path / "b.parquet",
    )
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    go(paths, tmp_path / "out", shard_bytes=1)
    made = table(tmp_path / "out")
    assert made["n"].to_pylist() == [1, 2]
    assert made["m"].to_pylist() == [None, "z"]
    pq.write_table(pa.table({"text": ["三"], "n": ["drei"]}), tmp_path / "c.parquet")
    with pytest.raises(UsageError, match=r"c\.parquet: its columns do not fit"):
        go([*paths, tmp_path / "c.parquet"], tmp_path / "out2")
    write_lines(tmp_path / "d.jsonl", records(1))
    with pytest.raises(UsageError, match="run them apart"):
        go([*paths, tmp_path / "d.jsonl"], tmp_path / "out3", format="parquet")


def test_ids_are_made_where_there_are_none(tmp_path: Path) -> None:
    """A record without an id is source#index, in Parquet too where the column has a null."""
    pq.write_table(pa.table({"text": ["一", "二"], "id": ["x", None]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"text": ["一", "二"]}), tmp_path / "b.parquet")
    go([tmp_path / "a.parquet"], tmp_path / "out")
    go([tmp_path / "b.parquet"], tmp_path / "out2")
    assert table(tmp_path / "out")["id"].to_pylist() == ["x", f"{tmp_path}/a.parquet#1"]
    ids = table(tmp_path / "out2")["id"].to_pylist()
    assert ids == [f"{tmp_path}/b.parquet#0", f"{tmp_path}/b.parquet#1"]


def test_bad_records_are_rows_and_errors(tmp_path: Path) -> None:
    """N records in, N rows out; each bad one stands in errors.jsonl with file, position, reason."""
    path = tmp_path / "a.jsonl"
    good = json.dumps(records(1)[0], ensure_ascii=False)
    path.write_text(f'{good}\n\n{{broken\n{{"id": "n", "text": null}}\n{good}x\n', "utf-8")
    report = go([path], tmp_path / "out")
    assert (report.records, report.errors, report.exit_code) == (4, 3, 1)
    assert [line.get("error") is None for line in lines(tmp_path / "out")] == [
        True, False, False, False,
    ]  # fmt: skip
    errors = [
        json.loads(line) for line in (tmp_path / "out/errors.jsonl").read_bytes().splitlines()
    ]
    assert [error["file"] for error in errors] == [str(path)] * 3
    start = len(good.encode()) + 2
    assert errors[0]["position"] == f"line 3 (byte {start})"
    assert "not JSON" in errors[0]["reason"]
    assert errors[1]["id"] == "n"
    assert "null" in errors[1]["reason"]


def test_bad_rows_of_a_table_keep_their_columns(tmp_path: Path) -> None:
    """A row without a text keeps what it has, without results and with its error."""
    given = pa.table({"text": ["一", None, "三"], "n": [1, 2, 3]})
    pq.write_table(given, tmp_path / "a.parquet")
    report = go([tmp_path / "a.parquet"], tmp_path / "out")
    made = table(tmp_path / "out")
    assert made.select(["text", "n"]).equals(given)
    assert made["length"].to_pylist() == [1, None, 1]
    assert report.errors == 1
    assert "row 2" in made["error"].to_pylist()[1]


def test_an_article_that_the_task_fails_on_is_an_error_of_its_own(tmp_path: Path) -> None:
    """One article in a million must not cost the others."""
    rows = [*records(3), {"id": "bad", "text": "make me fail"}, *records(3, 3)]
    report = go([write_lines(tmp_path / "a.jsonl", rows)], tmp_path / "out")
    assert (report.records, report.errors) == (7, 1)
    [error] = (tmp_path / "out/errors.jsonl").read_text().splitlines()
    assert json.loads(error)["id"] == "bad"
    assert "RuntimeError: as asked" in error


def test_max_errors_stops_and_can_go_on(tmp_path: Path) -> None:
    """Too many errors end a run early, in order; with more allowed it goes on to the same end."""
    rows: list[dict[str, Any]] = [{**row, "text": None} for row in records(50)] + records(200)
    path = write_lines(tmp_path / "a.jsonl", rows)
    report = go([path], tmp_path / "out", max_errors=5)
    assert not report.finished
    assert report.exit_code == 1
    assert report.records < 250
    assert (tmp_path / "out/errors.jsonl").exists()
    assert not (tmp_path / "out/manifest.json").exists()
    report = go([path], tmp_path / "out", max_errors=50, resume=True)
    assert (report.records, report.errors) == (250, 50)
    go([path], tmp_path / "calm")
    assert contents(tmp_path / "out") == contents(tmp_path / "calm")


def test_a_broken_file_among_good_ones(tmp_path: Path) -> None:
    """Its error is told, the rest is done, earlier shards and its readable part are kept."""
    a = write_lines(tmp_path / "a.jsonl", records(100))
    b = tmp_path / "b.jsonl.gz"
    b.write_bytes(gzip.compress(a.read_bytes(), 1)[:-200])
    c = write_table(tmp_path / "c.parquet", records(100, 100))
    c.write_bytes(c.read_bytes()[:-9])
    d = write_table(tmp_path / "d.parquet", records(100, 100))
    report = go([a, b, c, d], tmp_path / "out")
    assert report.errors == 2
    assert report.exit_code == 1
    assert report.records > 200
    errors = (tmp_path / "out/errors.jsonl").read_text()
    assert "b.jsonl.gz" in errors
    assert "c.parquet" in errors
    ids = [line["id"] for line in lines(tmp_path / "out")]
    assert ids[:100] == [row["id"] for row in records(100)]
    assert ids[-100:] == [row["id"] for row in records(100, 100)]
    assert go([c], tmp_path / "out2").exit_code == 2


def test_the_manifest_tells_everything(tmp_path: Path) -> None:
    """Inputs, stretches, counts, task and version stand in the manifest; the ranges join."""
    path = write_lines(tmp_path / "a.jsonl", records(100))
    go([path], tmp_path / "out")
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["task"] == "tiny"
    assert manifest["version"]
    assert manifest["inputs"][0]["size"] == path.stat().st_size
    ranges = [shard["inputs"][0]["bytes"] for shard in manifest["shards"]]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == path.stat().st_size
    assert all(one[1] == other[0] for one, other in itertools.pairwise(ranges))
    assert sum(shard["records"] for shard in manifest["shards"]) == manifest["records"] == 100
    names = {shard["part"] for shard in manifest["shards"]}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names | {"manifest.json"}


def test_duplicate_ids_are_found(tmp_path: Path) -> None:
    """Across files and shards, in both formats, by their names."""
    a = write_lines(tmp_path / "a.jsonl", records(100))
    b = write_lines(tmp_path / "b.jsonl", records(3, 98))
    report = go([a, b], tmp_path / "out")
    assert (report.duplicates, report.duplicate_ids) == (2, ("r00098", "r00099"))
    c = write_table(tmp_path / "c.parquet", records(100) + records(1, 7))
    report = go([c], tmp_path / "out2")
    assert (report.duplicates, report.duplicate_ids) == (1, ("r00007",))


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_two_jobs_give_the_same_bytes(tmp_path: Path, form: str) -> None:
    """However many work, and whoever sends them, the output is the same."""
    path = write_table(tmp_path / "a.parquet", records(300), group=300)
    other = write_lines(tmp_path / "b.jsonl", records(300, 300))
    inputs = [path, other] if form == "jsonl" else [path]
    seen: list[Progress] = []
    go(inputs, tmp_path / "one", format=form, jobs=1, progress=seen.append)
    go(inputs, tmp_path / "two", format=form, jobs=2)
    with joblib.parallel_config("threading", n_jobs=2):
        go(inputs, tmp_path / "three", format=form)
    assert contents(tmp_path / "one") == contents(tmp_path / "two") == contents(tmp_path / "three")
    assert seen[-1].records == 300 * len(inputs)
    assert seen[-1].bytes_done <= seen[-1].bytes_total
    assert seen[-1].bytes_done > 0.9 * seen[-1].bytes_total


def test_resuming_where_nothing_is_or_everything_is(tmp_path: Path) -> None:
    """--resume starts where there is nothing and does nothing where all is done."""
    path = write_lines(tmp_path / "a.jsonl", [*records(10), {"id": "bad"}])
    assert not go([path], tmp_path / "out", resume=True).already
    before = contents(tmp_path / "out")
    again = go([path], tmp_path / "out", resume=True)
    assert again.already
    assert again.exit_code == 0
    assert contents(tmp_path / "out") == before


def test_what_is_finished_is_not_done_again(tmp_path: Path) -> None:
    """A resumed run does the missing shards only, and a part that was lost meanwhile."""
    path = write_lines(tmp_path / "a.jsonl", [{"text": None}, *records(100)])
    go([path], tmp_path / "calm")
    go([path], tmp_path / "out", max_errors=0)  # stops after the first shard
    first = tmp_path / "out/part-00000.jsonl"
    stamp = first.stat().st_mtime_ns
    seen: list[Progress] = []
    go([path], tmp_path / "out", resume=True, progress=seen.append)
    assert first.stat().st_mtime_ns == stamp
    assert seen[0].earlier == seen[0].records > 0
    assert contents(tmp_path / "out") == contents(tmp_path / "calm")
    go([path], tmp_path / "lost", max_errors=0)
    (tmp_path / "lost/part-00000.jsonl").unlink()
    (tmp_path / "lost/.state/part-00001.jsonl.abc.tmp").write_bytes(b"half")
    go([path], tmp_path / "lost", resume=True)
    assert contents(tmp_path / "lost") == contents(tmp_path / "calm")


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    """Neither a folder with other things in it nor a file is written to."""
    path = write_lines(tmp_path / "a.jsonl", records(3))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        go([path], tmp_path / "out")
    with pytest.raises(UsageError, match="no run that could be resumed"):
        go([path], tmp_path / "out", resume=True)
    assert list(contents(tmp_path / "out")) == ["mine.txt"]
    with pytest.raises(UsageError, match="is a file"):
        go([path], path)
    go([path], tmp_path / "new")
    with pytest.raises(UsageError, match="is not empty"):
        go([path], tmp_path / "new")


def test_changes_between_runs_are_named(tmp_path: Path) -> None:
    """An input, option or task that changed since is told, and nothing is mixed."""
    a = write_lines(tmp_path / "a.jsonl", [{"text": None}, *records(50)])
    b = write_lines(tmp_path / "b.jsonl", records(5))
    go([a, b], tmp_path / "out", max_errors=0)
    again = {"resume": True, "out": tmp_path / "out"}
    with pytest.raises(UsageError, match=r"b\.jsonl \(gone\)"):
        go([a], **again)
    with pytest.raises(UsageError, match="order of the inputs"):
        go([b, a], **again)
    with pytest.raises(UsageError, match=r'format \("jsonl", now "parquet"\)'):
        go([a, b], **again, format="parquet")
    with pytest.raises(UsageError, match="shard_bytes"):
        go([a, b], **again, shard_bytes=SMALL + 1)
    with pytest.raises(UsageError, match=r'fields \({}, now {"title": "headline"}\)'):
        go([a, b], **again, fields={"title": "headline"})
    os.utime(b)
    with pytest.raises(UsageError, match=r"b\.jsonl \(written again since"):
        go([a, b], **again)
    write_lines(b, records(6))
    with pytest.raises(UsageError, match=r"b\.jsonl \(\d+ bytes, now \d+\)"):
        go([a, b], **again)


def test_an_input_that_grows_meanwhile_is_told(tmp_path: Path) -> None:
    """An input that is still being written gives an error, not an output of who knows what."""
    path = write_lines(tmp_path / "a.jsonl", records(100))

    def grow(_: Progress) -> None:
        with path.open("a") as stream:
            stream.write("\n")

    with pytest.raises(InputError, match="changed while it was read"):
        go([path], tmp_path / "out", progress=grow)
    assert not (tmp_path / "out/manifest.json").exists()


def test_a_worker_elsewhere_is_as_the_run_needs_it(tmp_path: Path) -> None:
    """One that does not see an input, or has another version, ends the run and says why."""
    folder = Folder(str(tmp_path))
    folder.begin(resume=False)
    with folder.locked():
        folder.set_run({}, "run-x")
        job = Job(str(tmp_path), "jsonl", Tiny(), Reading(columns(None)), None, None, "run-x")
        for form in ("file", "lines", "groups"):
            shard = Shard(0, (Piece("gone.jsonl", form, end=1),))
            with pytest.raises(
                InputError, match=r"gone\.jsonl: cannot be read any more, or not by"
            ):
                work(shard, job)
        with pytest.raises(WorkerError, match=r"has pdclassify \S+, the run 0\.0\.1"):
            work(shard, replace(job, version="0.0.1"))
        with pytest.raises(OutputError, match="is not the folder of this run any more"):
            work(shard, replace(job, run="run-y"))


def test_two_runs_on_one_folder(tmp_path: Path) -> None:
    """The second is refused, whether it would resume or not; the first is not disturbed."""
    path = write_lines(tmp_path / "a.jsonl", records(100))
    (tmp_path / "out").mkdir()
    with Folder(str(tmp_path / "out")).locked():
        for resume in (False, True):
            with pytest.raises(UsageError, match=rf"another run \(process {os.getpid()}\)"):
                go([path], tmp_path / "out", resume=resume)
    assert list((tmp_path / "out").iterdir()) == []
    go([path], tmp_path / "out")


def test_a_full_disk_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room: a clear error, no half file under a final name; with room it goes on."""
    path = write_lines(tmp_path / "a.jsonl", records(100))
    go([path], tmp_path / "calm")
    sync, count = os.fsync, iter(range(100))

    def full(number: int) -> None:
        if next(count) > 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(number)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"No space left on device\).*--resume"):
        go([path], tmp_path / "out", jobs=1)
    monkeypatch.undo()
    kept = sorted((tmp_path / "out").glob("part-*"))
    assert len(kept) > 2
    assert all(part.read_bytes() == (tmp_path / "calm" / part.name).read_bytes() for part in kept)
    assert not list((tmp_path / "out/.state").glob("*.tmp"))
    go([path], tmp_path / "out", resume=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "calm")


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_a_disk_that_is_really_full(tmp_path: Path, form: str) -> None:
    """The same on a small file system, where the writers themselves meet the end."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96k", "none", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a file system")
    try:
        path = write_table(tmp_path / "a.parquet", records(2000), group=100)
        with pytest.raises(OutputError, match="No space left on device"):
            go([path], disk / "out", format=form, jobs=2)
        kept = sorted((disk / "out").glob("part-*"))
        assert kept
        for part in kept:
            assert lines(disk / "out") if form == "jsonl" else pq.read_table(part).num_rows
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """It is told at once, with its name."""
    path = write_lines(tmp_path / "a.jsonl", records(3))
    with pytest.raises(OutputError, match="cannot be written"):
        go([path], Path("/proc/nowhere"))
    with pytest.raises(OutputError, match="cannot be written"):
        go([path], path / "below")


def test_options_without_effect_are_refused(tmp_path: Path) -> None:
    """Nothing that is asked for is passed over in silence."""
    path = write_lines(tmp_path / "a.jsonl", records(3))
    out = tmp_path / "out"
    with pytest.raises(UsageError, match="'top' parameter has no effect on the task predict"):
        run([path], out, top=3)
    with pytest.raises(UsageError, match="one of sentences, chars and ratio"):
        run([path], out, task="summarize", chars=3, ratio=0.1)
    with pytest.raises(UsageError, match="task must be one of"):
        run([path], out, task="translate")
    with pytest.raises(UsageError, match="'whole' parameter has no effect"):
        run([path], out, whole=True)
    with pytest.raises(UsageError, match="'scheduler' parameter has no effect"):
        run([path], out, scheduler="tcp://x")
    with pytest.raises(UsageError, match="jobs must be at least 1"):
        run([path], out, jobs=0)
    with pytest.raises(UsageError, match="single path"):
        run(str(path), out)
    assert not out.exists()


@pytest.mark.parametrize("task", ["predict", "summarize", "keywords", "analyze"])
def test_both_formats_tell_the_same(tmp_path: Path, task: str) -> None:
    """Whatever a task tells in JSON stands in the columns of Parquet, too."""
    text = "社区党支部组织党员入户走访。居民的难处，党员记在本子上。楼道里的灯，当天就修好了。"
    path = write_table(tmp_path / "a.parquet", [{"id": "1", "title": "走访", "text": text * 3}])
    run([path], tmp_path / "json", task=task, format="jsonl")
    run([path], tmp_path / "table", task=task)
    [line] = lines(tmp_path / "json")
    [row] = table(tmp_path / "table").to_pylist()
    assert row.pop("error") is None
    assert row == line
