"""Explanations as marked text."""

from __future__ import annotations

import json

import numpy as np

from pdclassify import split_page
from pdclassify.article import Article
from pdclassify.cli.marking import Shown, bracketed


def test_weights_fall_on_the_characters_of_their_places():
    """A term's weight falls on each of its places; a character has that of all terms it is in."""
    article = Article(text="党员找党员", end=5)
    spans = [{"start": 0, "end": 2}, {"start": 3, "end": 5}]
    terms = [
        {"term": "党员", "weight": 1.0, "spans": spans},
        {"term": "找党", "weight": -0.25, "spans": [{"start": 2, "end": 4}]},
    ]
    shown = Shown(article)
    text, marks = shown.text, shown.marks(terms)
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
    shown = Shown(article)
    text, marks = shown.text, shown.marks(terms)
    assert text.startswith(article.title + "\n")
    for word, weight in (("主心骨", 3.0), ("入党申请书", 5.0)):
        at = text.index(word)
        assert marks[at : at + len(word)].tolist() == [weight] * len(word)
    assert np.count_nonzero(marks) == len("主心骨入党申请书")


def test_a_headline_whose_place_is_unknown_is_not_marked():
    """A record's headline has no place in its text, so its terms have no spans."""
    shown = Shown(Article(text="社区", title="党建", end=2))
    assert shown.text == "党建\n社区"
    assert not shown.marks([{"term": "党建", "weight": 1.0, "spans": []}]).any()


def test_explain_shows_marks_sums_and_terms(pdclassify, examples, monkeypatch):
    """The table has the text, the strongest terms, and what they add up to."""
    monkeypatch.setenv("COLUMNS", "80")
    ran = pdclassify(
        "explain", examples / "articles.jsonl", "--format", "table", "--topic", "style"
    )
    assert ran.code == 0
    assert "三起违反中央八项规定精神问题被通报" in ran.out
    assert "= decision" in ran.out
    assert "which makes the topic " in ran.out
    assert "it is given from ." in ran.out
    assert "【" in ran.out, "without colours"
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


def test_a_term_is_shown_in_its_words():
    """Half of a word is shown with the other half; what is not in the text is shown as it is."""
    shown = Shown(Article(text="支部书记走访社区居民。", title="街道党工委", end=11))

    def quoted(term: str, at: int | None) -> str:
        spans = [] if at is None else [{"start": at, "end": at + len(term)}]
        return shown.quoted({"term": term, "weight": 1.0, "spans": spans})

    assert quoted("部书", 1) == "支【部书】记"
    assert quoted("社区", 6) == "社区"
    assert quoted("区居", 7) == "社【区居】民"
    assert quoted("党工", None) == "街道【党工】委"
    assert quoted("乡村", None) == "乡村"


def test_without_colours_marks_are_brackets():
    """What weighs at least half of the strongest is set in brackets, by which way it speaks."""
    marks = np.array([0.0, 2.0, 1.0, 0.5, -1.0, -1.5])
    assert bracketed("党员找不到人", marks, 2.0) == "党【员找】不〔到人〕"
    assert bracketed("党员", np.zeros(2), 0.0) == "党员"
