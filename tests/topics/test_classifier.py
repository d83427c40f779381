from __future__ import annotations

import pickle
import random

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import pdclassify
from pdclassify import Article, TopicClassifier
from pdclassify.errors import NotFittedError, TrainingError, UsageError

WORDS = {
    "足球": ["球队", "进球", "门将", "比分", "联赛"],
    "天气": ["降雨", "气温", "寒潮", "大风", "预报"],
    "农业": ["小麦", "收割", "粮仓", "农田", "丰收"],
}


def data(n: int = 16, seed: int = 0) -> tuple[list[str], list[str]]:
    """Return texts made of their topic's words and common ones, the topics in turn."""
    rng = random.Random(seed)
    labels = [label for _ in range(n) for label in WORDS]
    texts = ["，".join(rng.choices([*WORDS[label], "昨天", "记者"], k=50)) for label in labels]
    return texts, labels


X, Y = data()
OTHER, TRUTH = data(4, seed=1)
SETS = [[] if label == "天气" else [label] for label in Y]
MARKS = np.array([["农业" in row, "足球" in row] for row in SETS], dtype=int)


@pytest.fixture(scope="module")
def fitted() -> TopicClassifier:
    """One label a document."""
    return TopicClassifier().fit(X, Y)


@pytest.fixture(scope="module")
def several() -> TopicClassifier:
    """Several labels a document, or none."""
    return TopicClassifier().fit(X, SETS)


def test_labels_come_back_as_they_went_in(fitted: TopicClassifier) -> None:
    """Predictions are labels of y, and columns follow ``classes_``, which is sorted."""
    assert fitted.classes_.tolist() == sorted(WORDS)
    assert fitted.predict(OTHER).tolist() == TRUTH
    assert fitted.score(OTHER, TRUTH) == 1.0
    shares = fitted.predict_proba(OTHER)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-12)
    assert (fitted.classes_[shares.argmax(axis=1)] == TRUTH).all()
    assert (fitted.classes_[fitted.decision_function(OTHER).argmax(axis=1)] == TRUTH).all()


@pytest.mark.parametrize("names", [[2, 10, 1], [True, False], np.array(["b", "a", "c"])])
def test_any_kind_of_label(names) -> None:
    """Numbers and truth values are labels too; ``classes_`` is in their order, not in that of text."""
    place = {label: i % len(names) for i, label in enumerate(WORDS)}
    y = np.array([names[place[label]] for label in Y])
    found = TopicClassifier().fit(X, y)
    assert found.classes_.tolist() == sorted(set(y.tolist()))
    assert found.classes_.dtype == y.dtype
    assert (found.predict(X) == y).mean() > 0.9
    assert (found.classes_[found.predict_proba(X).argmax(axis=1)] == found.predict(X)).all()


def test_two_classes_have_one_decision_value() -> None:
    """With two labels the decision value is above 0 for the second, as scikit-learn has it."""
    y = np.array([label == "足球" for label in Y])
    found = TopicClassifier().fit(X, y)
    values = found.decision_function(OTHER)
    assert values.shape == (len(OTHER),)
    assert ((values > 0) == found.predict(OTHER)).all()


def test_several_labels(several: TopicClassifier) -> None:
    """Lists of labels give an indicator matrix, and texts about nothing have no mark in it."""
    assert several.classes_.tolist() == ["农业", "足球"]
    expected = np.array([[label == name for name in several.classes_] for label in TRUTH])
    assert (several.predict(OTHER) == expected).all()
    assert several.predict_proba(OTHER).shape == expected.shape
    assert several.decision_function(OTHER).shape == expected.shape
    assert several.score(OTHER, [[] if label == "天气" else [label] for label in TRUTH]) == 1.0
    assert several.score(OTHER, expected) == 1.0
    assert several.predict([]).shape == (0, 2)


def test_indicator_matrix_is_the_same(several: TopicClassifier) -> None:
    """A matrix of 0 and 1 teaches what the lists teach; its columns are the classes."""
    found = TopicClassifier().fit(X, MARKS)
    assert found.classes_.tolist() == [0, 1]
    other = several.decision_function(OTHER)
    np.testing.assert_allclose(found.decision_function(OTHER), other, atol=0.01)
    assert np.array_equal(TopicClassifier().fit(X, MARKS.tolist()).predict(X), found.predict(X))


def test_model_is_a_topic_model(fitted: TopicClassifier, tmp_path) -> None:
    """``model_`` predicts with reasons and can be saved and loaded."""
    assert isinstance(fitted.model_, pdclassify.TopicModel)
    assert fitted.model_.predict(["hello"])[0].reason == "no_known_terms"
    from pdclassify.topics import bundle

    assert bundle.save(fitted.model_, tmp_path / "m").predict(OTHER) == fitted.model_.predict(OTHER)


def test_articles_are_documents() -> None:
    """Articles bring their headlines along."""
    articles = [Article(text=text, title=label) for text, label in zip(X, Y, strict=True)]
    found = TopicClassifier().fit(np.array(articles, dtype=object), Y)
    assert "headline" in [layer.features.field.name for layer in found.model_.layers]
    assert found.predict([Article(text="昨天，记者", title="足球")]).tolist() == ["足球"]


def test_parameters_do_something() -> None:
    """C, min_df, max_terms, operating_point and name each change what is learned."""
    plain = TopicClassifier().fit(X, SETS)
    assert not np.allclose(
        TopicClassifier(C=0.01).fit(X, SETS).decision_function(X), plain.decision_function(X)
    )
    terms = len(plain.model_.layers[0].features)
    assert len(TopicClassifier(min_df=20).fit(X, SETS).model_.layers[0].features) < terms
    few = TopicClassifier(max_terms=20).fit(X, SETS).model_.layers[0].features
    assert (few.idf > 0).sum() == 20
    assert TopicClassifier(name="mine").fit(X, SETS).model_.name == "mine"
    careful = TopicClassifier(operating_point="precision:0.9").fit(X, SETS)
    assert careful.model_.info["operating_point"] == "precision:0.9"


def test_works_with_scikit_learn() -> None:
    """clone, Pipeline, cross-validation and a grid search take it as one of theirs."""
    copy = clone(TopicClassifier(C=2.0, name="n"))
    assert copy.get_params()["C"] == 2.0
    assert not hasattr(copy, "model_")
    pipeline = make_pipeline(FunctionTransformer(lambda texts: [t.strip() for t in texts]), copy)
    assert pipeline.fit(X, Y).score(OTHER, TRUTH) == 1.0
    assert (cross_val_predict(TopicClassifier(), X, Y, cv=2) == Y).mean() > 0.9
    found = cross_val_predict(TopicClassifier(), X, MARKS, cv=2, method="predict_proba")
    assert found.shape == MARKS.shape
    assert cross_val_score(TopicClassifier(), X, MARKS, cv=2, scoring="f1_macro").min() > 0.8
    search = GridSearchCV(TopicClassifier(), {"C": [0.1, 1.0]}, cv=2).fit(X, Y)
    assert search.best_params_["C"] in (0.1, 1.0)
    assert search.predict(OTHER).tolist() == TRUTH


def test_survives_dumping(fitted: TopicClassifier, tmp_path) -> None:
    """Joblib and pickle bring it back as it was."""
    joblib.dump(fitted, tmp_path / "c.joblib")
    for copy in (joblib.load(tmp_path / "c.joblib"), pickle.loads(pickle.dumps(fitted))):
        assert np.array_equal(copy.predict_proba(OTHER), fitted.predict_proba(OTHER))
        assert copy.get_params() == fitted.get_params()


def test_unfitted_is_said() -> None:
    """Asked before it has learned, it says so."""
    for method in ("predict", "predict_proba", "decision_function"):
        with pytest.raises(NotFittedError, match="call fit first"):
            getattr(TopicClassifier(), method)(X)


@pytest.mark.parametrize(
    "parameters",
    [
        {"C": 0},
        {"C": "1"},
        {"min_df": 0},
        {"min_df": 1.5},
        {"max_terms": True},
        {"operating_point": "best"},
        {"name": 3},
    ],
)
def test_impossible_parameters_are_refused(parameters: dict) -> None:
    """A parameter that cannot be is an error in fit, as everywhere in scikit-learn."""
    with pytest.raises(UsageError):
        TopicClassifier(**parameters).fit(X, SETS)


@pytest.mark.parametrize(
    "y",
    ["足球", None, [[0, 2]] * len(X), np.zeros((len(X), 2, 2)), np.linspace(0, 1, len(X)), Y[:-1]],
)
def test_impossible_labels_are_refused(y) -> None:
    """Labels of another shape, kind or number are an error."""
    with pytest.raises((UsageError, ValueError, TrainingError)):
        TopicClassifier().fit(X, y)


def test_one_text_is_not_several(fitted: TopicClassifier) -> None:
    """A plain string where documents are expected is refused, in fit as in predict."""
    with pytest.raises(UsageError):
        TopicClassifier().fit("足球", ["a"])
    with pytest.raises(UsageError):
        fitted.predict("足球")


def test_topic_without_documents_is_named() -> None:
    """A column of an indicator matrix that no document has is an error."""
    marks = np.hstack([MARKS, np.zeros((len(X), 1), dtype=int)])
    with pytest.raises(TrainingError, match="2"):
        TopicClassifier().fit(X, marks)
