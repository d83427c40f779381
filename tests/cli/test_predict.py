"""``predict``: fields, thresholds, models and records that failed."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest
from rich.cells import cell_len

FIELDS = {"id", "source", "title", "topics", "primary", "probabilities", "reason", "model"}
TOPICS = {"party_building", "governance", "style"}


def test_a_line_holds_what_is_promised(pdclassify, examples):
    """Every line has the promised fields, every topic its probability, and the model its name."""
    ran = pdclassify("predict", examples / "page.txt")
    assert (ran.code, ran.err) == (0, "")
    for line in ran.lines:
        assert set(line) - {"column"} == FIELDS
        assert set(line["probabilities"]) == TOPICS
        assert all(0 <= p <= 1 for p in line["probabilities"].values())
        assert line["model"]["name"] == "party-press"
        assert (line["primary"] is None) is (line["topics"] == [])
        assert (line["reason"] is None) is (line["topics"] != [])


def test_records_keep_id_order_and_what_they_bring(pdclassify, examples):
    """N records give N lines in order with their own ids; publisher and section come along."""
    path = examples / "articles.jsonl"
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    ran = pdclassify("predict", path)
    assert (ran.code, ran.err) == (0, "")
    assert [line["id"] for line in ran.lines] == [record["id"] for record in records]
    for line, record in zip(ran.lines, records, strict=True):
        assert line["source"] == str(path)
        assert line["title"] == record.get("title")
        assert {name: line.get(name) for name in ("publisher", "section", "date")} == {
            name: record.get(name) for name in ("publisher", "section", "date")
        }


def test_examples_get_their_topics(pdclassify, examples):
    """The example records, made to be plain cases, get the topics they were written for."""
    found = {line["id"]: line for line in pdclassify("predict", examples / "articles.jsonl").lines}
    assert found["dj-001"]["topics"] == ["party_building"]
    assert found["zl-001"]["topics"] == ["governance"]
    assert found["zf-001"]["topics"] == ["style"]
    assert set(found["pg-001"]["topics"]) == {"party_building", "governance"}
    for name in ("none-001", "none-002", "en-001"):
        assert (found[name]["topics"], found[name]["reason"]) == ([], "below_threshold"), name
    assert found["empty-001"]["reason"] == "too_short"


def test_a_threshold_decides(pdclassify, examples):
    """--threshold gives a topic from that probability on, by either of its names."""
    path = examples / "articles.jsonl"
    plain = pdclassify("predict", path).lines
    everything = pdclassify("predict", path, "--threshold", "style=0").lines
    nothing = pdclassify("predict", path, "--threshold", "作风=1").lines
    assert all("style" in line["topics"] for line in everything if line["reason"] != "too_short")
    assert not any("style" in line["topics"] for line in nothing)
    assert [line["probabilities"] for line in plain] == [line["probabilities"] for line in nothing]


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        ("sports=.5", "The model party-press has no topic 'sports'; it has"),
        ("style", "TOPIC=P"),
        ("style=much", "TOPIC=P"),
        ("style=1.5", "P from 0 to 1"),
        ("style=nan", "P from 0 to 1"),
        ("=.5", "TOPIC=P"),
    ],
)
def test_a_threshold_that_cannot_be_is_refused(pdclassify, examples, threshold, said):
    """A threshold without topic, number or sense is one clear line and exit 2."""
    ran = pdclassify("predict", examples / "page.txt", "--threshold", threshold)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert said in ran.err


def test_a_failed_record_has_its_line(pdclassify, tmp_path):
    """A broken record gives an error line in its place, a line on stderr that names it, exit 1."""
    path = tmp_path / "mixed.jsonl"
    path.write_text(
        '{"id": "a", "text": "社区党支部开会，党员参加组织生活。"}\n'
        '{"id": "b", "text": null}\n'
        "{broken\n"
        '{"id": "d", "text": ""}\n',
        encoding="utf-8",
    )
    ran = pdclassify("predict", path)
    assert ran.code == 1
    assert [line["id"] for line in ran.lines] == ["a", "b", f"{path}#2", "d"]
    assert ["error" in line for line in ran.lines] == [False, True, True, False]
    assert set(ran.lines[1]) == {"id", "source", "error"}
    assert ran.err.count("\n") == 2
    assert all(str(path) in line for line in ran.err.splitlines())


def test_many_failures_are_counted(pdclassify, tmp_path):
    """After twenty failures the rest are counted on stderr; each still has its line."""
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": 1}\n' * 70, encoding="utf-8")
    ran = pdclassify("predict", path)
    assert ran.code == 1
    assert len(ran.lines) == 70
    assert ran.err.count("\n") == 21
    assert "50 more records failed" in ran.err


def test_one_bad_file_among_good_ones(pdclassify, examples, tmp_path):
    """A missing file has its error line in its place; the others are done; exit 1."""
    good, missing = examples / "articles.jsonl", tmp_path / "missing.jsonl"
    ran = pdclassify("predict", good, missing, good)
    assert ran.code == 1
    assert len(ran.lines) == 17
    assert set(ran.lines[8]) == {"id", "source", "error"}
    assert ran.err.count("\n") == 1
    assert str(missing) in ran.err


def test_nothing_but_unreadable_inputs_is_exit_2(pdclassify, tmp_path):
    """If no input can be read at all the exit code is 2."""
    ran = pdclassify("predict", tmp_path / "a.jsonl", tmp_path / "b.txt")
    assert ran.code == 2
    assert ran.err.count("\n") == 2


def test_a_folder_names_what_it_passes_over(pdclassify, tmp_path):
    """Files of a folder that are of other kinds are counted and named on stderr; exit 0."""
    (tmp_path / "a.jsonl").write_text('{"text": "社区"}\n', encoding="utf-8")
    (tmp_path / "b.docx").write_bytes(b"PK")
    (tmp_path / "c.pdf").write_bytes(b"%PDF")
    ran = pdclassify("predict", tmp_path)
    assert (ran.code, len(ran.lines)) == (0, 1)
    assert "2 files" in ran.err
    assert "b.docx" in ran.err
    assert "c.pdf" in ran.err


def test_standard_input_is_records_or_a_page(pdclassify, examples):
    """Standard input that begins with { is JSON Lines, anything else a page."""
    records = pdclassify(
        "predict", "-", stdin=b"\n" + (examples / "articles.jsonl").read_bytes()
    ).lines
    assert [line["id"] for line in records][:2] == ["dj-001", "zl-001"]
    page = pdclassify("predict", "-", stdin=(examples / "page.txt").read_bytes()).lines
    named = pdclassify("predict", examples / "page.txt").lines
    assert [line["title"] for line in page] == [line["title"] for line in named]
    assert [line["probabilities"] for line in page] == [line["probabilities"] for line in named]
    assert page[0]["id"] == "-#0"


def test_other_columns_and_compression(pdclassify, tmp_path):
    """Columns are found under the names that the options give, compressed or not."""
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress("编号,题,正文\n7,标题,社区网格员入户走访。\n".encode("gb18030")))
    fields = ("--text-field", "正文", "--id-field", "编号", "--title-field", "题")
    ran = pdclassify("predict", path, *fields)
    assert (ran.code, ran.err) == (0, "")
    assert [(line["id"], line["title"]) for line in ran.lines] == [("7", "标题")]


def test_options_without_effect_are_errors(pdclassify, examples):
    """--whole on records and --text-field on pages are refused."""
    for args in (
        (examples / "articles.jsonl", "--whole"),
        (examples / "page.txt", "--text-field", "body"),
    ):
        ran = pdclassify("predict", *args)
        assert (ran.code, ran.out) == (2, "")
        assert "no effect" in ran.err


def test_csv_opens_in_a_spreadsheet(pdclassify, examples):
    """CSV is flat, begins with the mark, has a column for each probability, joins topics by ;."""
    ran = pdclassify("predict", examples / "articles.jsonl", "--format", "csv")
    assert ran.out.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"))))
    assert len(rows) == 8
    assert {f"prob_{topic}" for topic in TOPICS} < set(rows[0])
    both = next(row for row in rows if row["id"] == "pg-001")
    assert set(both["topics"].split(";")) == {"party_building", "governance"}


def test_the_table_has_chinese_names_and_lines_up(pdclassify, examples, monkeypatch):
    """The table heads its columns 党建 治理 作风 and starts every headline in the same column."""
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "80")
    ran = pdclassify("predict", examples / "page.txt", "--format", "table")
    source, head, *rows = ran.out.splitlines()
    assert source == str(examples / "page.txt")
    assert head.split() == ["党建", "治理", "作风", "article"]
    titles = [line["title"] for line in pdclassify("predict", examples / "page.txt").lines]
    before = cell_len(head[: head.index("article")])
    for row, title in zip(rows, titles, strict=True):
        assert cell_len(row[: row.index(title[:4])]) == before
        assert cell_len(row) <= 80


def test_an_unknown_model_is_said(pdclassify, examples, tmp_path):
    """A folder that holds no model is one line that names it, exit 2."""
    ran = pdclassify("predict", examples / "page.txt", "--model", tmp_path / "none")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert str(tmp_path / "none") in ran.err


def test_a_table_marks_given_topics_without_colours(pdclassify, examples):
    """In a pipe a star stands after the probability of a given topic, and columns line up."""
    ran = pdclassify("predict", examples / "articles.jsonl", "--format", "table")
    records = pdclassify("predict", examples / "articles.jsonl").lines
    head, *rows = ran.out.splitlines()[1:]
    order = ("party_building", "governance", "style")
    ends = [cell_len(head[: head.index(name)]) + 4 for name in ("党建", "治理", "作风")]
    for row, record in zip(rows, records, strict=True):
        given = {topic for topic, end in zip(order, ends, strict=True) if row[end] == "*"}
        assert given == set(record["topics"])
        assert cell_len(row[: ends[-1] + 2]) == len(row[: ends[-1] + 2])
        assert all(row[end - 1].isdigit() for end in ends)
    card = pdclassify("analyze", examples / "page.txt", "--format", "table").out
    assert "党建 1.00*  治理 .86*  作风 .00\n" in card
