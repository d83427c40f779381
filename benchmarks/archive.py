"""Archives: articles a second on all cores, memory, and what is left after kills.

    python benchmarks/archive.py [speed] [stages] [memory] [kills] [--articles N] [--kills N]

The articles, of 1,000 characters each, are made of the press's paragraphs, drawn by chance, in two
layouts of Parquet: row groups of 10,000 rows, and one group of all rows, as pyarrow writes it unless
told otherwise. What is measured is the command as a user runs it, from start to end, and beside it,
in turns, `TopicModel.predict` on the same articles in one process. The fastest of the rounds counts,
since other processes can only slow it down; CPU time, of all of a run's processes, suffers less from
these. Memory is the peak of what is
resident (VmHWM) of each process, libraries and the shared model's pages included.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import pdclassify
from common import HERE, machine, records, write_result
from pdclassify.batch.chunks import table_chunk
from pdclassify.batch.rows import TablePart, row_schema
from pdclassify.batch.tasks import make_task
from pdclassify.batch.work import CHUNK, do
from pdclassify.reading.fields import columns
from pdclassify.reading.parquet import open_table

LENGTH = 1000
GROUP = 10_000
LAYOUTS = ("groups of 10,000 rows", "one group")
KILLED = 20_000  # articles of the runs that are killed
OWN = 20_000  # articles on which predict's own speed is measured
MIB = 1 << 20


def make(path: Path, articles: int, group: int) -> Path:
    """Write a Parquet file of articles, unless it is there."""
    if path.exists():
        return path
    given = list(records("press/corpus"))
    paragraphs = [
        text for record in given for text in record["text"].split("\n") if 20 <= len(text) <= LENGTH
    ]
    rng = np.random.default_rng(0)
    beside = path.with_suffix(".tmp")
    writer: pq.ParquetWriter | None = None
    for start in range(0, articles, group):
        rows = []
        for number in range(start, min(start + group, articles)):
            text = ""
            while len(text) < LENGTH:
                drawn = rng.integers(0, len(paragraphs), 12)
                text += "\n".join(paragraphs[place] for place in drawn.tolist())
            about = given[int(rng.integers(0, len(given)))]
            rows.append(
                {
                    "id": f"{number:07d}",
                    "title": about["title"],
                    "date": about["date"],
                    "publisher": about["publisher"],
                    "text": text[:LENGTH],
                }
            )
        table = pa.Table.from_pylist(rows)
        writer = writer or pq.ParquetWriter(beside, table.schema)
        writer.write_table(table, row_group_size=group)
    assert writer is not None
    writer.close()
    beside.replace(path)
    return path


def archive(folder: Path, articles: int, layout: str) -> Path:
    """Return a file of so many articles in one of the layouts."""
    group = GROUP if layout == LAYOUTS[0] else articles
    return make(folder / f"{articles}-{group}.parquet", articles, group)


def start(source: Path, out: Path, jobs: int, *options: str) -> subprocess.Popen[bytes]:
    """Start the command."""
    command = [sys.executable, "-m", "pdclassify", "batch", str(source), "-o", str(out)]
    # What Python says of processes that were killed is not what we are after.
    silent = subprocess.DEVNULL if options else None
    return subprocess.Popen([*command, "--jobs", str(jobs), *options], stderr=silent)


def workers(parent: int) -> Iterator[int]:
    """Yield the workers of a run."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            above = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if above == parent and b"popen_loky" in (path / "cmdline").read_bytes():
                yield int(path.name)
        except OSError:
            continue  # it ended meanwhile


def peak(process: int) -> float:
    """Return the most that has been resident of a process, in MiB; 0 if it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    lines = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0]) / 1024 if lines else 0.0


def timed(source: Path, out: Path, jobs: int) -> tuple[float, float]:
    """Return the seconds that a run takes, from its start to its end, and its CPU seconds."""
    shutil.rmtree(out, ignore_errors=True)
    began = time.perf_counter()
    process = start(source, out, jobs)
    _, status, usage = os.wait4(process.pid, 0)  # its workers included
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


def own_speed(source: Path) -> tuple[float, float]:
    """Return the seconds and CPU seconds of `predict` for an article that is in memory."""
    batches = open_table(str(source)).iter_batches(1000, columns=["title", "text"])
    rows = (row for batch in batches for row in batch.to_pylist())
    articles = [pdclassify.Article(**row) for row in islice(rows, OWN)]
    model = pdclassify.load()
    model.predict(articles[:512])
    began, worked = time.perf_counter(), time.process_time()
    for place in range(0, len(articles), 512):
        model.predict(articles[place : place + 512])
    spent = time.perf_counter() - began, time.process_time() - worked
    return spent[0] / len(articles), spent[1] / len(articles)


def own_speed_twice(source: Path) -> float:
    """Return the articles a second of two processes that do nothing else at the same time."""
    code = f"import archive, pathlib; print(archive.own_speed(pathlib.Path({str(source)!r}))[0])"
    command = [sys.executable, "-c", code]
    both = [subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE) for _ in range(2)]
    return sum(1 / float(process.communicate()[0]) for process in both)


def speed(folder: Path, articles: int, rounds: int, layout: str) -> dict[str, Any]:
    """Measure one job, two jobs and predict itself, in turns."""
    source = archive(folder, articles, layout)
    few = archive(folder, GROUP, layout)
    own, twice, one, two, begun = [], [], [], [], []
    for _ in range(rounds):
        own.append(own_speed(source))
        twice.append(own_speed_twice(source))
        one.append(timed(source, folder / "out", 1))
        two.append(timed(source, folder / "out", 2))
        begun.append(timed(few, folder / "out", 2))
    fastest = {
        "predict": 1 / min(own)[0],
        "predict_in_two_processes": max(twice),
        "one_job": articles / min(one)[0],
        "two_jobs": articles / min(two)[0],
        # What comes after the first articles does not pay for starting processes any more.
        "two_jobs_after_the_start": (articles - GROUP) / (min(two)[0] - min(begun)[0]),
    }
    cpu = {
        "predict": 1e6 * min(cost for _, cost in own),
        "one_job": 1e6 * min(cost for _, cost in one) / articles,
        "two_jobs": 1e6 * min(cost for _, cost in two) / articles,
    }
    return {
        "articles": articles,
        "rounds": rounds,
        "articles_per_second": fastest,
        "cpu_microseconds": cpu,
        "two_jobs_against_one": fastest["two_jobs"] / fastest["one_job"],
        "two_jobs_against_twice_predict": fastest["two_jobs"] / (2 * fastest["predict"]),
        "predict_of_two_jobs_cpu": cpu["predict"] / cpu["two_jobs"],
    }


def stages(folder: Path) -> dict[str, float]:
    """Measure what an article costs at each station of a worker's way, in CPU microseconds."""
    task, names = make_task("predict"), columns(None)
    spent: Counter[str] = Counter()
    with (
        archive(folder, GROUP, LAYOUTS[0]).open("rb") as given,
        (folder / "part").open("wb") as out,
    ):
        table = open_table(given)
        schema = row_schema(table.schema_arrow, task.fields())
        part = TablePart(out, schema, task.fields(), table.schema_arrow)
        batches = table.iter_batches(CHUNK, use_threads=False)
        clock = time.process_time
        for _ in range(-(-GROUP // CHUNK)):
            began = clock()
            batch = next(batches)
            read = clock()
            chunk = table_chunk(batch, source="", index=0, names=names)
            made = clock()
            done = do(task, chunk)
            predicted = clock()
            part.write(done)
            written = clock()
            spent["read"] += read - began
            spent["texts"] += made - read
            spent["predict"] += predicted - made
            spent["write"] += written - predicted
        began = clock()
        part.close()
        spent["write"] += clock() - began
    return {name: 1e6 * seconds / GROUP for name, seconds in spent.items()}


def memory(folder: Path, articles: int, layout: str) -> dict[str, Any]:
    """Measure the peaks of the parent and of its workers, of a small archive and of all."""
    found = {}
    for count in (GROUP, articles):
        source = archive(folder, count, layout)
        shutil.rmtree(folder / "out", ignore_errors=True)
        process = start(source, folder / "out", 2)
        peaks: dict[int, float] = {}
        while process.poll() is None:
            for pid in (process.pid, *workers(process.pid)):
                peaks[pid] = max(peaks.get(pid, 0.0), peak(pid))
            time.sleep(0.05)
        assert process.returncode == 0
        parent = peaks.pop(process.pid)
        found[str(count)] = {"parent_mib": parent, "workers_mib": sorted(peaks.values())}
    return found


def same(one: Path, other: Path) -> bool:
    """Tell whether two folders hold the same files, byte for byte."""
    names = sorted(path.name for path in one.iterdir())
    if names != sorted(path.name for path in other.iterdir()):
        return False
    return all(filecmp.cmp(one / name, other / name, shallow=False) for name in names)


def kills(folder: Path, articles: int, count: int) -> dict[str, Any]:
    """Kill parents and workers at random moments of runs that are resumed; compare the outputs."""
    source = archive(folder, articles, LAYOUTS[1])
    calm, out = folder / "calm", folder / "killed"
    length, _ = timed(source, calm, 2)
    chance = random.Random(0)
    killed = {"parent": 0, "worker": 0}
    rounds: list[bool] = []
    shutil.rmtree(out, ignore_errors=True)
    while sum(killed.values()) < count:
        process = start(source, out, 2, "--resume")
        time.sleep(chance.uniform(0.2, length))
        below = list(workers(process.pid))
        whom = chance.choice(["parent", "worker"])
        if process.poll() is None and (below or whom == "parent"):
            os.kill(process.pid if whom == "parent" else chance.choice(below), signal.SIGKILL)
            killed[whom] += 1
        process.wait()
        if (out / "manifest.json").exists():
            rounds.append(same(calm, out))
            shutil.rmtree(out)
    if out.exists():
        assert start(source, out, 2, "--resume").wait() == 0
        rounds.append(same(calm, out))
    return {
        "articles": articles,
        **killed,
        "outputs": len(rounds),
        "identical": sum(rounds),
    }


def show(result: dict[str, Any]) -> None:
    """Print what there is as tables."""
    for layout, row in result.get("speed", {}).items():
        print(f"\n{row['articles']:,} articles, {layout}")
        for name, rate in row["articles_per_second"].items():
            print(f"  {rate:8,.0f} a second: {name}")
        for name, cost in row["cpu_microseconds"].items():
            print(f"  {cost:8.1f} CPU microseconds an article: {name}")
        print(f"  two jobs against one: {row['two_jobs_against_one']:.2f}; bar 1.7")
        print(
            f"  two jobs against twice predict: {row['two_jobs_against_twice_predict']:.2f}, in CPU "
            f"time {row['predict_of_two_jobs_cpu']:.2f}; bar 0.75"
        )
    if "stages" in result:
        row = result["stages"]
        told = ", ".join(f"{name} {cost:.1f}" for name, cost in row.items())
        print(f"\nCPU microseconds an article: {told}")
    for layout, sizes in result.get("memory", {}).items():
        print(f"\nmemory at its peak, MiB, {layout}")
        for count, row in sizes.items():
            below = ", ".join(f"{size:.0f}" for size in row["workers_mib"])
            print(f"  {int(count):>9,} articles: parent {row['parent_mib']:.0f}, workers {below}")
    if "kills" in result:
        row = result["kills"]
        print(
            f"\n{row['parent']} parents and {row['worker']} workers killed; {row['identical']} of "
            f"{row['outputs']} outputs identical to the undisturbed one"
        )


def main(given: Sequence[str] | None = None) -> None:
    """Measure what is asked for, and keep what was measured before of the rest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", help="speed, stages, memory, kills; all unless said")
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--layout", choices=LAYOUTS, action="append", help="both unless said")
    parser.add_argument("--folder", type=Path, help="where made articles stay for the next time")
    args = parser.parse_args(given)
    what = args.what or ["speed", "stages", "memory", "kills"]
    path = HERE / "archive.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for layout in args.layout or LAYOUTS:
            if "speed" in what:
                found = speed(folder, args.articles, args.rounds, layout)
                result.setdefault("speed", {})[layout] = found
                write_result(__file__, result)
            if "memory" in what:
                found = memory(folder, args.articles, layout)
                result.setdefault("memory", {})[layout] = found
                write_result(__file__, result)
        if "stages" in what:
            rounds = [stages(folder) for _ in range(args.rounds + 1)]
            result["stages"] = min(rounds, key=lambda row: sum(row.values()))
        if "kills" in what:
            result["kills"] = kills(folder, KILLED, args.kills)
    result["machine"] = machine("pyarrow", "joblib", "pandas")
    show(result)
    write_result(__file__, result)


if __name__ == "__main__":
    main()
