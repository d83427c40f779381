"""The topics as a scikit-learn estimator, for those who keep pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from pdclassify.article import Article
from pdclassify.errors import NotFittedError, TrainingError, UsageError
from pdclassify.topics.calibration import Softmax
from pdclassify.topics.model import TopicModel

__all__ = ["TopicClassifier"]


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
    X is a sequence of str or `Article`. y is one label a document (exactly one topic each), or an
    indicator matrix or a list of lists of labels (several topics or none). scikit-learn's own
    cross-validation accepts indicator matrices only. `predict` returns a label a document, or an
    indicator matrix.
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

        self._check_parameters()
        if isinstance(X, str | Article):
            raise UsageError(f"X: documents are expected. Got one {type(X).__name__} instead.")
        classes, labels, multilabel = _labels(y)
        names = [str(label) for label in classes]
        if len(set(names)) != len(names):
            raise UsageError("y: two different labels are written the same.")
        model = train(
            X,
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

        Where each document has exactly one topic they are log-probabilities but for a constant, so
        that the highest is what `predict` tells; with two classes there is one value a document,
        above 0 for the second.
        """
        model = self._fitted()
        values = model.decision_function(X)
        if isinstance(model.calibration, Softmax):
            values = values * model.calibration.slope + np.array(model.calibration.offset)
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
        if self.multilabel_ and isinstance(y, list) and not _is_indicator(y):
            y = _indicator(y, self.classes_)
        return float(accuracy_score(y, self.predict(X), sample_weight=sample_weight))

    def _fitted(self) -> TopicModel:
        """Return the model, or raise ``NotFittedError``."""
        model: TopicModel | None = getattr(self, "model_", None)
        if model is None:
            raise NotFittedError(
                "This TopicClassifier has not learned anything yet; call fit first."
            )
        return model

    def _check_parameters(self) -> None:
        """Raise ``UsageError`` for a parameter that cannot be what it is."""
        kinds: dict[str, Any] = {"C": Real, "min_df": Integral, "max_terms": Integral}
        for name, kind in kinds.items():
            value = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, kind) or isinstance(value, bool) or not value > 0:
                raise UsageError(
                    f"The {name!r} parameter of TopicClassifier must be None or a positive"
                    f" {'number' if kind is Real else 'whole number'}. Got {value!r} instead."
                )
        if not isinstance(self.name, str):
            raise UsageError(
                f"The 'name' parameter of TopicClassifier must be a str. Got {self.name!r} instead."
            )

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that X holds texts, and y may have several labels."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.classifier_tags.multi_label = True
        return tags


def _labels(y: Any) -> tuple[NDArray[Any], list[Any], bool]:
    """Return the classes, each document's label or list of labels, and whether it is a list."""
    if isinstance(y, str) or not hasattr(y, "__len__"):
        raise UsageError(f"y: labels of all documents are expected. Got {y!r:.40} instead.")
    rows = y if hasattr(y, "ndim") else list(y)
    if isinstance(rows, list) and _are_lists(rows) and not _is_indicator(rows):
        rows = [sorted(map(str, row)) for row in rows]
        return np.unique([label for row in rows for label in row]), rows, True
    values = rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)
    if values.ndim == 2 and _is_indicator(values):
        classes = np.asarray(getattr(y, "columns", np.arange(values.shape[1])))
        names = [str(name) for name in classes]
        return classes, [[names[place] for place in np.flatnonzero(row)] for row in values], True
    if values.ndim != 1 or _are_lists(values.tolist()):
        raise UsageError(
            "y: one label a document, a list of lists of labels, or a matrix of 0 and 1 is expected."
            f" Got an array of shape {values.shape} instead."
        )
    check_classification_targets(values)
    return np.unique(values), [str(label) for label in values.tolist()], False


def _are_lists(rows: list[Any]) -> bool:
    """Tell whether every document has a list of labels."""
    return bool(rows) and all(isinstance(row, list | tuple | set | frozenset) for row in rows)


def _is_indicator(rows: Any) -> bool:
    """Tell whether rows are all as long as each other and hold 0 and 1 alone."""
    if len({len(row) for row in rows}) != 1 or any(
        isinstance(row, set | frozenset) for row in rows
    ):
        return False
    values = np.asarray(rows)
    return values.dtype.kind in "biuf" and values.size > 0 and bool(np.isin(values, (0, 1)).all())


def _indicator(rows: Sequence[Iterable[Any]], classes: NDArray[Any]) -> NDArray[np.int64]:
    """Return lists of labels as a matrix, shape (n, n_topics)."""
    return np.array(
        [[str(name) in set(map(str, row)) for name in classes] for row in rows], dtype=int
    )
