"""``summarize --digest``: one summary of all inputs."""

from __future__ import annotations

import csv
import io

import pytest

IDENTITY = {"article", "id", "source", "title"}


def test_a_digest_is_one_line_with_sources(pdclassify, examples):
    """All articles give one line; every sentence has its source and stands at its place there."""
    path = examples / "page.txt"
    ran = pdclassify("summarize", path, "--digest")
    assert (ran.code, ran.err) == (0, "")
    (line,) = ran.lines
    assert line["articles"] == 5
    assert 0 < len(line["summary"]) <= 500
    page = path.read_text("utf-8")
    assert {sentence["article"] for sentence in line["sentences"]} == set(range(5))
    for sentence in line["sentences"]:
        assert set(sentence) >= IDENTITY
        printed = page[sentence["start"] : sentence["end"]]
        assert "".join(printed.split()) == "".join(sentence["text"].split())


def test_a_digest_over_several_inputs(pdclassify, examples):
    """Inputs are digested together, records and pages alike, within the budget."""
    page, records = examples / "page.txt", examples / "articles.jsonl"
    (line,) = pdclassify("summarize", page, records, "--digest", "--sentences", "8").lines
    assert len(line["sentences"]) == 8
    assert {sentence["source"] for sentence in line["sentences"]} == {str(page), str(records)}
    (short,) = pdclassify("summarize", page, "--digest", "--chars", "90").lines
    assert 0 < len(short["summary"]) <= 90


def test_a_digest_on_a_focus(pdclassify, examples):
    """--focus goes through all articles."""
    args = ("summarize", examples / "page.txt", "--digest", "--sentences", "1", "--focus")
    (line,) = pdclassify(*args, "暑期托管班").lines
    assert "暑期托管班" in line["summary"]
    assert pdclassify(*args, "style").lines == pdclassify(*args, "作风").lines


def test_a_digest_as_table_and_csv(pdclassify, examples):
    """The table shows headlines and sentences; the CSV's places name their articles."""
    path = examples / "page.txt"
    (line,) = pdclassify("summarize", path, "--digest").lines
    table = pdclassify("summarize", path, "--digest", "--format", "table").out
    shown = "".join(table.split())
    for sentence in line["sentences"]:
        assert "".join(sentence["text"].split()) in shown
        assert "".join(sentence["title"].split()) in shown
    written = pdclassify("summarize", path, "--digest", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(written.removeprefix("\ufeff")))
    assert list(row) == ["articles", "summary", "sentences"]
    assert row["summary"] == line["summary"]
    assert row["sentences"].startswith(f"{path}#0:")


def test_a_digest_without_articles(pdclassify, tmp_path):
    """An empty input gives an empty digest; a missing one is told and fails."""
    empty = tmp_path / "empty.txt"
    empty.write_text("", "utf-8")
    (line,) = pdclassify("summarize", empty, "--digest").lines
    assert (line["articles"], line["summary"], line["sentences"]) == (0, "", [])
    ran = pdclassify("summarize", tmp_path / "none.txt", "--digest")
    assert ran.code == 2
    assert "none.txt" in ran.err


@pytest.mark.parametrize(
    "args", [("--method", "lead"), ("--chars", "9", "--sentences", "1"), ("--model", "models/x")]
)
def test_options_without_effect_are_refused(pdclassify, examples, args):
    """What a digest cannot heed is an error in one line."""
    ran = pdclassify("summarize", examples / "page.txt", "--digest", *args)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
