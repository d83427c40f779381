"""Dask: workers that the run did not start, on this machine here, one of which dies."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tiny import HOPELESS, Tiny, contents, parts, records, start, wait, write_lines, write_table

from pdclassify.batch import engines, run
from pdclassify.errors import UsageError

pytest.importorskip("distributed")

HOST = "127.0.0.1"


class Cluster:
    """A scheduler and its workers, each a process; ports are those that are free."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._file = folder / "scheduler.json"
        self._run("scheduler", "--host", HOST, "--port", "0", "--scheduler-file", str(self._file))
        wait(self._told)

    def _told(self) -> bool:
        """Read where the scheduler is, once its file is whole."""
        try:
            self.address = str(json.loads(self._file.read_text())["address"])
        except (FileNotFoundError, json.JSONDecodeError):
            return False
        return True

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker that nobody watches over, so that a killed one stays dead."""
        return self._run(
            "worker", "--scheduler-file", str(self._file), "--host", HOST, "--no-nanny",
            "--nthreads", "1", "--local-directory", str(self._folder), "--death-timeout", "30",
        )  # fmt: skip

    def _run(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, "--no-dashboard", *options]
        paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                stdout=log,
                stderr=log,
            )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of nobody yet, which ends with the test."""
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


def test_a_worker_of_two_is_killed(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was at is done by the other one, and the output is that of an undisturbed run.

    The paths that we give need not be those under which workers, in other folders, find the files.
    """
    inputs = [
        write_lines(tmp_path / "a.jsonl", records(200)),
        write_table(tmp_path / "b.parquet", records(200, 200), group=20),
    ]
    run(inputs, tmp_path / "calm", task=Tiny(), jobs=1, shard_bytes=4000, format="jsonl")
    out = tmp_path / "out"
    lost, _ = cluster.worker(), cluster.worker()
    monkeypatch.chdir(tmp_path)
    named = [path.relative_to(tmp_path) for path in inputs]
    process = start(named, Path("out"), engine="dask", scheduler=cluster.address, pause=0.01)
    wait(lambda: process.poll() is not None or parts(out) >= 3)
    lost.send_signal(signal.SIGKILL)
    assert process.poll() is None
    assert process.wait(HOPELESS) == 0
    assert contents(out) == contents(tmp_path / "calm")


def test_a_scheduler_that_is_not_there(tmp_path: Path) -> None:
    """The address is named, with what to start; nothing is left behind."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))  # and does not listen
        address = f"tcp://{HOST}:{taken.getsockname()[1]}"
        process = start(
            [write_lines(tmp_path / "a.jsonl", records(3))],
            tmp_path / "out",
            engine="dask",
            scheduler=address,
        )
        assert process.wait(HOPELESS) == UsageError.exit_code
    said = (tmp_path / "said").read_text()
    assert f"{address}: no scheduler of Dask answers there" in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore")  # Dask's own, when it is left so soon
def test_a_cluster_of_nobody(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduler without workers is not waited for without end."""
    monkeypatch.setattr(engines, "_PATIENCE", 1)
    path = write_lines(tmp_path / "a.jsonl", records(3))
    with pytest.raises(UsageError, match=f"{cluster.address}: has no workers after 1 seconds"):
        run([path], tmp_path / "out", task=Tiny(), engine="dask", scheduler=cluster.address)
    assert not (tmp_path / "out").exists()


def test_options_of_the_other_engine_are_refused(tmp_path: Path) -> None:
    """The number of jobs is the cluster's; a scheduler must be named."""
    path = write_lines(tmp_path / "a.jsonl", records(3))
    with pytest.raises(UsageError, match="'jobs' parameter has no effect with the engine dask"):
        run([path], tmp_path / "out", task=Tiny(), engine="dask", scheduler="tcp://x:1", jobs=2)
    with pytest.raises(UsageError, match="needs the scheduler's address"):
        run([path], tmp_path / "out", task=Tiny(), engine="dask")
