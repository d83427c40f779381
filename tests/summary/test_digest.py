"""One summary of several articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify import Article, Digest, Segment, digest
from pdclassify.errors import UsageError
from strategies import any_text, han_text

WINDOW = (
    "清河县推行改革，把十二类高频事项交给一个窗口受理。\n"
    "今年以来，全县政务大厅办件量增长三成，群众平均等候时间缩短到九分钟。\n"
    "县里抽调二十八名业务骨干组成帮办队，为老人上门办理社保手续。\n"
)
SCHOOL = (
    "石桥镇中心小学新食堂今天启用，全校六百名学生吃上了热饭。\n"
    "镇党委把建食堂列为今年的实事，由两名委员包干，四个月完工。\n"
    "家长代表每周抽查一次菜谱和进货账目，结果贴在校门口。\n"
)
PAGE = [
    Article(text=WINDOW, id="page#0", source="page.txt", title="改革让群众少跑腿"),
    Article(text=SCHOOL, id="page#1", source="page.txt", title="孩子们吃上热饭"),
]

budgets = st.one_of(
    st.fixed_dictionaries({"chars": st.integers(1, 400)}),
    st.fixed_dictionaries({"sentences": st.integers(1, 8)}),
    st.fixed_dictionaries({"ratio": st.floats(0.01, 1)}),
    st.just({}),
)


@given(
    st.lists(st.one_of(any_text(80), han_text(max_size=120)), max_size=5),
    budgets,
    st.text(max_size=6),
)
def test_any_articles_have_a_digest_within_its_budget(texts, budget, focus):
    """Sentences stand in their articles, in order, within the budget, whatever the texts are."""
    found = digest(texts, focus=focus if not focus.isascii() else None, **budget)
    places = [(one.article, one.start) for one in found.sentences]
    assert places == sorted(set(places))
    for one in found.sentences:
        assert texts[one.article][one.start : one.end] == one.text
    assert found.text.replace("\n", "") == "".join(one.text for one in found.sentences).replace(
        "\n", ""
    )
    if "sentences" in budget:
        assert len(found.sentences) <= budget["sentences"]
    else:
        limit = budget.get("chars", 500)
        if "ratio" in budget:
            limit = max(int(sum(map(len, texts)) * budget["ratio"]), 1)
        assert len(found.text) <= limit


def test_every_article_has_its_say():
    """With room for two sentences, each article has one; each says whose it is."""
    found = digest(PAGE, sentences=2)
    assert [one.article for one in found.sentences] == [0, 1]
    assert [one.id for one in found.sentences] == ["page#0", "page#1"]
    assert [one.title for one in found.sentences] == [article.title for article in PAGE]
    assert {one.source for one in found.sentences} == {"page.txt"}
    assert found.text == "\n".join(one.text for one in found.sentences)


def test_nothing_is_said_twice_across_articles():
    """An article printed a second time adds nothing, nor does one sentence of it."""
    for articles in ([*PAGE, Article(text=WINDOW, id="again")], [WINDOW, SCHOOL + WINDOW]):
        texts = [one.text for one in digest(articles, chars=1000).sentences]
        assert len(texts) == len(set(texts)) > 3


def test_places_are_those_of_the_page():
    """Offsets count characters of the article's own input."""
    page = "石桥周报\n" + SCHOOL
    article = Article(text=SCHOOL, segments=(Segment(0, 5, len(SCHOOL)),))
    for one in digest([WINDOW, article]).sentences:
        assert (page if one.article else WINDOW)[one.start : one.end] == one.text


def test_what_leans_never_opens_an_article():
    """A sentence that points back does not lean on the article before it."""
    leaning = "对此，镇党委把建食堂列为今年的实事，由两名委员包干。"
    found = digest([WINDOW, leaning + SCHOOL], chars=300)
    assert leaning not in found.text
    assert {one.article for one in found.sentences} == {0, 1}


def test_a_focus_goes_through_all_articles():
    """Words of one article alone bring that article's sentence; a topic is a focus too."""
    (one,) = digest(PAGE, focus="菜谱", sentences=1).sentences
    assert (one.article, "菜谱" in one.text) == (1, True)
    plain, other = digest(PAGE, sentences=2), digest(PAGE, focus="足球联赛", sentences=2)
    assert (other.sentences, other.unfocused, plain.unfocused) == (plain.sentences, True, False)
    assert digest(PAGE, focus="governance", sentences=1).sentences


def test_a_budget_smaller_than_any_sentence_cuts():
    """The best sentence is cut at a clause mark and marked."""
    (one,) = digest(PAGE, chars=14).sentences
    assert one.cut
    assert len(one.text) <= 14


def test_no_articles_no_digest():
    """Nothing to summarise gives an empty digest."""
    assert digest([]) == digest(["", "\n"]) == Digest((), "")


def test_a_digest_is_plain_in_json():
    """Its sentences are objects with source and place."""
    (first, *_) = digest(PAGE).to_dict()["sentences"]
    assert {
        "article",
        "id",
        "source",
        "title",
        "text",
        "start",
        "end",
        "index",
        "score",
        "cut",
    } == (set(first))


@pytest.mark.parametrize("options", [{"chars": 0}, {"chars": 9, "sentences": 1}, {"ratio": 2.0}])
def test_what_cannot_be_is_refused(options):
    """The budget is checked as for a summary."""
    with pytest.raises(UsageError):
        digest(PAGE, **options)


@pytest.mark.parametrize("nothing", ["社区党支部。", [None], [b"x"]])
def test_what_is_no_collection_of_texts_is_refused(nothing: object) -> None:
    """A text alone is not taken for as many as it has characters."""
    with pytest.raises(UsageError, match="str"):
        digest(nothing)  # type: ignore[arg-type]
