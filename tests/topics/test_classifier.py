from __future__ import annotations

import pickle
import random

import joblib
import numpy as np
import pytest
import sklearn.exceptions
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_is_fitted

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
        with pytest.raises(sklearn.exceptions.NotFittedError):
            getattr(TopicClassifier(), method)(X)
    with pytest.raises(sklearn.exceptions.NotFittedError):
        check_is_fitted(TopicClassifier())


def test_fit_returns_itself_and_forgets_what_it_knew() -> None:
    """``fit`` gives the estimator back, keeps its parameters, and starts anew each time."""
    found = TopicClassifier(min_df=2)
    assert found.fit(X, Y) is found
    assert found.fit(X, SETS).classes_.tolist() == ["农业", "足球"]
    assert found.get_params() == TopicClassifier(min_df=2).get_params()
    assert found.set_params(C=2.0).C == 2.0
    check_is_fitted(found)


@pytest.mark.parametrize("labels", [Y, SETS], ids=["one", "several"])
def test_from_what_nothing_can_be_learned(labels) -> None:
    """The same text everywhere, no term often enough, marks alone: each is said in words."""
    for texts, parameters, said in (
        (["昨天的球赛"] * len(X), {}, "say the same"),
        (["昨天的球赛，记者。" * 20] * len(X), {}, "say the same"),
        (X, {"min_df": 10_000}, r"stands in 10000 documents \(min_df\)"),
        (["！" * n for n in range(100, len(X) + 100)], {}, "Not one term"),
        ([""] * len(X), {}, "empty"),
    ):
        with pytest.raises(TrainingError, match=said):
            TopicClassifier(**parameters).fit(texts, labels)


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        ([], []),
        (X[:1], Y[:1]),
        (X[:1], [["足球"]]),
        (X, ["足球"] * len(X)),
        (X, [["足球"]] * len(X)),
        (X, [[]] * len(X)),
        (X, ["足球"] * (len(X) - 2) + ["农业"] * 2),
    ],
)
def test_too_few_labels(texts, labels) -> None:
    """No document, one document, one class, no label at all, two of a kind."""
    with pytest.raises(TrainingError):
        TopicClassifier().fit(texts, labels)


def test_few_texts_said_often_are_enough() -> None:
    """Two texts alone can be told apart, wherever their digests put them in folds."""
    for number in range(6):
        texts = [f"足球联赛第{number}轮，门将扑出点球。", f"小麦收割第{number}天，粮仓装满。"] * 10
        found = TopicClassifier().fit(texts, ["足球", "农业"] * 10)
        assert found.predict(texts[:2]).tolist() == ["足球", "农业"]


def test_lists_of_labels_of_every_make(several: TopicClassifier) -> None:
    """Tuples, sets, arrays and a column of lists are lists of labels, numbers in them included."""
    column = np.empty(len(SETS), dtype=object)
    column[:] = SETS
    for rows in ([tuple(row) for row in SETS], [set(row) for row in SETS], column, iter(SETS)):
        found = TopicClassifier().fit(X, rows)
        assert found.classes_.tolist() == ["农业", "足球"]
        assert np.array_equal(found.predict(OTHER), several.predict(OTHER))
    numbers = [[["农业", "足球"].index(name) for name in row] for row in SETS]
    found = TopicClassifier().fit(X, numbers)
    assert found.classes_.tolist() == [0, 1]
    assert np.array_equal(found.predict(OTHER), several.predict(OTHER))


def test_one_number_each_is_a_label_not_a_mark() -> None:
    """Lists of one number each are labels: ``[0]`` and ``[1]`` are two topics."""
    football = [[int(label == "足球")] for label in Y]
    found = TopicClassifier().fit(X, football)
    assert found.classes_.tolist() == [0, 1]
    assert found.predict(X).argmax(axis=1).tolist() == [row[0] for row in football]
    column = TopicClassifier().fit(X, np.array(football))
    assert column.predict(X).tolist() == football


def test_a_matrix_of_every_make(several: TopicClassifier) -> None:
    """Marks may be true and false, floats, or sparse."""
    for marks in (MARKS.astype(bool), MARKS.astype(float), csr_matrix(MARKS)):
        found = TopicClassifier().fit(X, marks)
        assert np.array_equal(found.predict(OTHER), several.predict(OTHER))


def test_unknown_labels_are_not_right(several: TopicClassifier) -> None:
    """A document whose true label was never learned counts as wrong."""
    calm = [text for text, label in zip(OTHER, TRUTH, strict=True) if label == "天气"]
    assert several.score(calm, [[] for _ in calm]) == 1.0
    assert several.score(calm, [["财经"] for _ in calm]) == 0.0


@pytest.mark.parametrize(
    "parameters",
    [
        {"C": 0},
        {"C": "1"},
        {"C": float("nan")},
        {"C": float("inf")},
        {"min_df": 0},
        {"min_df": 1.5},
        {"max_terms": True},
        {"operating_point": "best"},
        {"operating_point": None},
        {"operating_point": "precision:nan"},
        {"name": 3},
        {"name": "\ud800"},
    ],
)
def test_impossible_parameters_are_refused(parameters: dict) -> None:
    """A parameter that cannot be is an error in fit, as everywhere in scikit-learn."""
    with pytest.raises(UsageError):
        TopicClassifier(**parameters).fit(X, SETS)


@pytest.mark.parametrize(
    "y",
    [
        "足球",
        None,
        dict(enumerate(Y)),
        np.zeros((len(X), 2, 2)),
        MARKS * 2,
        np.where(MARKS == 1, np.nan, 0.0),
        Y[:-1],
        SETS[:-1],
        MARKS[:-1],
        [*Y[:-1], None],
        [*Y[:-1], ""],
        [*Y[:-1], 1],
        [*SETS[:-1], "足球"],
        [*SETS[:-1], [None]],
        [*SETS[:-1], [" "]],
        [*SETS[:-1], [2]],
        ["\ud800" if label == "足球" else label for label in Y],
        [float("nan") if label == "足球" else 1.0 for label in Y],
    ],
)
def test_impossible_labels_are_refused(y) -> None:
    """Labels of another shape, kind or number are an error."""
    with pytest.raises(UsageError):
        TopicClassifier().fit(X, y)


def test_amounts_are_not_labels() -> None:
    """Numbers with a fraction are refused in scikit-learn's own words."""
    with pytest.raises(ValueError, match="continuous"):
        TopicClassifier().fit(X, np.linspace(0, 1, len(X)))


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
