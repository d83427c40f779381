"""JSON Lines, CSV and files that appear when they are whole."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys

import pytest

from pdclassify.cli.options import Output
from pdclassify.cli.output import MARK, Csv, JsonLines, flat_row, opened
from pdclassify.errors import OutputError

posix = pytest.mark.skipif(os.name != "posix", reason="pipes and limits of POSIX")


def test_json_lines_keep_chinese_readable():
    """Chinese is written as it is, one object a line."""
    stream = io.StringIO()
    JsonLines(stream).write({"title": "党建\n治理"})
    assert stream.getvalue() == '{"title": "党建\\n治理"}\n'


def test_a_row_is_flat():
    """Lists are joined by ;, probabilities and places spelled out, the model is one cell."""
    line = {
        "topics": ["style", "governance"],
        "probabilities": {"style": 0.9},
        "keywords": [{"term": "作风", "score": 1.0}, {"term": "纪律", "score": 0.5}],
        "paragraphs": [{"start": 0, "end": 9}, {"start": 10, "end": 12}],
        "captions": [{"start": 3, "end": 9, "text": "图为 现场"}],
        "model": {"name": "m", "digest": "d"},
        "title": None,
    }
    assert flat_row(line) == {
        "topics": "style;governance",
        "prob_style": 0.9,
        "keywords": "作风;纪律",
        "paragraphs": "0-9;10-12",
        "captions": "3-9 图为 现场",
        "model": "m d",
        "title": None,
    }


def test_csv_begins_with_the_mark_and_has_room_for_errors():
    """A spreadsheet finds UTF-8 by the mark; a failed record has its message in its own column."""
    stream = io.StringIO()
    writer = Csv(stream, ["id", "topics"])
    writer.write({"id": "1", "topics": ["style"], "publisher": "报"})
    writer.write({"id": "2", "source": "f", "error": "text is null"})
    text = stream.getvalue()
    assert text.startswith(MARK)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix(MARK))))
    assert [row["topics"] for row in rows] == ["style", ""]
    assert rows[0]["publisher"] == "报"
    assert [row["error"] for row in rows] == ["", "text is null"]


def to(path):
    """Return an output in JSON Lines."""
    return Output("jsonl", path)


def test_a_file_appears_when_it_is_whole(tmp_path):
    """While a file is written its name still shows what was there before; who may read it stays."""
    path = tmp_path / "out.jsonl"
    path.write_text("old")
    path.chmod(0o600)
    with opened(to(path)) as lines:
        lines.write({"n": 1})
        assert path.read_text() == "old"
    assert path.read_text() == '{"n": 1}\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_failure_leaves_nothing_behind(tmp_path):
    """When writing fails, neither a half file nor a temporary one stays."""

    def fail() -> None:
        with opened(to(tmp_path / "out.jsonl")) as lines:
            lines.write({"half": 1})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path):
    """A file that cannot be created is an error that names it."""
    with (
        pytest.raises(OutputError, match=r"missing.out\.jsonl: cannot be written"),
        opened(to(tmp_path / "missing" / "out.jsonl")),
    ):
        pass


def test_of_a_link_the_file_is_replaced(tmp_path):
    """A link stays one: the file that it leads to is written, be it there yet or not."""
    (tmp_path / "there").mkdir()
    for name in ("old.jsonl", "new.jsonl"):
        link, file = tmp_path / name, tmp_path / "there" / name
        link.symlink_to(file)
        if name.startswith("old"):
            file.write_text("old")
        with opened(to(link)) as lines:
            lines.write({"n": 1})
            assert not file.exists() or file.read_text() == "old"
        assert link.is_symlink()
        assert file.read_text() == '{"n": 1}\n'
    assert len(list((tmp_path / "there").iterdir())) == 2


@posix
def test_a_pipe_is_written_through(tmp_path):
    """What is no file stays what it is: the reader of a named pipe, also by a link, gets the lines."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for name in (pipe, link):
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        with opened(to(name)) as lines:
            lines.write({"n": 1})
        assert os.read(reader, 100) == b'{"n": 1}\n'
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert len(list(tmp_path.iterdir())) == 2


@posix
def test_other_names_of_standard_output(examples, tmp_path):
    """-o with - or a link to standard output writes there, after what stands there already."""
    log, link = tmp_path / "log", tmp_path / "link"
    log.write_text("before\n")
    link.symlink_to("/proc/self/fd/1")
    if not link.exists():
        pytest.skip("a system without /proc")
    for name in ("-", str(link)):
        with log.open("a") as stdout:
            subprocess.run(
                [sys.executable, "-m", "pdclassify", "split", examples / "page.txt", "-o", name],
                stdout=stdout,
                check=True,
                cwd=tmp_path,
            )
    before, *lines = log.read_text("utf-8").splitlines()
    assert before == "before"
    assert lines[: len(lines) // 2] == lines[len(lines) // 2 :]
    assert {path.name for path in tmp_path.iterdir()} == {"log", "link"}


@posix
def test_a_full_disk_is_told_with_the_name(examples, tmp_path):
    """When there is no room, the message names the file, or standard output."""
    import resource

    path = tmp_path / "out.jsonl"
    run = [sys.executable, "-m", "pdclassify", "split", str(examples / "page.txt")]
    for name, args in (("standard output", []), (str(path), ["-o", str(path)])):
        with (tmp_path / "stdout").open("wb") as stdout:
            ran = subprocess.run(
                [*run, *args],
                stdout=stdout,
                stderr=subprocess.PIPE,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
                check=False,
            )
        assert ran.returncode == 2
        assert ran.stderr.decode().startswith(f"pdclassify: {name}: cannot be written (")
        assert ran.stderr.count(b"\n") == 1
        assert not path.exists()


def test_no_file_where_nothing_could_be_read(pdclassify, tmp_path):
    """If no input can be read, an output of an earlier run stays what it was."""
    path = tmp_path / "out.jsonl"
    path.write_text("earlier")
    ran = pdclassify("predict", tmp_path / "missing.csv", "-o", path)
    assert (ran.code, path.read_text()) == (2, "earlier")
    assert ran.err.count("\n") == 1


def test_output_file(pdclassify, examples, tmp_path):
    """-o writes JSON Lines into the file and nothing to standard output."""
    path = tmp_path / "out.jsonl"
    ran = pdclassify("split", examples / "page.txt", "-o", path)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert len([json.loads(line) for line in path.read_text("utf-8").splitlines()]) >= 4


def test_output_must_not_be_the_input(pdclassify, tmp_path):
    """An output that would replace its input is refused before anything is read."""
    path = tmp_path / "records.jsonl"
    path.write_text('{"text": "社区"}\n', encoding="utf-8")
    ran = pdclassify("split", path, "-o", path)
    assert ran.code == 2
    assert "would replace the input" in ran.err
    assert path.read_text(encoding="utf-8") == '{"text": "社区"}\n'
    run = [sys.executable, "-m", "pdclassify", "split", "-", "-o", str(path)]
    with path.open() as stdin:
        again = subprocess.run(run, stdin=stdin, stderr=subprocess.PIPE, check=False)
    assert (again.returncode, b"would replace the input" in again.stderr) == (2, True)


def test_the_ending_of_a_file_says_its_format(pdclassify, examples, tmp_path):
    """A .csv file is CSV without being told; a kind that is not written is refused."""
    path = tmp_path / "out.csv"
    assert pdclassify("split", examples / "page.txt", "-o", path).code == 0
    assert path.read_text("utf-8").startswith(MARK)
    for name in ("out.jsonl.gz", "out.parquet", "out.tsv", "out.txt"):
        ran = pdclassify("split", examples / "page.txt", "-o", tmp_path / name)
        assert (ran.code, ran.out) == (2, "")
        assert name in ran.err
        assert not (tmp_path / name).exists()
    path = tmp_path / "out.txt"
    assert pdclassify("split", examples / "page.txt", "-o", path, "--format", "jsonl").code == 0
    assert path.exists()
    ran = pdclassify("explain", examples / "page.txt", "-o", tmp_path / "out.csv")
    assert "name it .jsonl, or say --format" in ran.err
