"""Explanations as marked text."""

from __future__ import annotations

import json

import numpy as np

from pdclassify import split_page
from pdclassify.article import Article
from pdclassify.cli.marking import marked


def test_weights_fall_on_the_characters_of_their_places():
    """A term's weight falls on each of its places; a character has that of all terms it is in."""
    article = Article(text="党员找党员", end=5)
    spans = [{"start": 0, "end": 2}, {"start": 3, "end": 5}]
    terms = [
        {"term": "党员", "weight": 1.0, "spans": spans},
        {"term": "找党", "weight": -0.25, "spans": [{"start": 2, "end": 4}]},
    ]
    text, marks = marked(article, terms)
    assert text == "党员找党员"
    assert marks.tolist() == [1.0, 1.0, -0.25, 0.75, 1.0]


def test_a_page_s_headline_and_mended_paragraphs_are_marked(examples):
    """Places on the page are found again in the headline and in a paragraph that was torn."""
    page = (examples / "page.txt").read_text("utf-8")
    article = split_page(page).articles[0]
    terms = [
        {"term": word, "weight": weight, "spans": [{"start": at, "end": at + len(word)}]}
        for word, weight in (("主心骨", 3.0), ("入党申请书", 5.0))
        for at in [page.index(word)]
    ]
    text, marks = marked(article, terms)
    assert text.startswith(article.title + "\n")
    for word, weight in (("主心骨", 3.0), ("入党申请书", 5.0)):
        at = text.index(word)
        assert marks[at : at + len(word)].tolist() == [weight] * len(word)
    assert np.count_nonzero(marks) == len("主心骨入党申请书")


def test_a_headline_whose_place_is_unknown_is_not_marked():
    """A record's headline has no place in its text, so its terms have no spans."""
    text, marks = marked(
        Article(text="社区", title="党建", end=2), [{"term": "党建", "weight": 1.0, "spans": []}]
    )
    assert text == "党建\n社区"
    assert not marks.any()


def test_explain_shows_marks_sums_and_terms(pdclassify, examples, monkeypatch):
    """The table has the text, the strongest terms, and what they add up to."""
    monkeypatch.setenv("COLUMNS", "80")
    ran = pdclassify(
        "explain", examples / "articles.jsonl", "--format", "table", "--topic", "style"
    )
    assert ran.code == 0
    assert "三起违反中央八项规定精神问题被通报" in ran.out
    assert "= decision" in ran.out
    assert "(not given)" in ran.out


def test_blanks_in_terms_are_shown(pdclassify, tmp_path, monkeypatch):
    """A term of a space or a line end can be seen in the table."""
    monkeypatch.setenv("COLUMNS", "80")
    data = tmp_path / "titles.jsonl"
    lines = [
        {"text": f"{place} {what}", "label": what}
        for what in ("晴", "雨")
        for place in ("河东", "河西", "山南", "山北", "湖中", "海上")
    ]
    data.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert pdclassify("train", data, "-o", tmp_path / "model").code == 0
    ran = pdclassify("explain", data, "--model", tmp_path / "model", "--format", "table")
    assert "␣晴⏎" in ran.out
