"""JSON Lines, CSV and files that appear when they are whole."""

from __future__ import annotations

import csv
import io
import json

import pytest

from pdclassify.cli.output import MARK, Csv, JsonLines, flat_row, written_whole
from pdclassify.errors import InputError


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
        "model": {"name": "m", "digest": "d"},
        "title": None,
    }
    assert flat_row(line) == {
        "topics": "style;governance",
        "prob_style": 0.9,
        "keywords": "作风;纪律",
        "paragraphs": "0-9;10-12",
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


def test_a_file_appears_when_it_is_whole(tmp_path):
    """While a file is written its name still shows what was there before."""
    path = tmp_path / "out.jsonl"
    path.write_text("old")
    with written_whole(path) as stream:
        stream.write("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [found.name for found in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_failure_leaves_nothing_behind(tmp_path):
    """When writing fails, neither a half file nor a temporary one stays."""

    def fail() -> None:
        with written_whole(tmp_path / "out.jsonl") as stream:
            stream.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path):
    """A file that cannot be created is an error that names it."""
    with (
        pytest.raises(InputError, match=r"missing.out\.jsonl: cannot be written"),
        written_whole(tmp_path / "missing" / "out.jsonl"),
    ):
        pass


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


def test_the_ending_of_a_file_says_its_format(pdclassify, examples, tmp_path):
    """A .csv file is CSV without being told; a kind that is not written is refused."""
    path = tmp_path / "out.csv"
    assert pdclassify("split", examples / "page.txt", "-o", path).code == 0
    assert path.read_text("utf-8").startswith(MARK)
    for name in ("out.jsonl.gz", "out.parquet"):
        ran = pdclassify("split", examples / "page.txt", "-o", tmp_path / name)
        assert (ran.code, ran.out) == (2, "")
        assert name in ran.err
        assert not (tmp_path / name).exists()
