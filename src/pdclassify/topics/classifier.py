"""The topics as a scikit-learn estimator, for those who keep pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
import sklearn.exceptions
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from pdclassify.arguments import in_a_row, some_documents
from pdclassify.article import Article
from pdclassify.errors import NotFittedError, TrainingError, UsageError, wrong
from pdclassify.topics.calibration import OneOfMany
from pdclassify.topics.model import TopicModel

__all__ = ["TopicClassifier"]


_WANTED = "one label a document, a list of labels each, or a matrix of 0 and 1, a column a topic"


class _NotFitted(NotFittedError, sklearn.exceptions.NotFittedError):  # type: ignore[misc]  # scikit-learn has no types
    """Ours and scikit-learn's, so that its tools know it as well."""


class TopicClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Learn topics from labelled texts, and tell them.

    Parameters
    ----------
    C : float, optional
        Inverse strength of the regularisation; where it is given, the model is linear.
    min_df : int, optional
        Documents that must hold a term.
    max_terms : int, optional
        Terms that each field keeps at most, the most frequent ones.
    operating_point : str, default "f1"
        What thresholds are chosen for: ``f1``, or ``precision:0.95``. Multi-label only.
    name : str, default "model"
        What ``model_`` is called in its predictions and files.

        Where C, min_df and max_terms are None, training looks at the data and chooses.

    Attributes
    ----------
    classes_ : ndarray
        Sorted; the columns of all arrays.
    model_ : TopicModel
        Predicts with reasons, explains, and can be saved with `pdclassify.topics.bundle.save`.

    Notes
    -----
    X is a sequence of str or `Article`. y is one label a document (exactly one topic each), or a
    list of labels each, or an indicator matrix (several topics or none). Rows of 0 and 1, all of
    the same length of two or more, are such a matrix; every other list of lists holds labels.
    scikit-learn's own cross-validation accepts indicator matrices only. `predict` returns a label
    a document, or an indicator matrix.
    """

    def __init__(
        self,
        *,
        C: float | None = None,
        min_df: int | None = None,
        max_terms: int | None = None,
        operating_point: str = "f1",
        name: str = "model",
    ) -> None:
        self.C = C
        self.min_df = min_df
        self.max_terms = max_terms
        self.operating_point = operating_point
        self.name = name

    def fit(self, X: Iterable[str | Article], y: ArrayLike | Sequence[Iterable[Any]]) -> Self:
        """Learn from documents and their labels.

        Parameters
        ----------
        X : iterable of str or Article, length n
        y : array-like of shape (n,) or (n, n_topics), or sequence of lists of labels

        Returns
        -------
        TopicClassifier
            Itself.

        Raises
        ------
        TrainingError
            If nothing can be learned from the labels.
        UsageError
            If a parameter, X or y is not what it should be.
        """
        from pdclassify.topics.training import train

        given = some_documents("X", X)
        classes, labels, multilabel = _labels(y)
        names = [str(label) for label in classes]
        if len(set(names)) != len(names):
            raise UsageError("y: two different labels are written the same.")
        model = train(
            given,
            labels,
            name=self.name,
            operating_point=self.operating_point,
            C=self.C,
            min_df=self.min_df,
            max_terms=self.max_terms,
        )
        missing = [name for name in names if name not in model.topics]
        if missing:
            raise TrainingError(f"y: no document has the topic {missing[0]}.")
        self.classes_ = classes
        self.multilabel_ = multilabel
        self.model_ = model
        self._columns = [model.topics.index(name) for name in names]
        return self

    def predict(self, X: Iterable[str | Article]) -> NDArray[Any]:
        """Tell the topics: labels, shape (n,), or an indicator matrix, shape (n, n_topics).

        A document without any known term gets the label that is most frequent, as scikit-learn
        knows no abstention; ``model_.predict`` abstains and says why.
        """
        model = self._fitted()
        if not self.multilabel_:
            return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])
        rows = [
            [model.topics[column] in prediction.topics for column in self._columns]
            for prediction in model.predict(X)
        ]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(self._columns))

    def predict_proba(self, X: Iterable[str | Article]) -> NDArray[np.float64]:
        """Return calibrated probabilities, shape (n, n_topics), columns as ``classes_``.

        They sum to one where each document has exactly one topic.
        """
        return self._fitted().predict_proba(X)[:, self._columns]

    def decision_function(self, X: Iterable[str | Article]) -> NDArray[np.float64]:
        """Return decision values, shape (n, n_topics), columns as ``classes_``.

        Where each document has exactly one topic they are calibrated, so that the highest is what
        `predict` tells; with two classes there is one value a document, above 0 for the second.
        """
        model = self._fitted()
        values = model.decision_function(X)
        if isinstance(model.calibration, OneOfMany):
            values = model.calibration.logits(values)
        values = values[:, self._columns]
        if not self.multilabel_ and len(self.classes_) == 2:
            return np.asarray(values[:, 1] - values[:, 0])
        return values

    def score(
        self, X: Iterable[str | Article], y: Any, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the accuracy: of exact sets, where a document may have several topics."""
        from sklearn.metrics import accuracy_score

        self._fitted()
        found = self.predict(X)
        if self.multilabel_ and not _is_matrix(y):
            y = _indicator(y, self.classes_)
            found = np.hstack([found, np.zeros((len(found), 1), dtype=found.dtype)])
        return float(accuracy_score(y, found, sample_weight=sample_weight))

    def _fitted(self) -> TopicModel:
        """Return the model, or raise ``NotFittedError``."""
        model: TopicModel | None = getattr(self, "model_", None)
        if model is None:
            raise _NotFitted("This TopicClassifier has not learned anything yet; call fit first.")
        return model

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that X holds texts, and y may have several labels."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.classifier_tags.multi_label = True
        return tags


def _labels(y: Any) -> tuple[NDArray[Any], list[Any], bool]:
    """Return the classes, each document's label or list of labels, and whether it is a list."""
    if _is_matrix(y):
        values = y.toarray() if hasattr(y, "toarray") else np.asarray(y)
        if values.ndim != 2 or not values.size or not _are_marks(values):
            raise wrong("y", f"{_WANTED}; a matrix holds 0 and 1 alone", y)
        classes = np.asarray(getattr(y, "columns", np.arange(values.shape[1])))
        names = [str(name) for name in classes]
        return classes, [[names[place] for place in np.flatnonzero(row)] for row in values], True
    rows = in_a_row("y", y, _WANTED)
    lists = [_is_list(row) for row in rows]
    if any(lists) and not all(lists):
        place = lists.index(not lists[0])
        raise wrong(f"y[{place}]", "a list of labels" if lists[0] else "one label", rows[place])
    several = any(lists)
    told: list[Any] = []
    for place, row in enumerate(rows):
        for label in row if several else [row]:
            alike = not told or isinstance(label, str) is isinstance(told[0], str)
            if not (alike and _is_label(label)):
                raise wrong(f"y[{place}]", "a name or a number, of one kind with the others", label)
            told.append(label)
    values = np.asarray(told)
    if several:
        return np.unique(values), [sorted(map(str, row)) for row in rows], True
    check_classification_targets(values)
    return np.unique(values), list(map(str, told)), False


def _is_matrix(y: Any) -> bool:
    """Tell whether labels come as a column a topic: an array, a table, or rows of 0 and 1.

    Rows of one mark each are taken for lists of one label each.
    """
    if hasattr(y, "ndim") or not isinstance(y, Sequence):
        return getattr(y, "ndim", 1) == 2
    width = len(y[0]) if len(y) and isinstance(y[0], list | tuple) else 0
    alike = all(isinstance(row, list | tuple) and len(row) == width for row in y)
    return width > 1 and alike and _are_marks(np.array(list(y), dtype=object))


def _are_marks(values: NDArray[Any]) -> bool:
    """Tell whether values are 0 and 1 alone, or true and false."""
    return all(isinstance(value, Real) and value in (0, 1) for value in values.ravel().tolist())


def _is_list(row: Any) -> bool:
    """Tell whether this is what a document with several labels has."""
    return isinstance(row, list | tuple | set | frozenset) or getattr(row, "ndim", 0) == 1


def _is_label(label: Any) -> bool:
    """Tell whether this can be a label: a name that is not blank, or a number."""
    if isinstance(label, str):
        return bool(label.strip())
    return isinstance(label, Real | np.bool_) and bool(label == label)  # NaN is not itself


def _indicator(rows: Sequence[Iterable[Any]], classes: NDArray[Any]) -> NDArray[np.int64]:
    """Return lists of labels as a matrix, shape (n, n_topics + 1); the last marks any unknown."""
    names = list(map(str, classes))
    sets = [set(map(str, row)) for row in rows]
    marks = [[name in row for name in names] + [bool(row.difference(names))] for row in sets]
    return np.array(marks, dtype=int).reshape(len(marks), len(names) + 1)
