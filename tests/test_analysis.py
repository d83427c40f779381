"""The whole way in one call."""

from __future__ import annotations

import pytest

import pdclassify
from pdclassify.analysis import analyze, analyze_article, analyze_articles
from pdclassify.article import Article
from pdclassify.lines import analysis_line


@pytest.fixture(scope="module")
def page(examples):
    """The example page as text."""
    return (examples / "page.txt").read_text("utf-8")


def test_a_page_gives_an_analysis_an_article(page):
    """Each article of the page has its prediction, summary and keywords, as told one by one."""
    model = pdclassify.load()
    found = analyze(page, source="p")
    assert [a.article for a in found] == list(pdclassify.split_page(page, source="p").articles)
    for analysis in found:
        article = analysis.article
        assert analysis.prediction == model.predict([article])[0]
        assert analysis.summary == pdclassify.summarize(article, chars=180)
        assert analysis.keywords == pdclassify.keywords(article, top=10)


def test_options_reach_their_stations(page):
    """chars, top and whole do what they say."""
    found = analyze(page, chars=50, top=3)
    assert all(len(a.summary.text) <= 50 and len(a.keywords) <= 3 for a in found)
    assert len(analyze(page, whole=True)) == 1


def test_an_empty_page_has_no_articles():
    """Nothing in, nothing out."""
    assert analyze("") == []
    assert analyze_articles([]) == []


def test_one_article():
    """An article of a record is analyzed as it is."""
    article = Article(text="社区党支部开会，党员入户走访。", id="7", end=15)
    assert analyze_article(article).article is article


def test_an_empty_text_is_too_short_and_has_no_summary():
    """An empty text is told to be too short; its summary and keywords are empty."""
    found = analyze_article(Article(text=""))
    assert found.prediction.reason == "too_short"
    assert (found.summary.text, found.summary.sentences, found.keywords) == ("", (), ())


def test_results_nest_and_lines_are_flat(page):
    """to_dict() nests by station; the line of the command line holds all under its own names."""
    model = pdclassify.load()
    analysis = analyze(page, model=model)[0]
    nested, flat = analysis.to_dict(), analysis_line(analysis, model)
    assert set(nested) == {"article", "prediction", "summary", "keywords"}
    assert flat["title"] == nested["article"]["title"]
    assert flat["topics"] == nested["prediction"]["topics"]
    assert flat["summary"] == nested["summary"]["text"]
    assert [k["term"] for k in flat["keywords"]] == [k["term"] for k in nested["keywords"]]


@pytest.mark.parametrize("options", [{"chars": 0}, {"top": 0}])
def test_options_that_cannot_be_are_refused(page, options):
    """A summary of no characters or no keywords at most are errors."""
    with pytest.raises(pdclassify.UsageError):
        analyze(page, **options)
