import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from pdclassify.article import Article
from pdclassify.errors import UsageError
from pdclassify.text.characters import encode
from pdclassify.topics.features import Features, Field, part
from strategies import han_text


def analyzed(text: str) -> list[str]:
    """Cut a text into n-grams of one to three characters, as scikit-learn's analyzers do."""
    runs = "".join(map(chr, encode(text).codes)).split("\x00")
    return [run[i : i + n] for run in runs for n in (1, 2, 3) for i in range(len(run) - n + 1)]


@pytest.mark.parametrize(
    ("tf", "norm"), [("log", "l2"), ("raw", "l2"), ("binary", "l2"), ("log", "none")]
)
@given(
    texts=st.lists(han_text(1, 80), min_size=2, max_size=12),
    others=st.lists(han_text(), min_size=1, max_size=5),
)
def test_rows_are_those_of_scikit_learn(
    tf: str, norm: str, texts: list[str], others: list[str]
) -> None:
    """The tf-idf values are TfidfVectorizer's with the same n-grams and settings."""
    field = Field("body", (1, 3), tf=tf, norm=norm)
    features = Features.learn(texts, field, min_df=1)
    reference = TfidfVectorizer(
        analyzer=analyzed,
        sublinear_tf=tf == "log",
        binary=tf == "binary",
        norm=None if norm == "none" else norm,
    )
    if not len(features):
        return
    reference.fit(texts)
    columns = [reference.vocabulary_[features.vocabulary.term(i)] for i in range(len(features))]
    assert len(columns) == len(reference.vocabulary_)
    expected = reference.transform(others).toarray()[:, columns]
    np.testing.assert_allclose(features.matrix(others).toarray(), expected, rtol=2e-7, atol=1e-12)


def test_fields_of_an_article() -> None:
    """Headline is kicker, title and subtitle; a plain text has a body only."""
    article = Article(
        text="正文", kicker="引题", title="标题", subtitle="副题", column="栏目", section="版"
    )
    assert part(article, "headline") == "引题\n标题\n副题"
    assert part(article, "body") == "正文"
    assert part(article, "text") == "引题\n标题\n副题\n正文"
    assert part("正文", "headline") == ""
    assert part("正文", "text") == part("正文", "body") == "正文"
    assert part(Article(text="正文"), "text") == "正文"


def test_most_frequent_terms_stay() -> None:
    """With a limit, the terms that most documents hold are kept."""
    texts = ["党建", "党建", "党群"]
    kept = Features.learn(texts, Field("body", (1, 1)), min_df=1, max_terms=2)
    assert {kept.vocabulary.term(i) for i in range(len(kept))} == {"党", "建"}
    tied = Features.learn(["甲", "乙", "丙"], Field("body", (1, 1)), min_df=1, max_terms=2)
    assert [tied.vocabulary.term(i) for i in range(len(tied))] == ["丙", "乙"]


def test_beginnings_weigh_nothing() -> None:
    """A term that is there only to begin longer ones has no value in any row."""
    features = Features.learn(["全面从严", "全面"], Field("body", (3, 4)), min_df=1)
    names = {features.vocabulary.term(i): value for i, value in enumerate(features.idf)}
    assert names["全面"] == 0
    assert names["全面从"] > 0
    assert features.matrix(["全面"]).nnz == 0


def test_settings_survive_the_manifest() -> None:
    """A field read from its own settings is the same field."""
    field = Field("headline", (2, 4), tf="raw", norm="none")
    assert Field.from_dict(field.to_dict()) == field


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "section"},
        {"lengths": (0, 2)},
        {"lengths": (3, 2)},
        {"lengths": (1, 5)},
        {"lengths": (1, 2.5)},
        {"tf": "bm25"},
        {"norm": "l1"},
    ],
)
def test_impossible_settings_are_refused(settings: dict) -> None:
    """A field, length, weight or norm that does not exist is an error that names it."""
    with pytest.raises(UsageError):
        Field(**{"name": "body", **settings})


def test_idf_can_be_raised_to_a_power() -> None:
    """A power below one tells rare terms less from frequent ones."""
    texts = ["党建", "党风", "党课"]
    plain = Features.learn(texts, Field("body", (1, 1)), min_df=1)
    root = Features.learn(texts, Field("body", (1, 1)), min_df=1, power=0.5)
    assert np.allclose(root.idf, np.sqrt(plain.idf))


def test_line_ends_alone_are_no_term() -> None:
    """Every text has line ends where marks are kept, so an empty one still has no known term."""
    features = Features.learn(["通知", "通知！"], Field("text", (1, 2), marks=True), min_df=1)
    terms = {features.vocabulary.term(place) for place in np.flatnonzero(features.idf)}
    assert terms == {"通", "知", "!", "通知", "知!", "\n通", "知\n", "!\n"}
    assert features.matrix([""]).nnz == 0
