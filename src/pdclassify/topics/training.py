"""Labelled articles -> TopicModel, with scikit-learn. The one place that imports it to learn.

`train` takes documents and labels; `train_articles` finds the labels in the articles' other fields
(``topics``, a list: several or none; ``label``: one of many) and is what ``pdclassify train`` does.
The order of the documents changes nothing: they are sorted by what they say before anything else.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import Article
from pdclassify.errors import TrainingError, UsageError
from pdclassify.topics.calibration import Sigmoid, Softmax
from pdclassify.topics.evaluation import Outcome, score
from pdclassify.topics.features import Features, Field, part
from pdclassify.topics.layers import Layer, quantize
from pdclassify.topics.model import Primary, TopicModel

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = [
    "FLOOR",
    "Labelled",
    "Recipe",
    "choose_recipe",
    "labelled",
    "labels_of",
    "train",
    "train_articles",
]

#: Fewer examples of a topic than this cannot be split into folds.
FLOOR = 5
# A reader's doubtful label counts this much for, and the rest against: out of fold .861 against
# .860 with average precision .938 against .936 on the labelled press articles.
_DOUBT = 0.2
_TOO_SHORT = 10


@dataclass(frozen=True, slots=True)
class Recipe:
    """How text becomes features and a linear model.

    Parameters
    ----------
    name : str
    why : str
        What in the data it was chosen for.
    fields : tuple of (Field, float)
        With the share of each field in the length of an article's row.
    min_df : int
        Documents that must hold a term.
    max_terms : int or None
        Of each field.
    C : float
        Inverse strength of the regularisation (squared hinge loss, `sklearn.svm.LinearSVC`).
    """

    name: str
    why: str
    fields: tuple[tuple[Field, float], ...]
    min_df: int
    max_terms: int | None
    C: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """Documents with their labels, sorted by content.

    Parameters
    ----------
    documents : list of str or Article
    topics : tuple of str
        Sorted; the columns of ``targets``.
    targets : ndarray of bool, shape (n_documents, n_topics)
    multilabel : bool
    doubtful : ndarray of bool, shape (n_documents,)
        Where a second careful reader could differ.
    primary : ndarray of int64, shape (n_documents,)
        Column of the primary topic, -1 where none is told.
    """

    documents: list[str | Article]
    topics: tuple[str, ...]
    targets: NDArray[np.bool_]
    multilabel: bool
    doubtful: NDArray[np.bool_]
    primary: NDArray[np.int64]


def labelled(articles: Iterable[Article], *, field: str | None = None) -> Labelled:
    """Find the labels of articles in their other fields.

    Parameters
    ----------
    articles : iterable of Article
        With ``topics`` (a list of names, may be empty) or ``label`` (one name) in ``extra``; and
        where present ``primary`` (a name) and ``unsure`` (true or false).
    field : str, optional
        Another field that holds the labels.

    Raises
    ------
    TrainingError
        If there is no article, or one without a label, or labels of both kinds.
    """
    found = list(articles)
    return _sorted(
        found,
        labels_of(found, field=field),
        [bool(article.extra.get("unsure")) for article in found],
        [article.extra.get("primary") for article in found],
    )


def labels_of(
    articles: Sequence[Article], *, field: str | None = None
) -> list[str] | list[tuple[str, ...]]:
    """Return the label of each article, in order; see `labelled`."""
    if not articles:
        raise TrainingError("There is not one article with labels.")
    field = field or next((name for name in ("topics", "label") if name in articles[0].extra), None)
    if field is None:
        raise TrainingError(
            f"{articles[0].id}: no field 'topics' (a list) or 'label'; name the field of the labels."
        )
    labels = [_label(article, field) for article in articles]
    several = isinstance(labels[0], tuple)
    for article, label in zip(articles, labels, strict=True):
        if isinstance(label, tuple) is not several:
            raise TrainingError(
                f"{article.id}: {field!r} is {label!r}; either all labels are lists or none is."
            )
    return labels  # type: ignore[return-value]  # all of one kind, as was checked


def _label(article: Article, field: str) -> str | tuple[str, ...]:
    """Return one article's label, or raise ``TrainingError``."""
    value = article.extra.get(field)
    if isinstance(value, list) and all(isinstance(topic, str) and topic for topic in value):
        return tuple(value)
    if isinstance(value, str) and value.startswith("["):  # a list in a cell of a table
        try:
            return tuple(map(str, json.loads(value)))
        except (ValueError, TypeError):
            pass
    if isinstance(value, str | int) and str(value).strip() and not isinstance(value, bool):
        return str(value).strip()
    raise TrainingError(
        f"{article.id}: {field!r} must be a name or a list of names. Got {value!r:.60} instead."
    )


def _sorted(
    documents: Sequence[str | Article],
    labels: Sequence[str | tuple[str, ...]],
    doubtful: Sequence[bool],
    primary: Sequence[Any],
) -> Labelled:
    """Put everything in the order of what the documents say, and labels into columns."""
    several = isinstance(labels[0], tuple)
    sets = [(label,) if isinstance(label, str) else label for label in labels]
    topics = tuple(sorted({topic for label in sets for topic in label}))
    column = {topic: place for place, topic in enumerate(topics)}
    keys = [
        hashlib.sha256(
            json.dumps([part(document, "text"), sorted(label)], ensure_ascii=True).encode()
        ).digest()
        for document, label in zip(documents, sets, strict=True)
    ]
    order = sorted(range(len(keys)), key=lambda place: keys[place])
    targets = np.zeros((len(order), len(topics)), dtype=bool)
    for row, place in enumerate(order):
        targets[row, [column[topic] for topic in sets[place]]] = True
    return Labelled(
        [documents[place] for place in order],
        topics,
        targets,
        several,
        np.array([doubtful[place] for place in order], dtype=bool),
        np.array([column.get(primary[place], -1) for place in order], dtype=np.int64),
    )


def choose_recipe(data: Labelled) -> Recipe:
    """Choose among well-tested recipes by the length of the texts and whether there are headlines."""
    texts = [part(document, "body") for document in data.documents]
    median = float(np.median([len(text) for text in texts]))
    if median < 100:
        return Recipe(
            "titles",
            f"half of the texts have fewer than {median:.0f} characters: n-grams of 1 to 4, rare ones too",
            ((Field("text", (1, 4), tf="binary"), 1.0),),
            min_df=2,
            max_terms=None,
            C=0.3,
        )
    if any(part(document, "headline") for document in data.documents):
        return Recipe(
            "articles with headlines",
            f"articles of {median:.0f} characters (median) with headlines: n-grams of 1 to 3, headline"
            " and body apart",
            ((Field("body", (1, 3)), 1.0), (Field("headline", (1, 3)), 0.3)),
            min_df=min(10, max(1, len(texts) // 200)),
            max_terms=190_000,
            C=3.0,
        )
    return Recipe(
        "articles",
        f"articles of {median:.0f} characters (median) without headlines: n-grams of 1 to 3",
        ((Field("body", (1, 3)), 1.0),),
        min_df=min(10, max(1, len(texts) // 200)),
        max_terms=190_000,
        C=3.0,
    )


def train_articles(
    articles: Iterable[Article],
    *,
    field: str | None = None,
    name: str = "model",
    operating_point: str = "f1",
) -> TopicModel:
    """Learn a model from articles that carry their labels; see `labelled` and `fit`."""
    return fit(labelled(articles, field=field), name=name, operating_point=operating_point)


def train(
    documents: Iterable[str | Article],
    labels: Iterable[str | Sequence[str]],
    *,
    name: str = "model",
    operating_point: str = "f1",
    C: float | None = None,
    min_df: int | None = None,
    max_terms: int | None = None,
) -> TopicModel:
    """Learn a model.

    Parameters
    ----------
    documents : iterable of str or Article
    labels : iterable
        One a document: a name (each document has exactly one topic), or a list of names (each may
        have several or none).
    name : str
        What the model is called in its manifest and in predictions.
    operating_point : str
        ``f1``: thresholds that are best for F1 out of fold; ``precision:P``: the lowest ones that
        reach the precision P there. Multi-label models only.
    C, min_df, max_terms : float, int, int, optional
        In place of what the recipe says; see `Recipe`.

    Returns
    -------
    TopicModel

    Raises
    ------
    TrainingError
        If nothing can be learned: no documents, one topic in all, a topic of fewer than `FLOOR`.
    UsageError
        If documents and labels are not equally many, or the operating point is not known.
    """
    given, told = list(documents), list(labels)
    if len(given) != len(told):
        raise UsageError(f"{len(given)} documents and {len(told)} labels: each needs one.")
    if not given:
        raise TrainingError("There is not one document to learn from.")
    plain: list[str | tuple[str, ...]] = [
        label if isinstance(label, str) else tuple(map(str, label)) for label in told
    ]
    if len({isinstance(label, str) for label in plain}) == 2:
        raise UsageError("Labels are either all names or all lists of names. Got both.")
    data = _sorted(given, plain, [False] * len(given), [None] * len(given))
    wished = {"C": C, "min_df": min_df, "max_terms": max_terms}
    changes = {key: value for key, value in wished.items() if value is not None}
    return fit(data, name=name, operating_point=operating_point, changes=changes)


def fit(
    data: Labelled,
    *,
    name: str,
    operating_point: str = "f1",
    changes: Mapping[str, Any] | None = None,
) -> TopicModel:
    """Learn a model from labelled documents; the parameters are those of `train`."""
    precision = _precision_of(operating_point, data.multilabel)
    _check(data)
    recipe = replace(choose_recipe(data), **(changes or {}))
    features = [
        Features.learn(
            [part(document, field.name) for document in data.documents],
            field,
            min_df=recipe.min_df if field.name != "headline" else min(3, recipe.min_df),
            max_terms=recipe.max_terms,
        )
        for field, _ in recipe.fields
    ]
    total = sum(share for _, share in recipe.fields)
    shares = [float(np.sqrt(share / total)) for _, share in recipe.fields]
    blocks = [
        made.matrix([part(document, made.field.name) for document in data.documents]) * share
        for made, share in zip(features, shares, strict=True)
    ]
    folds = assign_folds(data)
    by_field = out_of_fold(blocks, data, folds, recipe.C)
    decisions = by_field.sum(axis=0)
    coefficients, intercept = _fit_linear(_joined(blocks), data, recipe.C)
    layers, start = [], 0
    for made, share in zip(features, shares, strict=True):
        weights, scale = quantize(coefficients[start : start + len(made)] * share)
        layers.append(Layer(made, weights, scale))
        start += len(made)
    calibration: Sigmoid | Softmax
    outcome = cross_fitted(decisions, data, folds, precision)
    if data.multilabel:
        calibration = _sigmoid(decisions, data.targets)
        probabilities = calibration(decisions)
        thresholds = {
            topic: _threshold(probabilities[:, column], data.targets[:, column], precision)
            for column, topic in enumerate(data.topics)
        }
        primary = _primary(probabilities, by_field, [f.name for f, _ in recipe.fields], data)
    else:
        calibration = _softmax(decisions, data.targets)
        thresholds, primary = None, None
    return TopicModel(
        name=name,
        topics=data.topics,
        multilabel=data.multilabel,
        layers=layers,
        intercept=intercept,
        calibration=calibration,
        thresholds=thresholds,
        primary=primary,
        min_chars=_TOO_SHORT if data.multilabel else 0,
        info={
            "recipe": recipe.name,
            "why": recipe.why,
            "C": recipe.C,
            "operating_point": operating_point,
            "documents": len(data.documents),
            "documents_by_topic": {
                topic: int(count)
                for topic, count in zip(data.topics, data.targets.sum(axis=0), strict=True)
            },
            "documents_by_publisher": _count(data, "publisher"),
            "documents_by_year": _count(data, "date"),
            "data_sha256": _data_digest(data),
            "out_of_fold": _rounded(score(outcome, data.documents).to_dict()),
        },
    )


def cross_fitted(
    decisions: NDArray[np.float64],
    data: Labelled,
    folds: NDArray[np.int64],
    precision: float | None = None,
) -> Outcome:
    """Return what out-of-fold decisions predict, calibrated and cut by what the other folds say."""
    probabilities = np.zeros_like(decisions)
    passed = np.zeros(decisions.shape, dtype=bool)
    for fold in np.unique(folds):
        held = folds == fold
        learn: Callable[..., Sigmoid | Softmax] = _sigmoid if data.multilabel else _softmax
        calibration = learn(decisions[~held], data.targets[~held])
        probabilities[held] = calibration(decisions[held])
        if not data.multilabel:
            passed[np.flatnonzero(held), decisions[held].argmax(axis=1)] = True
            continue
        others = calibration(decisions[~held])
        for column in range(len(data.topics)):
            least = _threshold(others[:, column], data.targets[~held, column], precision)
            passed[held, column] = probabilities[held, column] >= least
    return Outcome(data.topics, data.targets, passed, probabilities, data.multilabel)


def _count(data: Labelled, name: str) -> dict[str, int]:
    """Count the documents by publisher, or by the year of their date, where they tell it."""
    values = [getattr(document, name, None) for document in data.documents]
    return dict(
        sorted(Counter(value[:4] if name == "date" else value for value in values if value).items())
    )


def _rounded(value: Any) -> Any:
    """Return figures with four places: more would be noise, and depend on the machine."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def _precision_of(operating_point: str, multilabel: bool) -> float | None:
    """Return the precision that an operating point asks for, None for ``f1``."""
    if operating_point == "f1":
        return None
    kind, _, value = operating_point.partition(":")
    try:
        precision = float(value)
    except ValueError:
        precision = -1.0
    if kind != "precision" or not 0.0 < precision <= 1.0:
        raise UsageError(
            "The operating point must be f1 or precision:P with P from 0 to 1. Got"
            f" {operating_point!r} instead."
        )
    if not multilabel:
        raise UsageError(
            "An operating point sets thresholds; a model of one topic an article has none."
        )
    return precision


def _check(data: Labelled) -> None:
    """Raise ``TrainingError`` if nothing can be learned."""
    counts = data.targets.sum(axis=0)
    few = [f"{t} ({c})" for t, c in zip(data.topics, counts, strict=True) if c < FLOOR]
    if few:
        raise TrainingError(
            f"Too few examples of {', '.join(few)}: {FLOOR} at least. Label more, merge them or"
            " leave them out."
        )
    if not data.topics or (not data.multilabel and len(data.topics) == 1):
        raise TrainingError(
            f"All {len(data.documents)} documents have the same label; two are needed."
        )
    for topic, count in zip(data.topics, counts, strict=True):
        if len(data.documents) - count < FLOOR:
            raise TrainingError(
                f"Too few documents without {topic} ({len(data.documents) - count}): {FLOOR} at"
                " least, or there is nothing to tell it from."
            )
    if not any(part(document, "text").strip() for document in data.documents):
        raise TrainingError("All documents are empty.")


def assign_folds(data: Labelled, n_folds: int = 5) -> NDArray[np.int64]:
    """Return each document's fold; documents that say the same share one, whatever their labels."""
    keys = [hashlib.sha256(part(d, "text").encode("utf-8", "replace")) for d in data.documents]
    return np.array([int.from_bytes(key.digest()[:8]) % n_folds for key in keys])


def _joined(blocks: Sequence[csr_matrix]) -> csr_matrix:
    """Return the fields' rows side by side."""
    from scipy.sparse import hstack

    return hstack(blocks, format="csr")


def _fit_linear(
    rows: csr_matrix, data: Labelled, C: float, chosen: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit one against the rest for each topic; return weights (n_terms, n_topics), intercepts.

    A doubtful document stands there twice, with its label and, lighter, with the opposite one.
    """
    from scipy.sparse import vstack
    from sklearn.svm import LinearSVC

    places = np.arange(rows.shape[0]) if chosen is None else np.flatnonzero(chosen)
    doubtful = places[data.doubtful[places] & data.targets[places].any(axis=1)]
    both = np.concatenate([places, doubtful])
    stacked = (
        vstack([rows[places], rows[doubtful]], format="csr") if len(doubtful) else rows[places]
    )
    weight = np.ones(len(both))
    weight[np.isin(both, doubtful)] = 1.0 - _DOUBT
    weight[len(places) :] = _DOUBT
    coefficients = np.zeros((rows.shape[1], len(data.topics)))
    intercept = np.zeros(len(data.topics))
    for column in range(len(data.topics)):
        target = data.targets[both, column].copy()
        target[len(places) :] ^= True
        if target.all() or not target.any():
            intercept[column] = 1.0 if target.all() else -1.0
            continue
        machine = LinearSVC(C=C, tol=0.01, random_state=0, max_iter=2000)
        machine.fit(stacked, target, sample_weight=weight)
        coefficients[:, column] = machine.coef_[0]
        intercept[column] = machine.intercept_[0]
    return coefficients, intercept


def out_of_fold(
    blocks: Sequence[csr_matrix], data: Labelled, folds: NDArray[np.int64], C: float
) -> NDArray[np.float64]:
    """Return each field's part of the decision values, from models that did not see the document.

    Returns
    -------
    ndarray of float64, shape (n_fields, n_documents, n_topics)
        The intercept is in the first field's part.
    """
    rows = _joined(blocks)
    result = np.zeros((len(blocks), rows.shape[0], len(data.topics)))
    for fold in np.unique(folds):
        held = folds == fold
        coefficients, intercept = _fit_linear(rows, data, C, ~held)
        start = 0
        for place, block in enumerate(blocks):
            result[place, held] = block[held] @ coefficients[start : start + block.shape[1]]
            start += block.shape[1]
        result[0, held] += intercept
    return result


def _sigmoid(decisions: NDArray[np.float64], targets: NDArray[np.bool_]) -> Sigmoid:
    """Learn Platt's two numbers a topic from out-of-fold decisions."""
    from sklearn.linear_model import LogisticRegression

    slope, offset = [], []
    for column in range(targets.shape[1]):
        machine = LogisticRegression(C=1e4).fit(decisions[:, [column]], targets[:, column])
        slope.append(float(machine.coef_[0, 0]))
        offset.append(float(machine.intercept_[0]))
    return Sigmoid(tuple(slope), tuple(offset))


def _softmax(decisions: NDArray[np.float64], targets: NDArray[np.bool_]) -> Softmax:
    """Learn one temperature for all topics from out-of-fold decisions."""
    from scipy.optimize import minimize_scalar
    from sklearn.metrics import log_loss

    truth = targets.argmax(axis=1)
    none = (0.0,) * targets.shape[1]

    def loss(log_slope: float) -> float:
        found = Softmax(float(np.exp(log_slope)), none)(decisions)
        return float(log_loss(truth, found, labels=np.arange(targets.shape[1])))

    best = minimize_scalar(loss, bounds=(-3.0, 5.0), method="bounded")
    return Softmax(float(np.exp(best.x)), none)


def _threshold(
    probabilities: NDArray[np.float64], targets: NDArray[np.bool_], precision: float | None
) -> float:
    """Return the probability to ask for: best F1, or the lowest that reaches a precision."""
    from sklearn.metrics import precision_recall_curve

    found, recall, values = precision_recall_curve(targets, probabilities)
    found, recall = found[:-1], recall[:-1]
    if precision is not None:
        enough = np.flatnonzero(found >= precision)
        return float(values[enough[0]]) if len(enough) else 1.0
    with np.errstate(invalid="ignore"):
        f1 = np.nan_to_num(2 * found * recall / (found + recall))
    best = int(f1.argmax())
    below = float(values[best - 1]) if best else 0.0
    return (float(values[best]) + below) / 2


def _primary(
    probabilities: NDArray[np.float64],
    by_field: NDArray[np.float64],
    names: Sequence[str],
    data: Labelled,
) -> Primary | None:
    """Learn which of two topics is the primary one, from articles that tell it.

    A logistic model of the difference between two topics of an article: in log-odds, in what the
    headline says, and which they are.
    """
    from sklearn.linear_model import LogisticRegression

    safe = np.clip(probabilities, 1e-9, 1 - 1e-9)
    columns = [np.log(safe / (1 - safe))]
    heads = [by_field[place] for place, name in enumerate(names) if name == "headline"]
    seen = np.stack([*columns, *heads], axis=2)
    identity = np.eye(len(data.topics))
    differences = []
    for row in np.flatnonzero((data.primary >= 0) & (data.targets.sum(axis=1) > 1)):
        first = data.primary[row]
        for other in np.flatnonzero(data.targets[row]):
            if other != first:
                differences.append(
                    np.concatenate(
                        [seen[row, first] - seen[row, other], identity[first] - identity[other]]
                    )
                )
    if len(differences) < 50:
        return None
    rows = np.array(differences)
    machine = LogisticRegression(fit_intercept=False)
    machine.fit(np.concatenate([rows, -rows]), np.repeat([1, 0], len(rows)))
    learned = machine.coef_[0].tolist()
    n_seen = seen.shape[2]
    return Primary(
        learned[0],
        {"headline": learned[1]} if heads else {},
        tuple(learned[n_seen:]),
    )


def _data_digest(data: Labelled) -> str:
    """Return the SHA-256 of texts and labels, whatever order they came in."""
    digest = hashlib.sha256()
    for document, row in zip(data.documents, data.targets, strict=True):
        names = [topic for topic, has in zip(data.topics, row, strict=True) if has]
        digest.update(json.dumps([part(document, "text"), names]).encode())
    return digest.hexdigest()
