"""The other commands that read articles: what their lines hold and what their options do."""

from __future__ import annotations

import csv
import io

import pytest

ARTICLE = {
    "id", "source", "index", "column", "kicker", "title", "title_start", "title_end",
    "title_displaced", "subtitle", "byline", "text", "start", "end", "paragraphs", "captions",
}  # fmt: skip
TOPICS = {"topics", "primary", "probabilities", "reason", "model"}
SUMMARY = {"sentences", "summary"}
IDENTITY = {"id", "source", "title"}


@pytest.fixture
def page(examples):
    """The example page as text."""
    return (examples / "page.txt").read_text(encoding="utf-8")


def squeezed(text: str) -> str:
    """Return text without white space, which mended breaks lose."""
    return "".join(text.split())


def test_split(pdclassify, examples, page):
    """Articles come with their headlines at their places and paragraphs that stand in the page."""
    ran = pdclassify("split", examples / "page.txt")
    assert (ran.code, ran.err) == (0, "")
    articles = [line for line in ran.lines if "leftover" not in line]
    assert all(set(line) == ARTICLE for line in articles)
    assert [line["index"] for line in articles] == list(range(len(articles)))
    for line in articles:
        assert squeezed(page[line["title_start"] : line["title_end"]]) == squeezed(line["title"])
        spans = [page[span["start"] : span["end"]] for span in line["paragraphs"]]
        assert squeezed("".join(spans)) == squeezed(line["text"])


def test_a_record_is_split_no_further(pdclassify, tmp_path):
    """Of a record, whose paragraphs are not looked for, a table does not say that it has none."""
    (tmp_path / "a.jsonl").write_text('{"text": "先。\\n后。"}\n', encoding="utf-8")
    printed = pdclassify("split", tmp_path / "a.jsonl", "--format", "table").out
    assert "characters 0-5" in printed
    assert "paragraph" not in printed


def test_split_loses_nothing(pdclassify, examples, page):
    """Every character stands in an article, in a displaced headline's block or in leftover."""
    lines = pdclassify("split", examples / "page.txt").lines
    spans = [(line["start"], line["end"]) for line in lines if "start" in line]
    spans += [(s["start"], s["end"]) for line in lines for s in line.get("leftover", [])]
    displaced = [line for line in lines if line.get("title_displaced")]
    spans += [(line["title_start"], line["title_end"]) for line in displaced]
    covered = {place for start, end in spans for place in range(start, end)}
    lost = "".join(c for place, c in enumerate(page) if place not in covered)
    assert squeezed(lost) == "".join(line["byline"] for line in displaced)


def test_split_tells_what_belongs_to_none(pdclassify, tmp_path):
    """What is left over has its text: in JSON as printed, in a table and a row on one line."""
    path = tmp_path / "page.txt"
    kept = "村里把账本晒出来，谁家都能翻一翻，翻完了还能坐下来问一问。"
    path.write_text(f"账本晒在墙上\n\n　　{kept}\n\n责任编辑：方若谷\n\n　　{kept}", "utf-8")
    *_, line = pdclassify("split", path).lines
    text = path.read_text("utf-8")
    start = text.index("责任")
    assert line["leftover"] == [{"start": start, "end": start + 8, "text": "责任编辑：方若谷"}]
    assert (
        f"{start}-{start + 8}  责任编辑：方若谷" in pdclassify("split", path, "--format=table").out
    )
    assert f"{start}-{start + 8} 责任编辑：方若谷" in pdclassify("split", path, "--format=csv").out


def test_whole_takes_a_file_for_one_article(pdclassify, examples):
    """--whole makes one article of a page."""
    assert len(pdclassify("split", examples / "page.txt", "--whole").lines) == 1


def test_summarize(pdclassify, examples, page):
    """Sentences stand in the page at their places, in order, within 180 characters."""
    ran = pdclassify("summarize", examples / "page.txt")
    assert (ran.code, ran.err) == (0, "")
    for line in ran.lines:
        assert set(line) - {"column"} == IDENTITY | SUMMARY
        assert line["summary"] == "".join(sentence["text"] for sentence in line["sentences"])
        assert 0 < len(line["summary"]) <= 180
        assert [s["index"] for s in line["sentences"]] == sorted(
            s["index"] for s in line["sentences"]
        )
        for sentence in line["sentences"]:
            assert {"text", "start", "end", "index", "score"} <= set(sentence)
            printed = page[sentence["start"] : sentence["end"]]
            assert squeezed(printed) == squeezed(sentence["text"])


def test_a_summary_has_the_length_asked_for(pdclassify, examples):
    """--sentences, --chars and --ratio each set the length."""
    path = examples / "page.txt"
    for line in pdclassify("summarize", path, "--sentences", "2").lines:
        assert len(line["sentences"]) <= 2
    for line in pdclassify("summarize", path, "--chars", "60").lines:
        assert len(line["summary"]) <= 60
    long = pdclassify("summarize", path, "--ratio", ".5").lines
    short = pdclassify("summarize", path, "--ratio", ".2").lines
    assert sum(len(line["summary"]) for line in short) < sum(len(line["summary"]) for line in long)


def test_two_lengths_are_named(pdclassify, examples):
    """A message about options names them as they were given."""
    ran = pdclassify("summarize", examples / "page.txt", "--sentences", "2", "--chars", "100")
    assert "Got --sentences and --chars." in ran.err


@pytest.mark.parametrize(
    "args",
    [
        ("--chars", "90", "--sentences", "2"),
        ("--ratio", ".3", "--sentences", "2"),
        ("--ratio", "1.5"),
        ("--ratio", "0"),
        ("--method", "lead", "--focus", "党员"),
        ("--model", "models/party-press"),
    ],
)
def test_lengths_that_contradict_each_other_are_refused(pdclassify, examples, args):
    """Two lengths, a share beyond 0 to 1, or an option without effect are errors in one line."""
    ran = pdclassify("summarize", examples / "page.txt", *args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1


def test_focus_changes_what_is_chosen(pdclassify, examples):
    """--focus chooses sentences about its words."""
    path = examples / "page.txt"
    plain = pdclassify("summarize", path, "--sentences", "2").lines[0]["summary"]
    focused = pdclassify("summarize", path, "--sentences", "2", "--focus", "暑期托管班").lines[0]
    assert "暑期托管班" not in plain
    assert "暑期托管班" in focused["summary"]


def test_focus_on_a_topic(pdclassify, examples):
    """A topic is a focus by either of its names; a topic of another model needs that model."""
    path = examples / "page.txt"
    args = ("summarize", path, "--sentences", "1", "--focus")
    english, chinese = pdclassify(*args, "governance"), pdclassify(*args, "治理")
    assert english.code == 0
    assert english.out == chinese.out
    assert english.out != pdclassify("summarize", path, "--sentences", "1").out


def test_lead_takes_the_first_sentences(pdclassify, examples):
    """--method lead gives the first sentence where one is asked for."""
    path = examples / "articles.jsonl"
    for line in pdclassify("summarize", path, "--sentences", "1", "--method", "lead").lines:
        assert [sentence["index"] for sentence in line["sentences"]] in ([0], [])


def test_keywords(pdclassify, examples, page):
    """Keywords stand in the article, at most as many as asked for, the best first."""
    ran = pdclassify("keywords", examples / "page.txt", "--top", "5")
    assert (ran.code, ran.err) == (0, "")
    for line in ran.lines:
        assert set(line) - {"column"} == IDENTITY | {"keywords"}
        assert 1 <= len(line["keywords"]) <= 5
        scores = [keyword["score"] for keyword in line["keywords"]]
        assert scores == sorted(scores, reverse=True)
        assert all(keyword["term"] in squeezed(page) for keyword in line["keywords"])


def test_analyze_is_the_union(pdclassify, examples):
    """Analyze says what split, predict, summarize and keywords say, in one line an article."""
    path = examples / "page.txt"
    ran = pdclassify("analyze", path)
    assert (ran.code, ran.err) == (0, "")
    assert all(set(line) == ARTICLE | TOPICS | SUMMARY | {"keywords"} for line in ran.lines)
    for name in ("split", "predict", "summarize", "keywords"):
        lines = [line for line in pdclassify(name, path).lines if "leftover" not in line]
        for line, whole in zip(lines, ran.lines, strict=True):
            assert line.items() <= whole.items()


def test_analyze_as_a_table_reads_like_a_page(pdclassify, examples, monkeypatch):
    """The table shows headline, topics, summary and keywords within 80 columns."""
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "80")
    path = examples / "page.txt"
    ran = pdclassify("analyze", path, "--format", "table")
    assert all(cell_len(row) <= 80 for row in ran.out.splitlines())
    shown = squeezed(ran.out)
    for line in pdclassify("analyze", path).lines:
        assert squeezed(line["title"]) in shown
        assert squeezed(line["summary"]) in shown
        assert line["keywords"][0]["term"] in shown


@pytest.mark.parametrize("name", ["split", "summarize", "keywords", "analyze"])
def test_every_command_writes_csv(pdclassify, examples, name):
    """CSV has a row a record with its id, whatever the command."""
    ran = pdclassify(name, examples / "articles.jsonl", "--format", "csv")
    assert (ran.code, ran.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows][:2] == ["dj-001", "zl-001"]
    assert len(rows) == 8
    assert None not in rows[0]


@pytest.mark.parametrize("name", ["split", "predict", "summarize", "keywords", "explain"])
def test_every_command_shows_a_table(pdclassify, examples, name):
    """A table names every article of the page."""
    ran = pdclassify(name, examples / "page.txt", "--format", "table")
    assert (ran.code, ran.err) == (0, "")
    plain = squeezed(ran.out).translate(dict.fromkeys(map(ord, "【】〔〕")))  # marks of explain
    for line in pdclassify("predict", examples / "page.txt").lines:
        assert squeezed(line["title"])[:8] in plain


def test_a_table_shows_failures(pdclassify, tmp_path):
    """A failed record has its row in the table too."""
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "x", "text": 3}\n', encoding="utf-8")
    ran = pdclassify("predict", path, "--format", "table")
    assert ran.code == 1
    assert "✗" in ran.out


def test_explain_adds_up(pdclassify, examples):
    """Intercept and weights add up to the decision; spans are where the terms stand."""
    ran = pdclassify("explain", examples / "articles.jsonl")
    assert (ran.code, ran.err) == (0, "")
    predicted = pdclassify("predict", examples / "articles.jsonl").lines
    for line, prediction in zip(ran.lines, predicted, strict=True):
        assert set(line) - {"date", "section", "publisher"} == IDENTITY | {"topics", "explanation"}
        assert set(line["explanation"]) == set(prediction["probabilities"])
        for topic, found in line["explanation"].items():
            assert set(found) == {"probability", "decision", "intercept", "terms"}
            total = found["intercept"] + sum(term["weight"] for term in found["terms"])
            assert total == pytest.approx(found["decision"], abs=1e-6)
            assert found["probability"] == pytest.approx(
                prediction["probabilities"][topic], abs=1e-6
            )


def test_explain_one_topic(pdclassify, examples):
    """--topic asks for one topic, by either of its names; an unknown one is an error."""
    path = examples / "articles.jsonl"
    ran = pdclassify("explain", path, "--topic", "作风")
    assert [list(line["explanation"]) for line in ran.lines] == [["style"]] * 8
    refused = pdclassify("explain", path, "--topic", "sports")
    assert refused.code == 2
    assert "party_building" in refused.err


def test_a_focus_that_no_sentence_has_changes_nothing(pdclassify, examples):
    """Words that do not stand in an article leave its summary as it is."""
    path = examples / "articles.jsonl"
    plain = pdclassify("summarize", path).lines
    for words in ("火星殖民", "qzx"):
        ran = pdclassify("summarize", path, "--focus", words)
        assert [line["summary"] for line in ran.lines] == [line["summary"] for line in plain]
        assert ran.code == 0
        assert f"--focus {words}: not one sentence on it in 8 of 8 articles" in ran.err
        digested = pdclassify("summarize", path, "--digest", "--focus", words)
        assert f"--focus {words}: not one sentence on it in 8 articles" in digested.err
    assert pdclassify("summarize", path, "--digest", "--focus", "社区").err == ""


def test_a_ratio_is_filled(pdclassify, examples):
    """All of a text is all that may be printed of it, not what an editor would take."""
    path = examples / "page.txt"
    all_of_it = pdclassify("summarize", path, "--ratio", "1").lines
    most = pdclassify("summarize", path, "--method", "lead", "--ratio", "1").lines
    for line, lead in zip(all_of_it, most, strict=True):
        assert len(line["summary"]) > 0.8 * len(lead["summary"])


def test_a_csv_file_is_refused_where_none_is_written(pdclassify, examples, tmp_path):
    """Explanations do not fit a table of cells; a file that says CSV is not made."""
    path = tmp_path / "explain.csv"
    ran = pdclassify("explain", examples / "articles.jsonl", "-o", path)
    assert (ran.code, ran.out) == (2, "")
    assert "name it .jsonl, or say --format" in ran.err
    assert not path.exists()
