"""``pdclassify batch``: what a user sees of a run; what the run does is tested in tests/batch."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len

from pdclassify.batch import Progress
from pdclassify.batch.describe import Counts, draw
from pdclassify.cli import batch
from pdclassify.topics import bundle
from small_model import made

TEXT = "党支部开展主题党日活动，全体党员重温入党誓词，支部书记讲专题党课。"
ROWS: list[dict[str, Any]] = [
    {
        "id": str(number),
        "text": TEXT if number % 2 else "孩子们在河边放风筝。",
        "date": f"{2019 + number % 3}年5月",
        "publisher": ["晨报", "水城晚报"][number % 2],
    }
    for number in range(40)
]

Run = Callable[..., Any]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small archive, and we stand beside it."""
    monkeypatch.chdir(tmp_path)
    path = Path("archive.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_it_is_silent_when_all_is_well(pdclassify: Run, archive: Path) -> None:
    """Nothing is printed into a pipe; again without --resume is refused, with it nothing is done."""
    ran = pdclassify("batch", archive, "-o", "out")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    rows = [json.loads(line) for line in Path("out/part-00000.jsonl").read_bytes().splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row in ROWS]
    assert rows[1]["topics"] == ["party_building"]
    ran = pdclassify("batch", archive, "-o", "out")
    assert ran.code == 2
    assert "out: is not empty" in ran.err
    assert "--resume" in ran.err
    ran = pdclassify("batch", archive, "-o", "out", "--resume")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_the_first_error_is_told(pdclassify: Run, archive: Path) -> None:
    """A broken gzip: the reason at once, the rest in a file, what could be read is there."""
    packed = Path("a.jsonl.gz")
    packed.write_bytes(gzip.compress(archive.read_bytes())[:-20])
    ran = pdclassify("batch", packed, archive, "-o", "out")
    assert ran.code == 1
    first, last, told = ran.err.splitlines()[1:] + ran.err.splitlines()[:1]
    assert first.startswith("pdclassify: a.jsonl.gz: cannot be read after ")
    assert last == "pdclassify: 1 error; each is told in out/errors.jsonl"
    assert "the id of an earlier one" in told


def test_a_truncated_parquet_alone_is_nothing_that_could_be_read(
    pdclassify: Run, archive: Path
) -> None:
    """Exit code 2, and the file's name with the reason."""
    pq.write_table(pa.table({"text": [TEXT]}), "a.parquet")
    Path("a.parquet").write_bytes(Path("a.parquet").read_bytes()[:-9])
    ran = pdclassify("batch", "a.parquet", "-o", "out")
    assert ran.code == 2
    assert "a.parquet: cannot be read: Parquet magic bytes not found" in ran.err


def test_files_without_an_article_are_told(pdclassify: Run, archive: Path) -> None:
    """Empty files among others are named, and counted in the manifest."""
    Path("in").mkdir()
    Path("in/a.jsonl").write_text("\n")
    Path("in/b.csv").write_text("text\n")
    Path("in/c.jsonl").write_bytes(archive.read_bytes())
    ran = pdclassify("batch", "in", "-o", "out")
    assert (ran.code, ran.err) == (0, "pdclassify: not one article in in/a.jsonl, in/b.csv\n")
    manifest = json.loads(Path("out/manifest.json").read_bytes())
    assert manifest["empty"] == {"files": 2, "examples": ["in/a.jsonl", "in/b.csv"]}


def test_max_errors(pdclassify: Run, archive: Path) -> None:
    """A run that stops says why and how to go on."""
    Path("bad.jsonl").write_text('{"text": null}\n' * 3)
    ran = pdclassify("batch", "bad.jsonl", "-o", "out", "--max-errors", "2")
    assert ran.code == 1
    assert "bad.jsonl: line 1 (byte 0): 'text' is null" in ran.err
    assert "stopped, since there were more than 2 errors; 1 shard is finished" in ran.err
    assert pdclassify("batch", "bad.jsonl", "-o", "out", "--resume").code == 1


def test_another_model_is_not_mixed_in(pdclassify: Run, archive: Path) -> None:
    """Going on with another model is refused, with the names of both."""
    bundle.save(made(), "model")
    Path("bad.jsonl").write_text('{"text": null}\n')
    pdclassify("batch", "bad.jsonl", "-o", "out", "--max-errors", "0")
    ran = pdclassify("batch", "bad.jsonl", "-o", "out", "--resume", "--model", "model")
    assert ran.code == 2
    assert "began with something else: the model (party-press " in ran.err
    assert ", now small " in ran.err


def test_resuming_needs_nothing_but_the_folder(pdclassify: Run, archive: Path) -> None:
    """Inputs, task and options are those that the run began with; others are refused by name."""
    Path("bad.jsonl").write_text('{"headline": "标题", "text": null}\n', encoding="utf-8")
    asked = (
        "bad.jsonl",
        archive,
        "--task",
        "summarize",
        "--chars",
        "20",
        "--title-field",
        "headline",
    )
    pdclassify("batch", *asked, "-o", "calm")
    assert pdclassify("batch", *asked, "-o", "out", "--max-errors", "0").code == 1
    assert not Path("out/manifest.json").exists()
    for options, changed in (
        (["--task", "keywords"], 'task ("summarize", now "keywords")'),
        (["--sentences", "2"], "sentences (null, now 2)"),
        (["--chars", "21"], "chars (20, now 21)"),
        (["--format", "parquet"], 'format ("jsonl", now "parquet")'),
        ([str(archive)], "the input bad.jsonl (gone)"),
    ):
        ran = pdclassify("batch", "--resume", "-o", "out", *options)
        assert (ran.code, changed in ran.err) == (2, True), ran.err
    assert pdclassify("batch", "--resume", "-o", "out").code == 1
    files = {path.name for path in Path("calm").iterdir()}
    assert files == {path.name for path in Path("out").iterdir()}
    assert all(Path("out", n).read_bytes() == Path("calm", n).read_bytes() for n in files)
    assert pdclassify("batch", "--resume", "-o", "out").code == 0
    ran = pdclassify("batch", "--resume", "-o", "new")
    assert (ran.code, Path("new").exists()) == (2, False)
    assert ran.err == "pdclassify: new: holds no run that could be resumed; name what to read.\n"
    assert pdclassify("batch", "-o", "new").err == "pdclassify: name what to read.\n"


@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without asking")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_says_how_to_go_on(archive: Path, number: signal.Signals) -> None:
    """One line, the code that tells the signal, nothing leaked; and it can go on."""
    archive.write_text(archive.read_text(encoding="utf-8") * 30, encoding="utf-8")
    command = [sys.executable, "-m", "pdclassify", "batch", "-o", "out"]
    options = [str(archive), "--jobs", "2", "--task", "analyze"]
    with subprocess.Popen(
        [*command, *options],
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        while not list(Path("out").glob(".state/part-*.tmp")):  # until a worker is at work
            assert process.poll() is None
            time.sleep(0.01)
        # A service manager tells all processes to end.
        (os.killpg if number == signal.SIGTERM else os.kill)(process.pid, number)
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert process.returncode == 128 + number
    assert said == (
        "pdclassify: stopped; what is finished stands in out: go on by: pdclassify batch --resume"
        " -o out\n"
    )
    assert subprocess.run([*command, "--resume"], check=False).returncode == 0
    assert json.loads(Path("out/manifest.json").read_bytes())["records"] == 40 * 30


def test_describe(pdclassify: Run, archive: Path) -> None:
    """Tables by topic, year and publisher, whose columns stand below each other; and a plot."""
    pytest.importorskip("matplotlib")
    for form in ("jsonl", "parquet"):
        pdclassify("batch", archive, "-o", form, "--format", form)
        ran = pdclassify("batch", "--describe", form)
        assert ran.code == 0
        table = [line for line in ran.out.splitlines() if line.startswith("│")]
        cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in table]
        assert ["党建 party_building", "20", "50.0%"] in cells
        assert ["2019", "14", "7", "7"] in cells
        assert ["2", "水城晚报", "20", "0", "20"] in cells
        by_publisher = [line for line in table if "报" in line]
        assert len({cell_len(line) for line in by_publisher}) == 1
        assert "<svg" in Path(form, "describe.svg").read_text(encoding="utf-8")
    ran = pdclassify("batch", "--describe", "jsonl", "--plot", "plot.png")
    assert Path("plot.png").read_bytes().startswith(b"\x89PNG")
    before = Path("jsonl/describe.svg").read_bytes()
    pdclassify("batch", "--describe", "jsonl")
    assert Path("jsonl/describe.svg").read_bytes() == before


def test_years_of_a_plot_do_not_run_into_each_other(tmp_path: Path) -> None:
    """Many years stand upright below their bars, each with its count; few lie."""
    pytest.importorskip("matplotlib")
    for years, turned in ((3, False), (20, True)):
        counts = Counts()
        for year in range(2000, 2000 + years):
            counts.add({"topics": ["style"], "date": str(year)})
        counts.close()
        draw(counts, tmp_path / "plot.svg", {})
        drawn = (tmp_path / "plot.svg").read_text(encoding="utf-8")
        label = re.search(r"[^>]*>2001( \(1\))?<", drawn)
        assert label is not None
        assert ("rotate(-90" in label[0], label[1] is not None) == (turned, turned)


def test_describe_says_what_it_cannot(pdclassify: Run, archive: Path) -> None:
    """An unfinished or topicless output, a plot of another kind, options without effect."""
    Path("empty").mkdir()
    ran = pdclassify("batch", "--describe", "empty")
    assert ran.code == 2
    assert "holds no finished run" in ran.err
    pdclassify("batch", archive, "-o", "words", "--task", "keywords")
    assert "the task keywords gives no topics" in pdclassify("batch", "--describe", "words").err
    pdclassify("batch", archive, "-o", "out")
    for out in ("out", "empty"):  # before anything is counted
        assert "is .svg or .png" in pdclassify("batch", "--describe", out, "--plot", "a.pdf").err
    ran = pdclassify("batch", "--describe", "out", "--jobs", "2")
    assert ran.err == "pdclassify: --jobs has no effect with --describe.\n"
    assert "no effect without --describe" in pdclassify("batch", "out", "--plot", "a.svg").err


def test_a_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe a line comes when a minute has gone by, not with every shard."""
    now = [1000.0]
    said: list[str] = []
    monkeypatch.setattr(batch.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(batch.logger, "info", said.append)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    with batch._shown() as update:
        for second in range(0, 400, 10):
            now[0] = 1000.0 + second
            update(Progress(1000 + 100 * second, 3, 1000, second, 400))
    assert said == [
        "7,000 articles, 100 a second, 15% done, about 6 minutes left, 3 errors",
        "13,000 articles, 100 a second, 30% done, about 5 minutes left, 3 errors",
        "19,000 articles, 100 a second, 45% done, about 4 minutes left, 3 errors",
        "25,000 articles, 100 a second, 60% done, about 3 minutes left, 3 errors",
        "31,000 articles, 100 a second, 75% done, about 2 minutes left, 3 errors",
        "37,000 articles, 100 a second, 90% done, about 1 minute left, 3 errors",
    ]


def test_a_bar_on_a_terminal(archive: Path) -> None:
    """On a terminal there is a bar while it works, and a line when it is done."""
    master, slave = pytest.importorskip("pty").openpty()
    command = [sys.executable, "-m", "pdclassify", "batch", str(archive), "-o", "out"]
    with subprocess.Popen(command, stderr=slave, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(slave)
        seen = b""
        try:
            while chunk := os.read(master, 4096):
                seen += chunk
        except OSError:  # how a terminal ends on Linux
            pass
    os.close(master)
    assert process.returncode == 0
    assert "40 articles" in seen.decode()
    assert seen.decode().splitlines()[-1].endswith("40 articles in 1 shard, 0 errors")
