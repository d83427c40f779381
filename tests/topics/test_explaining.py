from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.article import Article, Segment, Span
from pdclassify.errors import UsageError
from pdclassify.reading.page import split_page
from pdclassify.text.characters import decode, encode
from pdclassify.topics.model import TopicModel
from small_model import TOPICS, articles, made, traditional
from strategies import any_text

SMALL = made()
RICH = made(marks=True, dimensions=4)


@pytest.mark.parametrize("model", [SMALL, RICH])
@given(
    st.one_of(
        any_text(150),
        st.builds(Article, text=any_text(150), title=any_text(20), kicker=any_text(5)),
        st.sampled_from(articles()),
    ),
    st.sampled_from(TOPICS),
)
def test_weights_add_up(model: TopicModel, document: str | Article, topic: str) -> None:
    """Intercept and the weights of the terms are the decision value, and it is the model's."""
    found = model.explain(document, topic)
    column = TOPICS.index(topic)
    assert found.intercept + sum(term.weight for term in found.terms) == pytest.approx(
        found.decision, abs=1e-9
    )
    assert found.decision == model.decision_function([document])[0, column]
    assert found.probability == model.predict([document])[0].probabilities[topic]
    assert all(term.weight for term in found.terms)
    sizes = [abs(term.weight) for term in found.terms]
    assert sizes == sorted(sizes, reverse=True)


@given(any_text(150), st.sampled_from(TOPICS))
def test_spans_show_the_term(text: str, topic: str) -> None:
    """Each span of a plain text holds the term, folded, and every term stands somewhere."""
    for term in SMALL.explain(text, topic).terms:
        assert term.spans
        for start, end in term.spans:
            assert decode(encode(text[start:end]).codes) == term.term


@pytest.mark.parametrize("model", [SMALL, RICH])
def test_terms_are_shown_in_the_texts_own_characters(model: TopicModel) -> None:
    """In a traditional text the terms are traditional, weigh and stand as in its simplified copy."""
    for one in articles():
        copy = replace(one, text=traditional(one.text), title=traditional(one.title))
        plain, found = model.explain(one, "style"), model.explain(copy, "style")
        assert [(term.weight, term.spans) for term in found.terms] == [
            (term.weight, term.spans) for term in plain.terms
        ]
        for shown, term in zip(found.terms, plain.terms, strict=True):
            assert shown.term == traditional(term.term)
    both = {term.term: term.spans for term in model.explain("黨支部的党支部", "style").terms}
    assert both["黨支部"] == ((0, 3), (4, 7))
    assert "党支部" not in both


def test_spans_count_the_page() -> None:
    """Where a break was mended, spans count the page's characters, the break included."""
    page = "支部的夜校\n党\n支部\n"
    article = Article(
        text="党支部",
        title="支部的夜校",
        title_start=0,
        title_end=5,
        segments=(Segment(0, 6, 1), Segment(1, 8, 2)),
        start=6,
        end=10,
    )
    terms = {term.term: term.spans for term in SMALL.explain(article, "party_building").terms}
    assert terms["党支部"] == (Span(6, 10),)
    assert terms["党"] == (Span(6, 7),)
    assert terms["支部"] == (Span(0, 2), Span(8, 10))
    assert page[0:2] == page[8:10] == "支部"


@pytest.mark.parametrize(
    "article",
    [
        Article(text="网格", title="支部"),
        Article(text="网格", title="支部", title_start=4, title_end=9),
        Article(text="网格", kicker="支部", title="夜校", title_start=7, title_end=9),
    ],
)
def test_headline_of_unknown_place_has_no_spans(article: Article) -> None:
    """A headline's terms count, and have no spans where the input does not tell their place."""
    terms = {term.term: term.spans for term in SMALL.explain(article, "party_building").terms}
    assert terms["支部"] == ()
    assert terms["网格"] == (Span(0, 2),)


def test_title_after_a_kicker_keeps_its_place() -> None:
    """Spans of the title are right when a kicker stands before it."""
    article = Article(text="网格", kicker="引题", title="党支部", title_start=20, title_end=23)
    terms = {term.term: term.spans for term in SMALL.explain(article, "party_building").terms}
    assert terms["支部"] == (Span(21, 23),)


def test_invisible_characters_are_inside_the_span() -> None:
    """A zero-width space inside a word is left out of the term and lies in its span."""
    terms = {t.term: t.spans for t in SMALL.explain("网\u200b格员", "governance").terms}
    assert terms["网格员"] == (Span(0, 4),)


def test_what_terms_say_together_is_in_their_weights() -> None:
    """With a subject, the same term weighs otherwise in another text."""
    alone, among = (
        {term.term: term.weight for term in RICH.explain(text, "style").terms}
        for text in ("党员", "党员在网格里登记诉求，干部轻车简从")
    )
    plain_alone, plain_among = (
        {term.term: term.weight for term in SMALL.explain(text, "style").terms}
        for text in ("党员", "党员在网格里登记诉求，干部轻车简从")
    )
    assert set(alone) == set(plain_alone)
    shift = {
        term: (alone[term] - plain_alone[term], among[term] - plain_among[term]) for term in alone
    }
    assert any(abs(one) > 1e-3 and abs(one - other) > 1e-3 for one, other in shift.values())


def test_terms_with_line_ends_have_their_spans_inside() -> None:
    """Where marks are kept, the line end around a headline is a part of terms and not of spans."""
    article = Article(text="网格", title="一张清单", title_start=3, title_end=7)
    terms = {term.term: term.spans for term in RICH.explain(article, "style").terms}
    assert terms["单\n"] == (Span(6, 7),)
    assert terms["\n一"] == (Span(3, 4),)


def test_unknown_topic_is_named() -> None:
    """Asking for a topic that the model does not have says which it has."""
    with pytest.raises(
        UsageError, match=r"no topic 'sport'; it has party_building, governance, style"
    ):
        SMALL.explain("党建", "sport")


def test_every_line_of_a_headline_has_its_place() -> None:
    """Terms of a kicker, of both lines of a title and of a subtitle stand where they are printed."""
    body = "支部每月开一次组织生活会，党员轮流讲党课。" * 4
    page = f"党员夜校开课\n把支部建在产业链上\n让党员走在最前面\n——一个支部的故事\n本报记者 林知远\n{body}\n"
    (article,) = split_page(page).articles
    headline = article.headline
    assert "".join(page[at : at + n] for _, at, n in article.headline_segments) == headline.replace(
        "\n", ""
    )
    for place, at, length in article.headline_segments:
        assert headline[place : place + length] == page[at : at + length]
    found = SMALL.explain(article, "party_building")
    for term in found.terms:
        assert term.spans
        assert {decode(encode("".join(page[a:b].split())).codes) for a, b in term.spans} == {
            term.term
        }
    places = {span.start for term in found.terms if term.term == "支部" for span in term.spans}
    assert places == {match.start() for match in re.finditer("支部", page)}
