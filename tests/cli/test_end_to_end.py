"""The real command in a process of its own: what a user sees, byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


def run(*args, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``python -m pdclassify ARGS`` as a shell would."""
    command = [sys.executable, "-W", "error", "-m", "pdclassify", *map(str, args)]
    return subprocess.run(
        command, input=stdin, capture_output=True, env={**os.environ, **env}, check=False
    )


def lines(ran: subprocess.CompletedProcess[bytes]) -> list[dict]:
    """Return standard output as JSON Lines."""
    return [json.loads(line) for line in ran.stdout.decode("utf-8").splitlines()]


def squeezed(text: str) -> str:
    """Return text without white space."""
    return "".join(text.split())


def test_the_example_page(examples):
    """The README's command finds five articles with headlines, topics, summaries, keywords."""
    ran = run("analyze", examples / "page.txt")
    assert (ran.returncode, ran.stderr) == (0, b"")
    found = lines(ran)
    assert [line["title"] for line in found] == [
        "楼道里长出“主心骨”",
        "一个号码管到底 小事不出三天门（县域治理新事）",
        "办公桌抽屉里的“台账”",
        "云泽队主场逆转 提前一轮锁定季军",
        "冷空气周二抵达 出门记得添衣",
    ]
    assert [set(line["topics"]) for line in found] == [
        {"party_building", "governance"},
        {"governance"},
        {"style"},
        set(),
        set(),
    ]
    assert [line["title_displaced"] for line in found] == [False, False, True, False, False]
    assert [line["byline"] for line in found][:3] == [
        "本报记者 林知远",
        "本报记者 周以棠 通讯员 何砚",
        "顾长亭",
    ]
    assert found[1]["column"] == "县域治理新事"
    assert len(found[0]["captions"]) == 2
    assert "递交了入党申请书" in found[0]["text"], "the page break inside a sentence is mended"
    page = (examples / "page.txt").read_text("utf-8")
    for line in found:
        assert 0 < len(line["summary"]) <= 180
        assert line["keywords"]
        for sentence in line["sentences"]:
            printed = page[sentence["start"] : sentence["end"]]
            assert squeezed(printed) == squeezed(sentence["text"])


def test_the_seed_page(shared):
    """The real page beside the project: three articles, their headlines, topics and whole sentences."""
    path = shared / "pages" / "seed_page.txt"
    expected = json.loads((shared / "pages" / "seed_page.json").read_text("utf-8"))
    ran = run("analyze", path)
    assert (ran.returncode, ran.stderr) == (0, b"")
    found = lines(ran)
    assert len(found) == len(expected["articles"])
    for line, article in zip(found, expected["articles"], strict=True):
        assert line["title"] == article["title"]
        assert [line["title_start"], line["title_end"]] == article["title_at"]
        assert line["title_displaced"] is article.get("displaced", False)
        assert line["byline"] == article["byline"]
        assert set(line["topics"]) == set(article["topics"])
    page = path.read_text("utf-8")
    for start, end in expected["joins"]:
        (torn,) = (line for line in found if line["start"] <= start < line["end"])
        mended = squeezed(page[start - 10 : start]) + squeezed(page[end : end + 10])
        assert mended in squeezed(torn["text"])
        assert page[start - 4 : start] + page[end : end + 4] in torn["text"]
    for line in found:
        for sentence in line["sentences"]:
            assert "\n" not in sentence["text"]
            printed = page[sentence["start"] : sentence["end"]]
            assert squeezed(printed) == squeezed(sentence["text"])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_other_encodings_give_the_same(examples, tmp_path, encoding):
    """A page in another encoding gives the same articles with the same places."""
    path = tmp_path / "page.txt"
    path.write_bytes((examples / "page.txt").read_text("utf-8").encode(encoding))
    ours, theirs = lines(run("split", examples / "page.txt")), lines(run("split", path))
    for line in ours + theirs:
        del line["id"], line["source"]
    assert ours == theirs


def test_output_is_utf8_whatever_the_locale(examples):
    """PYTHONIOENCODING and the locale do not change what is written."""
    plain = run("predict", examples / "articles.jsonl")
    ascii_ = run("predict", examples / "articles.jsonl", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert ascii_.returncode == 0
    assert ascii_.stdout == plain.stdout
    assert "把党课搬到果园里".encode() in ascii_.stdout
    table = run("predict", examples / "page.txt", "--format", "table", PYTHONIOENCODING="ascii")
    assert "党建".encode() in table.stdout


@pytest.mark.skipif(os.name != "posix", reason="a shell pipeline")
def test_a_closed_pipe_is_quiet(examples, tmp_path):
    """A reader that takes one line and leaves is no error and makes no noise."""
    many = tmp_path / "many.jsonl"
    many.write_bytes((examples / "articles.jsonl").read_bytes() * 200)
    script = '"$0" -m pdclassify predict "$1" | head -1; echo "${PIPESTATUS[0]}"'
    ran = subprocess.run(
        ["bash", "-c", script, sys.executable, str(many)], capture_output=True, check=False
    )
    first, code = ran.stdout.decode("utf-8").splitlines()
    assert json.loads(first)["id"] == "dj-001"
    assert (code, ran.stderr) == ("0", b"")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a closed pipe is another error")
@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
def test_a_pipe_that_nobody_reads_is_quiet(examples, form):
    """Whatever the format, a reader who has gone before the first line is no error."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "pdclassify", "summarize", "--format", form]
    try:
        ran = subprocess.run(
            [*command, examples / "page.txt"], stdout=write, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(write)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_missing_file_among_good_ones(examples, tmp_path):
    """The good ones are done, the missing one has its line, the exit code is 1."""
    missing = tmp_path / "missing.txt"
    ran = run("analyze", examples / "page.txt", missing, examples / "page.txt")
    assert ran.returncode == 1
    assert ["error" in line for line in lines(ran)] == [False] * 5 + [True] + [False] * 5
    assert ran.stderr.decode("utf-8").count("\n") == 1
    assert str(missing) in ran.stderr.decode("utf-8")


def test_standard_input(examples):
    """A page and records come through a pipe as well."""
    page = run("split", "-", stdin=(examples / "page.txt").read_bytes())
    records = run("split", "-", stdin=(examples / "articles.jsonl").read_bytes())
    assert (page.stderr, records.stderr) == (b"", b"")
    assert len(lines(page)) == 5
    assert [line["id"] for line in lines(records)][-1] == "empty-001"


def test_a_file_that_is_no_text_names_the_byte(tmp_path):
    """Bytes in no encoding are an error that names file and byte; never a traceback."""
    path = tmp_path / "x.txt"
    path.write_bytes("社区".encode() + b"\xff\xff\xff")
    ran = run("analyze", path)
    assert ran.returncode == 2
    said = ran.stderr.decode("utf-8")
    assert said.count("\n") == 1
    assert f"{path}: byte " in said


def test_prediction_stays_lean(examples):
    """Predict imports neither scikit-learn nor a segmenter, scipy, pyarrow or rich."""
    script = (
        "import sys; from pdclassify.cli.main import main\n"
        "try: main(['predict', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(examples / "page.txt")], capture_output=True, check=True
    )
    loaded = ran.stderr.decode("utf-8")
    for heavy in ("sklearn", "scipy", "jieba", "rjieba", "pyarrow", "rich", "joblib"):
        assert f"'{heavy}'" not in loaded
