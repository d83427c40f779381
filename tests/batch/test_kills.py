"""Killing: whichever process dies, and whenever, the output is that of an undisturbed run."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tiny import (
    HOPELESS,
    Tiny,
    contents,
    parts,
    records,
    start,
    wait,
    write_lines,
    write_table,
)

from pdclassify.batch import run
from pdclassify.batch.folder import MANIFEST

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds processes by /proc"
)


def workers(parent: int) -> Iterator[int]:
    """The processes of loky below a process."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            above = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if above == parent and b"popen_loky" in (path / "cmdline").read_bytes():
                yield int(path.name)
        except OSError:
            continue  # it ended meanwhile


def alive(pid: int) -> bool:
    """Tell whether a process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill_one(parent: int) -> bool:
    """Kill a worker, if there is one just now."""
    for pid in workers(parent):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three kinds of cutting: by bytes, by row groups, and read in the parent."""
    folder = tmp_path_factory.mktemp("inputs")
    return [
        write_lines(folder / "a.jsonl", [*records(150), {"id": "bad", "text": None}]),
        write_table(folder / "b.parquet", records(100, 150), group=20),
        write_table(folder / "c.parquet", records(100, 250), group=100),
    ]


@pytest.fixture(scope="module")
def calm(inputs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed run writes."""
    out = tmp_path_factory.mktemp("calm") / "out"
    run(inputs, out, task=Tiny(), jobs=1, shard_bytes=4000, format="jsonl")
    return contents(out)


@needs_proc
@pytest.mark.parametrize(("jobs", "kills"), [(1, 13), (2, 4)])
def test_the_parent_is_killed_again_and_again(
    tmp_path: Path, inputs: list[Path], calm: dict[str, bytes], jobs: int, kills: int
) -> None:
    """After every kill only whole files bear final names, and the last run makes the output."""
    out = tmp_path / "out"
    chance = random.Random(jobs)
    left: list[int] = []
    for _ in range(kills):
        process = start(inputs, out, jobs=jobs, pause=0.001)
        # Some runs die before they have begun, the others after a part or two.
        more = parts(out) + chance.randint(0, 2)
        wait(lambda process=process, more=more: process.poll() is not None or parts(out) >= more)
        time.sleep(chance.uniform(0, 0.05 if more > 0 else 0.5))
        left.extend(workers(process.pid))
        process.kill()
        process.wait()
        for part in out.glob("*"):
            assert part.is_dir() or part.read_bytes() == calm[part.name]
    finished = (out / MANIFEST).exists()  # then there is nothing to do, which is no failure
    process = start(inputs, out, jobs=jobs, pause=0)
    assert process.wait(HOPELESS) == (0 if finished else 1)  # since one record is bad
    assert contents(out) == calm
    wait(lambda: not any(map(alive, left)))


@needs_proc
def test_workers_are_killed_and_replaced(
    tmp_path: Path, inputs: list[Path], calm: dict[str, bytes]
) -> None:
    """A worker that the system kills costs nothing but time."""
    out = tmp_path / "out"
    process = start(inputs, out, jobs=2, pause=0.005)
    for _ in range(3):
        more = parts(out) + 1
        wait(lambda more=more: parts(out) >= more)
        wait(lambda: kill_one(process.pid))
    assert process.wait(HOPELESS) == 1
    assert contents(out) == calm


def test_an_interrupted_run_goes_on(
    tmp_path: Path, inputs: list[Path], calm: dict[str, bytes]
) -> None:
    """Control-C ends a run at once, and what it leaves can be resumed."""
    out = tmp_path / "out"
    process = start(inputs, out, jobs=2, pause=0.05)  # half a minute, if nobody stopped it
    wait(lambda: parts(out))
    process.send_signal(signal.SIGINT)
    assert process.wait(HOPELESS) == 130
    assert not (out / "manifest.json").exists()
    run(inputs, out, task=Tiny(), shard_bytes=4000, format="jsonl", resume=True)
    assert contents(out) == calm


@needs_proc
@pytest.mark.parametrize("later", [0, 0.1, 0.2])
def test_workers_that_are_interrupted_say_nothing(
    tmp_path: Path, inputs: list[Path], later: float
) -> None:
    """Control-C on a terminal goes to workers, too, which may not even have begun."""
    process = start(inputs, tmp_path / "out", jobs=2, pause=0.05)
    wait(lambda: list(workers(process.pid)))
    time.sleep(later)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(HOPELESS) == 130
    assert (tmp_path / "said").read_text(encoding="utf-8") == ""
