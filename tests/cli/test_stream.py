"""One record in, one line out: order, failures, what is passed over, and a pipe that trickles."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.article import Article, Passage
from pdclassify.cli.stream import CHUNK, Report, Run, in_options
from pdclassify.lines import article_line
from pdclassify.reading.records import Leftover, RecordError, Skipped


class Kept:
    """A writer that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[dict] = []

    def write(self, line: dict) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Do nothing."""


class Given:
    """Inputs that hold these items."""

    paths = ("x.jsonl",)

    def __init__(self, items: list) -> None:
        self._items = items

    def read(self, stdin=None):
        """Yield the items."""
        return iter(self._items)


def item(kind: str, place: int):
    """Make an item of a stream."""
    if kind == "article":
        return Article(text="", id=str(place), source="x")
    if kind == "error":
        return RecordError(str(place), "x", place, f"x: record {place} is broken")
    if kind == "leftover":
        return Leftover("x", (Passage(place, place + 1, "余"),))
    return Skipped(f"{place}.pdf", "kind")


@given(
    st.lists(st.sampled_from(["article", "error", "leftover", "skipped"]), max_size=2 * CHUNK + 5)
)
def test_n_in_n_out(kinds):
    """However articles, errors and other items are mixed, each has its line, in order."""
    kept = Kept()
    items = [item(kind, place) for place, kind in enumerate(kinds)]
    code = Run(
        kept, lambda articles: map(article_line, articles), Report(()), leftover=True
    ).through(Given(items))
    expected = [
        ("leftover", place) if kind == "leftover" else ("id", str(place))
        for place, kind in enumerate(kinds)
        if kind != "skipped"
    ]
    found = [
        ("leftover", line["leftover"][0]["start"]) if "leftover" in line else ("id", line["id"])
        for line in kept.lines
    ]
    assert found == expected
    assert code == (1 if "error" in kinds else 0)


def test_leftover_is_split_s_own(capsys):
    """Commands that tell of articles alone pass over what belongs to none."""
    kept = Kept()
    Run(kept, lambda articles: map(article_line, articles), Report(()), leftover=False).through(
        Given([item("article", 0), item("leftover", 1)])
    )
    assert [line["id"] for line in kept.lines] == ["0"]


def test_memory_is_bounded_by_the_chunk():
    """Articles are worked on in chunks, never all at once."""
    sizes = []

    def work(articles):
        sizes.append(len(articles))
        return map(article_line, articles)

    Run(Kept(), work, Report(()), leftover=False).through(
        Given([item("article", n) for n in range(200)])
    )
    assert max(sizes) <= CHUNK
    assert sum(sizes) == 200


@pytest.mark.skipif(os.name != "posix", reason="only POSIX tells whether a pipe has something")
def test_a_record_that_trickles_in_is_answered_at_once():
    """A record is answered while the pipe it came through is still open."""
    with subprocess.Popen(
        [sys.executable, "-m", "pdclassify", "predict", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("a", "b"):
            process.stdin.write(json.dumps({"id": name, "text": "社区"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == name
        process.stdin.close()
        assert process.wait() == 0


def test_an_input_without_an_article_is_told(pdclassify, tmp_path):
    """An empty file and an empty folder give no line and no failure, but not silence."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "page.txt").write_text(" \n\n", encoding="utf-8")
    for name in ("folder", "page.txt"):
        ran = pdclassify("predict", tmp_path / name)
        assert (ran.code, ran.out) == (0, "")
        assert ran.err.startswith("pdclassify: not one article in ")
        assert ran.err.count("\n") == 1
    (tmp_path / "a.jsonl").write_text('{"text": "社区"}\n', encoding="utf-8")
    ran = pdclassify("predict", tmp_path / "page.txt", tmp_path / "a.jsonl")
    assert (ran.code, len(ran.lines)) == (0, 1)
    assert ran.err == f"pdclassify: not one article in {tmp_path / 'page.txt'}\n"


@pytest.mark.parametrize(
    ("said", "here"),
    [
        (
            "there is 'a': name it by fields={'text': …} (--text-field).",
            "there is 'a': name it by --text-field.",
        ),
        ("try another encoding=… (--encoding) or none", "try another --encoding or none"),
        ("The 'chars' parameter must be 1.", "--chars must be 1."),
        ("The 'operating_point' parameter must be f1.", "--operating-point must be f1."),
        ("The 'whole' parameter has no effect: no page.", "--whole has no effect: no page."),
        ("The 'thresholds' parameter has no effect.", "--threshold has no effect."),
        ("The 'fields' parameter has no effect.", "--text-field and the like have no effect."),
        ("a.txt: no such file", "a.txt: no such file"),
    ],
)
def test_the_librarys_parameters_are_options_here(said, here):
    """A message of the library names its parameters; on the command line it names the options."""
    assert in_options(said) == here


def test_a_file_that_is_read_twice_is_mentioned(examples, monkeypatch, capsys):
    """On a terminal it is said whose ids are not unique: given twice, or in a folder given too."""
    page, folder = str(examples / "page.txt"), str(examples)
    said = f"pdclassify: {page}: is read twice, so that its ids are not unique; name it once.\n"
    Report([page, page])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for paths in ([page, page], [folder, page], [page, folder], [page, "-", page, page]):
        Report(paths)
        assert capsys.readouterr().err.startswith(said)
    Report([page, f"{folder}/articles.jsonl", "-", "s3://a", "s3://a/b"])
    assert capsys.readouterr().err == ""


def test_a_command_names_options_in_its_lines(pdclassify, tmp_path):
    """The error line of a record and what is said on stderr speak of options."""
    (tmp_path / "a.jsonl").write_text('{"body": "党"}\n', encoding="utf-8")
    ran = pdclassify("predict", tmp_path / "a.jsonl")
    assert "name it by --text-field" in ran.lines[0]["error"]
    assert "name it by --text-field" in ran.err
    assert "--whole has no effect" in pdclassify("split", "--whole", tmp_path / "a.jsonl").err


def test_a_failure_is_told_once_on_a_terminal(monkeypatch, capsys):
    """Where the table with the failure is before the same eyes, stderr does not repeat it."""
    error = item("error", 0)
    for terminal, shown, said in ((True, True, False), (True, False, True), (False, True, True)):
        monkeypatch.setattr(sys.stderr, "isatty", lambda there=terminal: there, raising=False)
        report = Report([], shown=shown)
        report.failed(error)
        assert report.finish() == 1
        assert bool(capsys.readouterr().err) is said
